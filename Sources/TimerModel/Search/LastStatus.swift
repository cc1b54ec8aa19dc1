/// The result of a timer's last attempt, as a filter names it: `404`, `5xx`, `timeout` or `none`.
public enum LastStatus: Hashable, Sendable {
  /// The answer had this status.
  case code(Int)
  /// The answer had a status of this hundred, from 1 to 5.
  case hundred(Int)
  /// No answer came within the time-out.
  case timeout
  /// No answer came, for whatever reason.
  case noAnswer

  /// Reads the name of a result; nil for any other text.
  public init?(_ name: String) {
    let bytes = Array(name.utf8)
    switch name {
    case "timeout": self = .timeout
    case "none": self = .noAnswer
    default:
      guard bytes.count == 3, let first = Int(name.prefix(1)), (1...5).contains(first) else { return nil }
      if name.dropFirst() == "xx" {
        self = .hundred(first)
      } else if bytes.allSatisfy({ (0x30...0x39).contains($0) }), let code = Int(name) {
        self = .code(code)
      } else {
        return nil
      }
    }
  }

  /// The rule for names, in words that follow a parameter's name.
  public static let description =
    "must be a status such as 404, a class of them such as 5xx, timeout, or none"

  /// Returns true if an attempt ended so.
  func isResult(of attempt: AttemptRecord) -> Bool {
    switch self {
    case .code(let code): attempt.statusCode == code
    case .hundred(let hundred): attempt.statusCode.map { $0 / 100 } == hundred
    case .timeout: attempt.statusCode == nil && attempt.error?.contains("timed out") == true
    case .noAnswer: attempt.statusCode == nil
    }
  }
}
