import FoundationEssentials
import Testing
import TimerModel

@testable import TimerServer

@Suite struct SettingsDocumentTests {
  private static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent()

  @Test func documentMatchesSettings() throws {
    let document = try Data(contentsOf: Self.root.appending(path: "docs/configuration.md"))
    let rows = String(decoding: document, as: UTF8.self).split(separator: "\n").map(String.init)
      .filter { $0.hasPrefix("| `") }
    #expect(rows == Setting.all.map(\.row))
  }

  @Test func exampleFileIsValid() async throws {
    let source = await SettingsSource.reading(file: Self.root.appending(path: "timerd.example.yaml").path)
    #expect(source.problems.isEmpty)
    _ = try ServerConfiguration(source)
    #expect(source.values["callback-allow-networks"]?.text == "127.0.0.0/8,::1/128")
  }
}

extension Setting {
  /// Its row in the document.
  fileprivate var row: String {
    let shown = defaultValue.isEmpty ? "none" : "`\(defaultValue)`"
    let range =
      switch legal {
      case .text, .form: "text"
      case .integer(let range): "\(range.lowerBound)–\(range.upperBound)"
      case .number(let range): "\(Int(range.lowerBound))–\(Int(range.upperBound))"
      case .duration(let range): "\(range.lowerBound.text)–\(range.upperBound.text)"
      case .oneOf(let choices): Self.quoted(choices)
      case .oneOrSome(let alone, let list): "\(Self.quoted(alone)); some of \(Self.quoted(list))"
      }
    return "| `\(name)` | \(shown) | \(range) | \(help) |"
  }

  private static func quoted(_ words: [String]) -> String { words.map { "`\($0)`" }.joined(separator: ", ") }
}
