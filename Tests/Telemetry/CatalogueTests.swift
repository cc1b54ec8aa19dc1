import FoundationEssentials
import Telemetry
import Testing

/// The catalogue against the field's conventions, and against docs/metrics.md.
@Suite struct CatalogueTests {
  private let metrics = Metric.all(version: "1")

  @Test func namesAndHelpFollowConventions() {
    for metric in metrics {
      #expect(metric.name.hasPrefix("timerd_") || metric.name.hasPrefix("process_"))
      #expect(metric.name.wholeMatch(of: /[a-z][a-z0-9_]*/) != nil)
      #expect(metric.help.hasSuffix(".") && !metric.help.contains("\n"))
      let isCounter = metric.kind == .counter || metric.kind == .secondsCounter
      #expect(metric.name.hasSuffix("_total") == isCounter, "\(metric.name)")
      if case .durations(let bounds) = metric.kind {
        #expect(metric.name.hasSuffix("_seconds") && bounds == bounds.sorted())
      }
    }
    #expect(Set(metrics.map(\.name)).count == metrics.count)
  }

  @Test func labelNamesAreFixed() {
    let names = Set(metrics.flatMap(\.labels).map(\.name))
    #expect(
      names == [
        "source", "reason", "queue", "transport", "outcome", "class", "attempt", "operation", "pool",
        "status",
        "version",
      ])
    let series = metrics.reduce(0) { $0 + $1.series.count }
    #expect(series < 500, "\(series)")
  }

  @Test func histogramBucketsCoverTheirRange() {
    guard case .durations(let lateness) = Metric.lateness.kind,
      case .durations(let requests) = Metric.requestDuration.kind
    else { return #expect(Bool(false)) }
    #expect(lateness.first == 0.001 && lateness.last == 3600)
    #expect(requests == [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10])
  }

  @Test func documentMatchesCatalogue() throws {
    let file = URL(filePath: #filePath).appending(path: "../../../docs/metrics.md").standardized
    let rows = String(decoding: try Data(contentsOf: file), as: UTF8.self).split(separator: "\n")
      .map(String.init).filter { $0.hasPrefix("| `") }
    #expect(rows == metrics.map(\.row), "as it should be:\n\(metrics.map(\.row).joined(separator: "\n"))")
  }
}

extension Metric {
  /// Its row in the document.
  fileprivate var row: String {
    let type =
      switch kind {
      case .counter, .secondsCounter: "counter"
      case .gauge, .info: "gauge"
      case .durations, .sizes: "histogram"
      }
    let shown = labels.map { "`\($0.name)`" }.joined(separator: ", ")
    return "| `\(name)` | \(type) | \(shown) | \(help) |"
  }
}
