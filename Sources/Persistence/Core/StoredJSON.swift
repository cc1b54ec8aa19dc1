import JSONBytes
import TimerModel

/// Reading of JSON that this service wrote itself.
enum StoredJSON {
  static func parse(_ text: String, of what: String) throws(StoreError) -> JSONText {
    do {
      return try JSONText(Array(text.utf8), maxDepth: 8)
    } catch {
      throw unreadable(what, error)
    }
  }

  static func members(_ text: String, of what: String) throws(StoreError) -> [String: JSONText] {
    guard let fields = try parse(text, of: what).fields else { throw unreadable(what) }
    return fields
  }

  static func unreadable(_ what: String, _ cause: (any Error)? = nil) -> StoreError {
    StoreError(
      code: .incompatible, message: "a stored \(what) is unreadable", isRetriable: false, cause: cause)
  }
}

extension JSONText {
  /// The members of an object by name; nil for another kind.
  var fields: [String: JSONText]? {
    members.map { Dictionary($0.map { ($0.name, $0.value) }, uniquingKeysWith: { first, _ in first }) }
  }
}
