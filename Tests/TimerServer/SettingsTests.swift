import FoundationEssentials
import Testing

@testable import TimerServer

@Suite struct SettingsTests {
  private func source(
    flags: [String: String] = [:], environment: [String: String] = [:], secrets: String? = nil,
    file: String? = nil
  ) -> SettingsSource {
    SettingsSource(flags: flags, environment: environment, secretsDirectory: secrets, file: file)
  }

  private func write(_ text: String, name: String) throws -> URL {
    let folder = FileManager.default.temporaryDirectory.appending(path: "timerd-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    try Data(text.utf8).write(to: folder.appending(path: name))
    return folder
  }

  @Test func theDefaultsAreLegal() throws {
    #expect(Setting.all.allSatisfy { $0.isLegal($0.defaultValue) })
    _ = try ServerConfiguration(source())
  }

  @Test func flagGoesBeforeVariableBeforeSecretBeforeFile() throws {
    let folder = try write(
      "maxInFlight: 1\nshardCount: 1\nretention: 1h\nlisten: 127.0.0.1:1", name: "c.yaml")
    let secrets = try write("2", name: "max-in-flight")
    try Data("2".utf8).write(to: secrets.appending(path: "shard-count"))
    try Data("2h\n".utf8).write(to: secrets.appending(path: "retention"))
    let source = source(
      flags: ["max-in-flight": "4"], environment: ["TIMERD_MAX_IN_FLIGHT": "3", "TIMERD_SHARD_COUNT": "3"],
      secrets: secrets.path, file: folder.appending(path: "c.yaml").path)
    #expect(source.problems.isEmpty)
    #expect(source.values["max-in-flight"]?.text == "4")
    #expect(source.values["shard-count"]?.text == "3")
    #expect(source.values["retention"]?.text == "2h")
    #expect(source.values["listen"]?.text == "127.0.0.1:1")
    #expect(source.values["claim-ahead"]?.origin == "default")
  }

  @Test func whatIsUnknownIsNamed() throws {
    let folder = try write("maxInFlite: 1", name: "c.json")
    let source = source(
      flags: ["shards": "1"], environment: ["TIMERD_NO_SUCH": "1", "PATH": "x"],
      file: folder.appending(path: "c.json").path)
    #expect(source.problems.count == 3)
    for name in ["maxInFlite", "TIMERD_NO_SUCH", "--shards"] {
      #expect(source.problems.contains { $0.contains(name) })
    }
  }

  @Test(arguments: [
    ("max-in-flight", "0", "1 to 16384"), ("retention", "7 days", "a duration from 1m"),
    ("log-level", "loud", "one of trace"),
    ("listen", "8080", "127.0.0.1:8080"), ("store", "mysql://x", "sqlite:"),
    ("callback-allow-networks", "10.0.0.0", "CIDRs"),
    ("callback-signing-secrets", "whsec_short", "24 to 64 bytes"),
    ("claim-lease", "10s", "35s"), ("retry-max-interval", "10ms", "retry-initial-interval"),
  ])
  func whatIsIllegalIsNamedWithWhatIsLegal(name: String, value: String, legal: String) {
    #expect {
      try ServerConfiguration(source(environment: [Setting.variable(of: name): value]))
    } throws: { error in
      guard let invalid = error as? ServerConfiguration.Invalid else { return false }
      return invalid.problems.count == 1 && invalid.problems[0].contains(name)
        && invalid.problems[0].contains(legal) && !invalid.problems[0].contains("whsec_short")
    }
  }

  @Test func theDocumentNamesEverySetting() throws {
    let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent()
    let text = String(
      decoding: try Data(contentsOf: root.appending(path: "docs/configuration.md")), as: UTF8.self)
    for setting in Setting.all {
      let shown = setting.defaultValue.isEmpty ? "none" : "`\(setting.defaultValue)`"
      #expect(text.contains("| `\(setting.name)` | \(shown) |"))
    }
  }
}

extension Setting {
  fileprivate static func variable(of name: String) -> String {
    all.first { $0.name == name }?.variable ?? name
  }
}
