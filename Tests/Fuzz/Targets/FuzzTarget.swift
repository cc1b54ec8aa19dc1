/// A parser of bytes from outside, and what must hold of it whatever they are.
///
/// `make fuzz` gives it what libFuzzer thinks up, `make test` what is in its corpus.
struct FuzzTarget: Sendable {
  /// Its name: that of its corpus, its dictionary and its argument to `make fuzz`.
  let name: String
  /// The longest input that is worth trying.
  let maxBytes: Int
  /// Parses `bytes`; throws `BrokenRule` for what must not happen and does not trap by itself.
  let check: @Sendable (_ bytes: [UInt8]) async throws -> Void

  /// All of them.
  static let all: [FuzzTarget] = [
    body, record, json, answer, header, time, duration, url, name, setting, settingsFile, stored, reply,
    connection,
  ]
}

/// A broken invariant.
struct BrokenRule: Error, CustomStringConvertible {
  let description: String

  init(_ description: String) { self.description = description }

  /// Throws unless `condition` holds.
  static func unless(_ condition: Bool, _ description: @autoclosure () -> String) throws(BrokenRule) {
    if !condition { throw BrokenRule(description()) }
  }
}

extension [UInt8] {
  /// The bytes as text; what is not UTF-8 is replaced, as where such bytes are read.
  var text: String { String(decoding: self, as: UTF8.self) }

  /// Returns the parts before and after the first `separator`; nil after it if there is none.
  func divided(by separator: UInt8) -> (head: [UInt8], rest: [UInt8]?) {
    guard let place = firstIndex(of: separator) else { return (self, nil) }
    return (Array(self[..<place]), Array(self[(place + 1)...]))
  }
}
