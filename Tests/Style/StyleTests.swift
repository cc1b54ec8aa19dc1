import Foundation
import Testing

/// The writing rules of CONTRIBUTING.md, as far as a program can check them.
@Suite struct StyleTests {
  @Test("Banned phrases are absent", arguments: phrases)
  func bannedPhrases(pattern: String) throws {
    let grep = Process()
    grep.executableURL = URL(filePath: "/usr/bin/env")
    grep.currentDirectoryURL = Self.root
    grep.arguments =
      ["grep", "-rnPi", "--exclude-dir=Style", "--exclude-dir=Corpora", "--exclude-dir=.build", pattern]
      + Self.prose
    let output = Pipe()
    grep.standardOutput = output
    try grep.run()
    let lines = try output.fileHandleForReading.readToEnd() ?? Data()
    grep.waitUntilExit()
    // 0 means that lines were found, 1 that none was; 2 is an error.
    #expect(grep.terminationStatus == 1, "\(String(decoding: lines, as: UTF8.self))")
  }

  @Test("Doc comments are not relative clauses")
  func docCommentOpenings() throws {
    var found: [String] = []
    let files = try Self.swiftFiles()
    #expect(files.count > 500)
    for file in files {
      var isInside = false
      let text = try String(contentsOf: file, encoding: .utf8)
      for (number, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
        let words = line.drop { $0 == " " }
        let isDoc = words.hasPrefix("///")
        if isDoc, !isInside, Self.openings.contains(where: words.hasPrefix) {
          found.append("\(file.lastPathComponent):\(number + 1): \(words)")
        }
        isInside = isDoc
      }
    }
    #expect(found == [])
  }

  @Test("Test names have at most eight words")
  func testNames() throws {
    var found: [String] = []
    var count = 0
    for file in try Self.swiftFiles() {
      let text = try String(contentsOf: file, encoding: .utf8)
      for test in text.split(separator: /\n *@Test\b/).dropFirst() {
        let name = try #require(test.firstMatch(of: /func (\w+|`[^`]+`)/)?.1, "\(file.lastPathComponent)")
        // A display name is the first thing in the attribute's parentheses.
        let display = test.prefixMatch(of: /\(\s*"([^"]*)"/)?.1
        let words =
          display?.split(separator: " ").count
          ?? name.matches(of: /[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+/).count
        if words > 8 { found.append("\(file.lastPathComponent): \(display ?? name) has \(words) words") }
        count += 1
      }
    }
    #expect(count > 600)
    #expect(found == [])
  }

  /// The files and folders whose prose is checked.
  private static let prose = [
    "Sources", "Tests", "Benchmarks", "Scripts", "docs", "README.md", "CONTRIBUTING.md", "CHANGELOG.md",
    "SECURITY.md", "api.yaml", "asyncapi.yaml",
  ]

  /// Phrases that stop a reader, as Perl's regular expressions.
  private static let phrases = [
    #"\banew\b"#, #"\bunder way\b"#, #"\bwhoever\b"#, #"\bwhat came of\b"#,
    // It says "is no X" and means "is not an X".
    #"(?<!there )\b(is|are|was|were) no (?!longer\b|more\b)[a-z]"#,
  ]

  private static let openings = [
    "What", "How", "Whether", "Who", "When", "Where", "Which", "Why", "That", "Makes a",
  ].flatMap { ["/// \($0) ", "/// \($0)'", "/// \($0)."] }

  private static let root = URL(filePath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent()

  private static func swiftFiles() throws -> [URL] {
    ["Sources", "Tests"].flatMap { folder in
      let all = FileManager.default.enumerator(
        at: root.appending(path: folder), includingPropertiesForKeys: nil)
      return (all?.compactMap { $0 as? URL } ?? []).filter { $0.pathExtension == "swift" }
    }
  }
}
