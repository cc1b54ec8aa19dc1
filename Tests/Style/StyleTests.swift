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

  @Test("Doc comments say more than the name")
  func docCommentRepetitions() throws {
    let member = "struct A {\n  struct B {}\n  /// Creates an A.\n  init()"
    #expect(Self.repetitions(in: member).found == ["3: Creates an A."])
    let attributed = "/// Deletes a topic.\n@Sendable\nfunc deleteTopic()"
    #expect(Self.repetitions(in: attributed).found == ["1: Deletes a topic."])
    #expect(Self.repetitions(in: "/// The code's name.\nlet name: String").found == [])
    var found: [String] = []
    var count = 0
    for file in try Self.swiftFiles() {
      let repetitions = Self.repetitions(in: try String(contentsOf: file, encoding: .utf8))
      found += repetitions.found.map { "\(file.lastPathComponent):\($0)" }
      count += repetitions.count
    }
    #expect(count > 3000)
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

  /// Returns the doc comments of one line and at most three words, all of them articles or words of the name below, with the numbers of
  /// their lines; and the number of doc comments of one line. The words of an initializer are "create" and those of its type.
  private static func repetitions(in text: String) -> (found: [String], count: Int) {
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false).map { line in
      (indentation: line.utf8.prefix { $0 == UInt8(ascii: " ") }.count, code: line.drop { $0 == " " })
    }
    let docs = lines.indices.filter { lines[$0].code.hasPrefix("///") }
    let isDoc = Set(docs)
    let single = docs.filter { !isDoc.contains($0 - 1) && !isDoc.contains($0 + 1) }
    let found: [String] = single.compactMap { index in
      let comment = lines[index].code.dropFirst(3).drop { $0 == " " }
      guard comment.split(separator: " ").count <= 3,
        let match = lines[(index + 1)...].lazy.compactMap({ $0.code.firstMatch(of: declaration) }).first
      else { return nil }
      let type = lines[..<index].reversed().lazy.filter { $0.indentation < lines[index].indentation }
        .compactMap { $0.code.prefixMatch(of: typeDeclaration)?.1 }.first
      let names = words(match.1 ?? "create") + (match.1 == nil ? words(type ?? "") : [])
      // A verb in the third person has an s more.
      let known = Set(names + names.map { $0 + "s" } + ["a", "an", "the", "its"])
      return known.isSuperset(of: words(comment)) ? "\(index + 1): \(comment)" : nil
    }
    return (found, single.count)
  }

  private static func words(_ text: Substring) -> [String] {
    text.matches(of: /[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+/).map { $0.0.lowercased() }
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

  // Regular expressions are not sendable.
  private static var typeDeclaration: Regex<(Substring, Substring)> {
    /(?:(?:public|package|private|fileprivate|final|indirect|nonisolated|@\S+) )*(?:struct|class|enum|actor|protocol|extension) ([\w.]+)/
  }
  private static var declaration: Regex<(Substring, Substring?)> {
    /\b(?:(?:func|var|let|case|struct|class|enum|actor|protocol|extension|typealias|associatedtype) `?(\w+)|init\b)/
  }

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
