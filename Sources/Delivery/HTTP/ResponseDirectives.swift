import JSONBytes
import TimerWire

/// The directives in the body of a successful response: the members `ok` and `nextExecuteAt` of an object.
package struct ResponseDirectives: Hashable, Sendable {
  /// A value of `nextExecuteAt` other than null.
  package enum Next: Hashable, Sendable {
    /// A string, which has not been read as a time yet.
    case text(String)
    /// A value of another kind.
    case unreadable
    /// The body ended within it.
    case cut
  }

  /// True if `ok` is the boolean `false`, be it once of several times.
  package var isRejection = false
  /// The last `nextExecuteAt`; nil if there is none.
  package var next: Next?
  /// True if the body could be read to its end.
  package var isReadable = true

  /// Reads a body: as JSON, or, where it is not quite JSON, for what can be found in it.
  ///
  /// - Parameter isCut: whether the body goes on after `body`.
  package init(_ body: [UInt8], isCut: Bool) {
    guard !body.isEmpty else { return }
    let text = ResponseText.ascii(body)
    if let json = try? JSONText(text, maxDepth: CommandLimits().maxDepth) {
      readMembers(of: json)
    } else {
      var reader = LenientReader(text, isCut: isCut)
      self = reader.directives()
    }
  }

  init() {}

  private mutating func readMembers(of json: JSONText) {
    // Receivers may answer what they like; only an object can ask for something.
    for member in json.members ?? [] {
      switch member.name {
      case "ok": isRejection = isRejection || member.value.boolean == false
      case "nextExecuteAt":
        next = member.value.kind == .null ? nil : member.value.string.map { .text($0) } ?? .unreadable
      default: break
      }
    }
  }
}
