package import CoreMetrics
import Synchronization

/// Holds every time series of the catalogue from its start on, and gives them to those who count.
///
/// It makes nothing later: a name, a label or a value that the catalogue does not have is a mistake of the program and ends it.
package final class MetricsRegistry: MetricsFactory {
  enum Cell: Sendable {
    case counter(CounterCell)
    case gauge(GaugeCell)
    case histogram(HistogramCell)
  }

  struct Family: Sendable {
    let metric: Metric
    /// One cell for each of the metric's series, in their order.
    let cells: [Cell]
  }

  let families: [Family]
  private let indices: [String: Int]
  private let scrapeHandlers = Mutex<[@Sendable () -> Void]>([])

  /// Creates a registry of the whole catalogue.
  package convenience init(version: String) { self.init(metrics: Metric.all(version: version)) }

  /// Creates a registry of `metrics`, all of whose series exist from then on.
  package init(metrics: [Metric]) {
    families = metrics.map { metric in
      Family(metric: metric, cells: metric.series.map { _ in Self.cell(metric) })
    }
    indices = Dictionary(uniqueKeysWithValues: metrics.enumerated().map { ($1.name, $0) })
  }

  /// Calls `handler` before each exposition, to set gauges whose value is known elsewhere. It must be quick and not block.
  package func onScrape(_ handler: @escaping @Sendable () -> Void) {
    scrapeHandlers.withLock { $0.append(handler) }
  }

  func runScrapeHandlers() {
    for handler in scrapeHandlers.withLock(\.self) { handler() }
  }

  /// The counter of a series of the catalogue.
  package func makeCounter(label: String, dimensions: [(String, String)]) -> any CounterHandler {
    guard case .counter(let cell) = cell(label, dimensions) else { Self.wrongKind(label) }
    return cell
  }

  /// The gauge of a series of the catalogue.
  package func makeMeter(label: String, dimensions: [(String, String)]) -> any MeterHandler {
    guard case .gauge(let cell) = cell(label, dimensions) else { Self.wrongKind(label) }
    return cell
  }

  /// The histogram of a series of the catalogue.
  package func makeRecorder(
    label: String, dimensions: [(String, String)], aggregate: Bool
  ) -> any RecorderHandler {
    guard case .histogram(let cell) = cell(label, dimensions) else { Self.wrongKind(label) }
    return cell
  }

  /// The histogram of a series of the catalogue.
  package func makeTimer(label: String, dimensions: [(String, String)]) -> any TimerHandler {
    guard case .histogram(let cell) = cell(label, dimensions) else { Self.wrongKind(label) }
    return cell
  }

  /// No metric of the catalogue is counted in fractions.
  package func makeFloatingPointCounter(
    label: String, dimensions: [(String, String)]
  ) -> any FloatingPointCounterHandler { Self.wrongKind(label) }

  /// Does nothing: series stay until the process ends.
  package func destroyCounter(_ handler: any CounterHandler) {}
  /// Does nothing: series stay until the process ends.
  package func destroyMeter(_ handler: any MeterHandler) {}
  /// Does nothing: series stay until the process ends.
  package func destroyFloatingPointCounter(_ handler: any FloatingPointCounterHandler) {}
  /// Does nothing: series stay until the process ends.
  package func destroyRecorder(_ handler: any RecorderHandler) {}
  /// Does nothing: series stay until the process ends.
  package func destroyTimer(_ handler: any TimerHandler) {}

  private func cell(_ name: String, _ dimensions: [(String, String)]) -> Cell {
    guard let familyIndex = indices[name] else { preconditionFailure("the catalogue has no metric \(name)") }
    let family = families[familyIndex]
    guard dimensions.map(\.0) == family.metric.labels.map(\.name),
      let index = family.metric.series.firstIndex(of: dimensions.map(\.1))
    else { preconditionFailure("the catalogue has no series of \(name) with \(dimensions)") }
    return family.cells[index]
  }

  private static func cell(_ metric: Metric) -> Cell {
    switch metric.kind {
    case .counter, .secondsCounter: return .counter(CounterCell())
    case .gauge: return .gauge(GaugeCell())
    case .info:
      let cell = GaugeCell()
      cell.set(1.0)
      return .gauge(cell)
    case .durations(let bounds), .sizes(let bounds):
      return .histogram(HistogramCell(bounds: bounds.map { Int64(($0 / metric.scale).rounded()) }))
    }
  }

  private static func wrongKind(_ name: String) -> Never {
    preconditionFailure("the catalogue has \(name) as another kind of metric")
  }
}
