import FoundationEssentials
import Glibc
import Testing
import TimerModel

@testable import TimerServer

/// Settings at the ends of their types and beyond, and files that do not end.
@Suite struct SettingsExtremesTests {
  private static let extremes =
    [
      "9223372036854775807", "9223372036854775808", "-9223372036854775808", "-1", "1e999", "-inf", "nan",
      "0x7fffffffffffffff",
      "9223372036854775807d", "9223372036854775807ms", "106751991167d", "1000000000d", "-1s", "1d1d", "1ms1d",
      "", " ", "\u{0}",
      "1\u{0}", "1s\u{0}", "１", "1\u{301}", "٣s", "\u{FFFD}", "\u{1B}[31m", "1\n2",
    ] + [String(repeating: "9", count: 1 << 20), String(repeating: "1d", count: 1 << 19)]

  /// A value is taken or refused on one short line that names the setting and what is legal.
  @Test(arguments: Setting.all)
  func extremeValuesAreAcceptedOrRefused(setting: Setting) async {
    for value in Self.extremes {
      let source = await SettingsSource.reading(flags: [setting.name: value])
      var problems: [String] = []
      do {
        _ = try ServerConfiguration(source)
      } catch { problems = error.problems }
      for problem in problems {
        #expect(problem.contains(setting.name) && problem.utf8.count < 1000, "\(problem.prefix(2000))")
        #expect(!problem.unicodeScalars.contains { $0.value < 0x20 }, "\(problem.prefix(2000))")
        #expect(problem.contains(" must be ") || problem.contains(": must "), "\(problem.prefix(2000))")
      }
      if case .text = setting.legal, !value.contains("\u{0}"), value.utf8.count < 1 << 16 { continue }
      if setting.isLegal(value) { continue }
      #expect(
        problems.count >= 1 && problems[0].contains(setting.legalText), "\(setting.name) \(value.prefix(50))")
    }
  }

  /// All bounds at once: what is worked out from several settings fits as well.
  @Test(arguments: [true, false])
  func allBoundsAreValidTogether(largest: Bool) async throws {
    var flags: [String: String] = ["kafka": "127.0.0.1:9092", "store": "postgres://u@h/db"]
    for setting in Setting.all {
      switch setting.legal {
      case .integer(let range): flags[setting.name] = "\(largest ? range.upperBound : range.lowerBound)"
      case .number(let range): flags[setting.name] = "\(largest ? range.upperBound : range.lowerBound)"
      case .duration(let range): flags[setting.name] = (largest ? range.upperBound : range.lowerBound).text
      default: break
      }
    }
    let source = await SettingsSource.reading(flags: flags)
    #expect(source.problems.isEmpty)
    _ = try ServerConfiguration(source)
  }

  @Test func oversizedAndSpecialFilesAreRefused() async throws {
    let files = try SettingsFolder([
      "large.yaml": String(repeating: "# a comment\n", count: 30_000),
      "secrets/retention": String(repeating: " ", count: 300_000),
    ])
    let links = [
      ("zero.yaml", "/dev/zero"), ("null.json", "/dev/null"), ("folder.yaml", files.path(".")),
      ("input.yaml", "/dev/tty"),
    ]
    for (name, target) in links {
      try FileManager.default.createSymbolicLink(atPath: files.path(name), withDestinationPath: target)
    }
    mkfifo(files.path("pipe.yaml"), 0o600)
    for name in ["large.yaml", "pipe.yaml"] + links.map(\.0) {
      let problems = await SettingsSource.reading(file: files.path(name)).problems
      #expect(
        problems.count == 1 && problems[0].hasPrefix("settings file \"\(files.path(name))\": "), "\(problems)"
      )
    }
    let secrets = await SettingsSource.reading(secrets: files.path("secrets")).problems
    #expect(secrets.count == 1 && secrets[0].hasSuffix("it is larger than 256 KiB"), "\(secrets)")
    let pipe = await SettingsSource.reading(secrets: files.path("pipe.yaml")).problems
    #expect(pipe.count == 1)
    for path in ["/dev/zero", files.path("pipe.yaml"), files.path("nowhere")] {
      await #expect(throws: ServerConfiguration.SettingsError.self) {
        _ = try ServerConfiguration(await .reading(flags: ["callback-ca-file": path]))
      }
    }
  }

  @Test(arguments: [
    String(repeating: "[", count: 100_000), String(repeating: "{a: ", count: 50_000),
    String(repeating: "- ", count: 100_000),
    String(repeating: "? ", count: 100_000), String(repeating: "a:\n ", count: 3), "\u{0}", "\u{FEFF}",
    "%YAML 9.9\n---\na: 1",
    "a: &a [1]\n" + (1...60).map { "b\($0): &b\($0) [*\($0 == 1 ? "a" : "b\($0 - 1)"), *a]\n" }.joined(),
    "retention: !!binary \"1h\"", "--- 1\n--- 2", "retention: 1h\n...\nretention: 2h",
  ])
  func oddFilesAreReadOrRefused(text: String) async throws {
    let files = try SettingsFolder(["c.yaml": text, "c.json": text])
    for name in ["c.yaml", "c.json"] {
      let source = await SettingsSource.reading(file: files.path(name))
      #expect(source.problems.allSatisfy { !$0.contains("\n") && $0.utf8.count < 500 })
    }
  }

  @Test func invalidUTF8IsRefused() async throws {
    let files = try SettingsFolder([:])
    for name in ["c.yaml", "c.json", "retention"] {
      try Data([0x72, 0x3A, 0x20, 0xFF, 0xFE]).write(to: files.url.appending(path: name))
    }
    for name in ["c.yaml", "c.json"] {
      let problems = await SettingsSource.reading(file: files.path(name)).problems
      #expect(problems.count == 1 && problems[0].hasSuffix("it is not UTF-8"), "\(problems)")
    }
    let problems = await SettingsSource.reading(secrets: files.url.path).problems
    #expect(problems.contains { $0.contains("retention") && $0.hasSuffix("it is not UTF-8") }, "\(problems)")
  }
}
