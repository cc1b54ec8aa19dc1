import CurlClient

/// The texts that an attempt's record can carry besides its result.
enum AttemptNote {
  /// Says that the request was sent more than once; nil if it was not.
  static func of(_ sends: CurlSends) -> String? {
    guard sends.count > 1 else { return nil }
    let reason =
      switch sends.reason {
      case .notProcessed: "the receiver had not processed it"
      default: "a connection that was in use before was closed before an answer came"
      }
    return "the request was sent \(sends.count == 2 ? "twice" : "\(sends.count) times"): \(reason)"
  }

  static func joined(_ first: String?, _ second: String?) -> String? {
    guard let first, let second else { return first ?? second }
    return first + "; " + second
  }
}
