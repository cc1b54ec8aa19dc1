import TimerModel

/// The `If-Match` header (RFC 9110, section 13.1.1).
enum IfMatch: Equatable {
  /// Any revision will do.
  case any
  /// One of these revisions must be the current one; tags that no timer can have are left out.
  case revisions([Int64])

  /// Reads the header's value; nil means that there was none.
  ///
  /// - Throws: `Problem` if it is malformed.
  init(_ value: String?) throws(Problem) {
    guard let text = value?.trimmingWhitespace else {
      self = .any
      return
    }
    if text == "*" {
      self = .any
      return
    }
    var revisions: [Int64] = []
    for part in text.split(separator: ",") {
      var tag = part.trimmingWhitespace
      let isWeak = tag.hasPrefix("W/")
      if isWeak { tag = tag.dropFirst(2) }
      guard tag.utf8.count >= 2, tag.hasPrefix("\""), tag.hasSuffix("\""),
        tag.dropFirst().dropLast().utf8.allSatisfy({ $0 > 0x20 && $0 != 0x22 && $0 != 0x7f })
      else { throw Self.malformed }
      // Weak tags never match, since If-Match compares strongly.
      let name = tag.dropFirst().dropLast()
      if !isWeak, let revision = Int64(name), String(revision) == name { revisions.append(revision) }
    }
    guard !text.isEmpty else { throw Self.malformed }
    self = .revisions(revisions)
  }

  private static var malformed: Problem {
    Problem(.malformedRequest, detail: "If-Match must be a list of entity tags such as \"3\", or *.")
  }
}

extension StringProtocol {
  var trimmingWhitespace: Substring {
    let start = firstIndex { $0 != " " && $0 != "\t" } ?? endIndex
    let end = lastIndex { $0 != " " && $0 != "\t" }.map(index(after:)) ?? start
    return Substring(self[start..<end])
  }
}
