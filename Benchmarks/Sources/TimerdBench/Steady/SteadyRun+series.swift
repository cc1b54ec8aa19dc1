extension SteadyRun {
  /// Reports rates, latency and lateness over time, in `parts` parts of the run.
  func reportSeries(_ bench: Bench, parts: Int = 60) {
    let length = seconds / Double(parts)
    var created = [Int](repeating: 0, count: parts)
    var fired = created
    // All timers are counted at once, since a run has some million.
    for index in 0..<load.count {
      if load.outcome(index) == .created, let part = part(load.plannedAt(index) + load.latency(index), parts)
      {
        created[part] += 1
      }
      if bench.receiver.copies(index) > 0, let part = part(bench.receiver.arrival(index), parts) {
        fired[part] += 1
      }
    }
    let times: [String] = Self.ranks("creation") + Self.ranks("late")
    var series = Series(
      name: "\(name), over time", columns: ["until minute", "created/s", "fired/s"] + times)
    for part in 0..<parts {
      let range = Double(part) * length..<Double(part + 1) * length
      var row: [Double] = [
        range.upperBound / 60, Double(created[part]) / length, Double(fired[part]) / length,
      ]
      row += latency(in: range).shown.map { $0.value }
      row += lateness(in: range).shown.map { $0.value }
      series.rows.append(row)
    }
    bench.report.add(series)
  }

  private static func ranks(_ what: String) -> [String] {
    Percentiles([]).shown.map { "\(what) \($0.name)" }
  }

  /// Returns the part of the run in which a moment lies; nil if it lies after the end.
  private func part(_ moment: Int64, _ parts: Int) -> Int? {
    let part = Int(Double(moment - load.plannedAt(0)) / 1e6 / seconds * Double(parts))
    return (0..<parts).contains(part) ? part : nil
  }
}
