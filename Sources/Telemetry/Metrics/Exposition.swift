extension MetricsRegistry {
  /// All metrics as Prometheus reads them.
  package func exposition(_ format: ExpositionFormat) -> [UInt8] {
    runScrapeHandlers()
    var text = ""
    text.reserveCapacity(128 << 10)
    for family in families { Self.write(family, format, to: &text) }
    if format == .openMetrics { text += "# EOF\n" }
    return Array(text.utf8)
  }

  private static func write(_ family: Family, _ format: ExpositionFormat, to text: inout String) {
    let metric = family.metric
    let name = familyName(metric, format)
    text += "# HELP \(name) \(metric.help)\n# TYPE \(name) \(typeName(metric, format))\n"
    for (values, cell) in zip(metric.series, family.cells) {
      let labels = zip(metric.labels, values).map { "\($0.name)=\"\(escaped($1))\"" }.joined(separator: ",")
      write(cell, metric, labels, to: &text)
    }
  }

  private static func write(_ cell: Cell, _ metric: Metric, _ labels: String, to text: inout String) {
    let braces = labels.isEmpty ? "" : "{\(labels)}"
    switch cell {
    case .counter(let counter):
      let isWhole = metric.scale == 1
      let value = isWhole ? "\(counter.value)" : "\(Double(counter.value) * metric.scale)"
      text += "\(metric.name)\(braces) \(value)\n"
    case .gauge(let gauge): text += "\(metric.name)\(braces) \(number(gauge.value))\n"
    case .histogram(let histogram):
      let (sum, cumulated) = histogram.reading
      let before = labels.isEmpty ? "" : labels + ","
      for (bound, count) in zip(metric.bounds, cumulated) {
        text += "\(metric.name)_bucket{\(before)le=\"\(bound)\"} \(count)\n"
      }
      text += "\(metric.name)_bucket{\(before)le=\"+Inf\"} \(cumulated.last ?? 0)\n"
      text += "\(metric.name)_sum\(braces) \(number(Double(sum) * metric.scale))\n"
      text += "\(metric.name)_count\(braces) \(cumulated.last ?? 0)\n"
    }
  }

  /// OpenMetrics names counters and information without what their samples end in.
  private static func familyName(_ metric: Metric, _ format: ExpositionFormat) -> String {
    guard format == .openMetrics else { return metric.name }
    switch metric.kind {
    case .counter, .secondsCounter: return String(metric.name.dropLast("_total".count))
    case .info: return String(metric.name.dropLast("_info".count))
    case .gauge, .durations, .sizes: return metric.name
    }
  }

  private static func typeName(_ metric: Metric, _ format: ExpositionFormat) -> String {
    switch metric.kind {
    case .counter, .secondsCounter: "counter"
    case .gauge: "gauge"
    case .info: format == .openMetrics ? "info" : "gauge"
    case .durations, .sizes: "histogram"
    }
  }

  private static func number(_ value: Double) -> String {
    value.rounded() == value && abs(value) < 1e15 ? "\(Int64(value))" : "\(value)"
  }

  private static func escaped(_ value: String) -> String {
    value.reduce(into: "") { text, character in
      switch character {
      case "\\": text += "\\\\"
      case "\"": text += "\\\""
      case "\n": text += "\\n"
      default: text.append(character)
      }
    }
  }
}

extension Metric {
  fileprivate var bounds: [Double] {
    switch kind {
    case .durations(let bounds), .sizes(let bounds): bounds
    case .counter, .secondsCounter, .gauge, .info: []
    }
  }
}
