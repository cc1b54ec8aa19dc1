import TimerModel

/// One thing that an operator can set: the flag, the variable, the key in the file, the documentation and the check all
/// derive from it.
struct Setting: Sendable {
  /// Its name as a flag without the dashes: `max-in-flight`.
  let name: String
  let defaultValue: String
  let legal: Legal
  let help: String
  var isSecret = false

  enum Legal: Sendable {
    case text
    /// A text with a form: the rule, which completes "must be", and its check.
    case form(String, @Sendable (String) -> Bool)
    case integer(ClosedRange<Int>)
    case number(ClosedRange<Double>)
    case duration(ClosedRange<Duration>)
    case oneOf([String])
    /// One word that stands alone, or several of a list, separated by commas.
    case oneOrSome(alone: [String], of: [String])
  }

  /// The names of those that are never printed.
  static let secrets = Set(all.filter(\.isSecret).map(\.name))

  var flag: String { "--" + name }

  var variable: String { "TIMERD_" + name.uppercased().map { $0 == "-" ? "_" : String($0) }.joined() }

  /// Its key in the file: `maxInFlight`.
  var fileKey: String {
    let words = name.split(separator: "-")
    return words.prefix(1).joined()
      + words.dropFirst().map { $0.prefix(1).uppercased() + $0.dropFirst() }.joined()
  }

  /// A description of the legal values.
  var legalText: String {
    switch legal {
    case .text: "text of at most 64 KiB without control characters"
    case .form(let rule, _): rule
    case .integer(let range): "a whole number from \(range.lowerBound) to \(range.upperBound)"
    case .number(let range): "a number from \(range.lowerBound) to \(range.upperBound)"
    case .duration(let range): "a duration from \(range.lowerBound.text) to \(range.upperBound.text)"
    case .oneOf(let choices): "one of " + choices.joined(separator: ", ")
    case .oneOrSome(let alone, let list):
      "\(alone.joined(separator: ", ")) or some of \(list.joined(separator: ", ")), separated by commas"
    }
  }

  /// Returns true if a text can be passed on as it is: C reads it to its first NUL.
  private static func isPlain(_ value: String) -> Bool {
    // Lines may be within: of certificates in the properties of librdkafka, or after the commas of a list.
    value.utf8.count <= 64 << 10
      && value.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7F || $0 == 0x0A || $0 == 0x0D }
  }

  /// Returns true if `value` may be used.
  func isLegal(_ value: String) -> Bool {
    switch legal {
    case .text: Self.isPlain(value)
    case .form(_, let check): Self.isPlain(value) && check(value)
    case .integer(let range): Int(value).map(range.contains) ?? false
    case .number(let range): Double(value).map(range.contains) ?? false
    case .duration(let range): Duration(text: value).map(range.contains) ?? false
    case .oneOf(let choices): choices.contains(value)
    case .oneOrSome(let alone, let list):
      alone.contains(value)
        || value.split(separator: ",", omittingEmptySubsequences: false).allSatisfy {
          list.contains(String($0))
        }
    }
  }
}
