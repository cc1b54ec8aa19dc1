import Foundation

/// The measurements, in the order in which they were made first.
struct Report: Codable {
  var date = ISO8601DateFormatter().string(from: Date())
  var figures: [Figure] = []
  /// Values over time; nil in a file that was written before they existed.
  private(set) var series: [Series]?

  /// Adds the value of one round.
  mutating func add(_ name: String, _ value: Double, _ unit: String, isCost: Bool = false) {
    Progress.say(String(format: "  %@: %@ %@", name, Self.text(value), unit))
    if let place = figures.firstIndex(where: { $0.name == name }) {
      figures[place].values.append(value)
    } else {
      figures.append(Figure(name: name, unit: unit, values: [value], isCost: isCost))
    }
  }

  /// Adds p50, p99, p99.9 and the maximum of one round's times in milliseconds, each under `name` and its own.
  mutating func add(_ name: String, _ times: Percentiles) {
    for (rank, value) in times.shown { add("\(name) \(rank)", value, "ms", isCost: true) }
  }

  /// Adds values over time.
  mutating func add(_ values: Series) { series = (series ?? []) + [values] }

  /// A table of medians, with the lowest and highest value of the rounds.
  func table() -> String {
    let lines = figures.map { figure in
      let range = "\(Self.text(figure.values.min() ?? .nan)) … \(Self.text(figure.values.max() ?? .nan))"
      return "\(padded(figure.name)) \(Self.padded(figure.median)) \(figure.unit)   (\(range))"
    }
    return (lines + (series ?? []).map { "\n\($0.table())" }).joined(separator: "\n")
  }

  /// A table of medians beside those of another report.
  func comparison(with base: Report) -> String {
    figures.compactMap { figure in
      guard let before = base.figures.first(where: { $0.name == figure.name }), before.median != 0 else {
        return nil
      }
      let change = (figure.median / before.median - 1) * 100
      let verdict = abs(change) < 3 ? "" : (change < 0) == figure.isCost ? "better" : "worse"
      return "\(padded(figure.name)) \(Self.padded(before.median)) \(Self.padded(figure.median)) "
        + String(format: "%+.1f %% ", change) + verdict
    }.joined(separator: "\n")
  }

  static func load(_ path: String) throws -> Report {
    let decoder = JSONDecoder()
    decoder.nonConformingFloatDecodingStrategy = .convertFromString(
      positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
    return try decoder.decode(Report.self, from: Data(contentsOf: URL(filePath: path)))
  }

  func save(_ path: String) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
    // A figure without a value must not lose the others.
    encoder.nonConformingFloatEncodingStrategy = .convertToString(
      positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
    try encoder.encode(self).write(to: URL(filePath: path))
  }

  /// The name of a figure, as wide as the longest one.
  private func padded(_ name: String) -> String {
    let width = figures.map(\.name.count).max() ?? 0
    return name.padding(toLength: max(58, width), withPad: " ", startingAt: 0)
  }

  static func padded(_ value: Double) -> String {
    let text = text(value)
    return String(repeating: " ", count: max(0, 12 - text.count)) + text
  }

  private static func text(_ value: Double) -> String {
    value >= 1000 ? String(format: "%.0f", value) : String(format: "%.3f", value)
  }
}
