/// Values over the time of one run: a row for each moment.
struct Series: Codable {
  var name: String
  var columns: [String]
  var rows: [[Double]] = []

  /// The rows as lines, below the names of their columns.
  func table() -> String {
    let width = max(12, columns.map(\.count).max() ?? 0)
    let head = columns.map { String(repeating: " ", count: width - $0.count) + $0 }.joined(separator: "  ")
    let lines = rows.map { row in
      row.map { value in
        let text = Report.padded(value)
        return String(repeating: " ", count: max(0, width - text.count)) + text
      }.joined(separator: "  ")
    }
    return ([name, head] + lines).joined(separator: "\n")
  }
}
