/// The answers that left a server, as a client would take them apart.
struct SentAnswers {
  private var rest: ArraySlice<UInt8>

  /// Throws where an answer is one of the server's failures, lacks its request's id, or does not end where it says.
  static func check(_ bytes: [UInt8]) throws(BrokenRule) {
    var answers = SentAnswers(rest: bytes[...])
    while !answers.rest.isEmpty { try answers.skipOne() }
  }

  private mutating func skipOne() throws(BrokenRule) {
    guard rest.starts(with: "HTTP/1.1 ".utf8), let end = endOfHead else {
      throw BrokenRule("there is no answer in \(Array(rest.prefix(200)).text)")
    }
    let lines = Array(rest[..<end]).text.split(separator: "\r\n")
    rest = rest[end...]
    let status = Int(lines[0].dropFirst(9).prefix(3)) ?? 0
    try BrokenRule.unless((100...599).contains(status) && status != 500, "an answer is \(lines[0])")
    guard status >= 200 else { return }
    try BrokenRule.unless(
      lines.contains { $0.lowercased().hasPrefix("x-request-id: ") }, "an answer has no id: \(lines)")
    // An answer to HEAD has no content; no body of this service begins like a status line.
    guard status != 204, status != 304, !rest.isEmpty, !rest.starts(with: "HTTP/1.1 ".utf8) else { return }
    let length = lines.first { $0.lowercased().hasPrefix("content-length: ") }.flatMap {
      Int($0.dropFirst(16))
    }
    guard let length, length <= rest.count else { throw BrokenRule("an answer's length is wrong: \(lines)") }
    rest = rest.dropFirst(length)
  }

  private var endOfHead: Int? {
    var place = rest.startIndex
    while place + 4 <= rest.endIndex {
      if rest[place] == 0x0d, rest[place...].starts(with: "\r\n\r\n".utf8) { return place + 4 }
      place += 1
    }
    return nil
  }
}
