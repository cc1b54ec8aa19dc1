import FoundationEssentials
import Testing

@testable import TimerServer

@Suite struct SettingsFileTests {
  @Test(arguments: [
    ("c.yaml", "retention: [1h]", "not a list"), ("c.yaml", "retention: [[1h]]", "not a list"),
    ("c.yaml", "retention: {a: 1h}", "not a mapping"), ("c.yaml", "retention: {}", "not a mapping"),
    ("c.yaml", "retention:", "not null"), ("c.yaml", "retention: ~", "not null"),
    ("c.json", #"{"retention": ["1h"]}"#, "not a list"), ("c.json", #"{"retention": {}}"#, "not a mapping"),
    ("c.json", #"{"retention": null}"#, "not null"), ("c.json", #"{"maxInFlight": true}"#, "not true"),
  ])
  func wrongTypesAreProblems(name: String, text: String, kind: String) async throws {
    let files = try SettingsFolder([name: text])
    let source = await SettingsSource.reading(file: files.path(name))
    #expect(source.problems.count == 1)
    #expect(source.problems.allSatisfy { $0.hasPrefix("key ") && $0.hasSuffix(kind) })
    #expect(source.values["retention"]?.origin == "default")
  }

  @Test(arguments: [
    ("c.yaml", "- retention", "mapping"), ("c.yaml", "retention: a\n  b: c", "2:"),
    ("c.yaml", "retention: 1h\nretention: 2h", "'retention'"), ("c.json", "retention: 1h", "not valid JSON"),
    ("c.toml", "retention = 1", ".yaml, .yml or .json"),
  ])
  func invalidFilesAreProblems(name: String, text: String, reason: String) async throws {
    let files = try SettingsFolder([name: text])
    let source = await SettingsSource.reading(file: files.path(name))
    #expect(source.problems.count == 1)
    for part in [files.path(name), reason] { #expect(source.problems.allSatisfy { $0.contains(part) }) }
  }

  @Test func missingFilesAreProblems() async throws {
    let files = try SettingsFolder(["c.yaml": "retention: 1h"])
    let nowhere = await SettingsSource.reading(secrets: files.path("nowhere"), file: files.path("no.yaml"))
    #expect(nowhere.problems.count == 2)
    #expect(nowhere.problems.allSatisfy { $0.contains("no such file") })
    let noDirectory = await SettingsSource.reading(secrets: files.path("c.yaml"))
    #expect(noDirectory.problems.count == 1)
  }

  @Test(arguments: ["", "# retention: 1h\n"])
  func commentsSetNothing(text: String) async throws {
    let files = try SettingsFolder(["c.yml": text])
    let source = await SettingsSource.reading(file: files.path("c.yml"))
    #expect(source.problems.isEmpty)
    #expect(source.values["retention"]?.origin == "default")
  }

  @Test func jsonNumbersAreAccepted() async throws {
    let files = try SettingsFolder([
      "c.json": #"{"maxInFlight": 7, "retryBackoffMultiplier": 1.5, "indexLimit": 1.5}"#
    ])
    let source = await SettingsSource.reading(file: files.path("c.json"))
    #expect(source.values["max-in-flight"]?.text == "7")
    #expect(source.values["retry-backoff-multiplier"]?.text == "1.5")
    #expect(source.problems.count == 1)
    #expect(source.problems.allSatisfy { $0.contains("\"1.5\" of index-limit") })
  }

  @Test func kubernetesSecretsAreRead() async throws {
    let files = try SettingsFolder(["..1/max-in-flight": "7"])
    let manager = FileManager.default
    try manager.createSymbolicLink(atPath: files.path("..data"), withDestinationPath: "..1")
    try manager.createSymbolicLink(
      atPath: files.path("max-in-flight"), withDestinationPath: "..data/max-in-flight")
    let source = await SettingsSource.reading(secrets: files.url.path)
    #expect(source.problems.isEmpty)
    #expect(source.values["max-in-flight"]?.text == "7")
  }

  @Test func linkedSecretsAreProblems() async throws {
    let files = try SettingsFolder(["elsewhere": "7", "secrets/retention": "1h"])
    try FileManager.default.createSymbolicLink(
      atPath: files.path("secrets/max-in-flight"), withDestinationPath: files.path("elsewhere"))
    let source = await SettingsSource.reading(secrets: files.path("secrets"))
    #expect(source.problems.count == 1)
    #expect(source.problems.allSatisfy { $0.contains("max-in-flight") && $0.contains("regular file") })
  }
}
