import TimerWire

/// The value of `If-Match` or `If-None-Match` (RFC 9110, sections 13.1.1 and 13.1.2).
enum EntityTags: Equatable {
  /// `*`, which any revision meets.
  case any
  /// The revisions that are named: by strong tags, and by weak ones. Tags that no timer can have are left out.
  case revisions(strong: [Int64], weak: [Int64])

  /// Reads a header's value; the time it takes grows with its length alone.
  ///
  /// - Throws: `APIError` if it is not a list of entity tags; empty elements are passed over.
  init(_ value: String, of header: StaticString) throws(APIError) {
    let text = value.trimmingWhitespace
    if text == "*" {
      self = .any
      return
    }
    var (strong, weak): ([Int64], [Int64]) = ([], [])
    var count = 0
    var rest = text.utf8[...]
    while true {
      while let byte = rest.first, Self.separators.contains(byte) { rest.removeFirst() }
      if rest.isEmpty { break }
      let isWeak = rest.starts(with: "W/".utf8)
      if isWeak { rest = rest.dropFirst(2) }
      guard let revision = Self.tag(&rest) else { throw Self.malformed(header) }
      count += 1
      if let revision { if isWeak { weak.append(revision) } else { strong.append(revision) } }
    }
    guard count > 0 else { throw Self.malformed(header) }
    self = .revisions(strong: strong, weak: weak)
  }

  private static let separators: [UInt8] = [UInt8(ascii: ","), UInt8(ascii: " "), UInt8(ascii: "\t")]

  /// Takes a quoted tag from the front, with what stands up to the next comma.
  ///
  /// - Returns: the revision that it names, if any; nil if there is no tag.
  private static func tag(_ rest: inout Substring.UTF8View) -> Int64?? {
    guard rest.popFirst() == UInt8(ascii: "\""), let end = rest.firstIndex(of: UInt8(ascii: "\"")) else {
      return nil
    }
    let name = rest[..<end]
    rest = rest[rest.index(after: end)...]
    // A space is more than the grammar has, and can stand for no revision.
    guard name.allSatisfy({ $0 >= 0x20 && $0 != 0x7f }) else { return nil }
    rest = rest.drop { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\t") }
    guard rest.isEmpty || rest.first == UInt8(ascii: ",") else { return nil }
    let digits = Substring(name)
    guard name.count <= 19, let revision = Int64(digits), String(revision) == digits else {
      return .some(nil)
    }
    return revision
  }

  private static func malformed(_ header: StaticString) -> APIError {
    APIError(.malformedRequest, detail: "\(header) must be a list of entity tags such as \"3\", or *.")
  }

  /// Returns true if `If-Match` lets a request for this revision pass; weak tags never match.
  func matchesStrongly(_ revision: Int64) -> Bool {
    switch self {
    case .any: true
    case .revisions(let strong, _): strong.contains(revision)
    }
  }

  /// Returns true if `If-None-Match` names this revision.
  func matchesWeakly(_ revision: Int64) -> Bool {
    switch self {
    case .any: true
    case .revisions(let strong, let weak): strong.contains(revision) || weak.contains(revision)
    }
  }
}

extension StringProtocol {
  var trimmingWhitespace: Substring {
    let start = firstIndex { $0 != " " && $0 != "\t" } ?? endIndex
    let end = lastIndex { $0 != " " && $0 != "\t" }.map(index(after:)) ?? start
    return Substring(self[start..<end])
  }
}
