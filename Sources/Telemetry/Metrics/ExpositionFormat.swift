/// In which form metrics are shown.
package enum ExpositionFormat: Sendable, CaseIterable {
  /// Prometheus's text format 0.0.4.
  case text
  /// OpenMetrics 1.0, for those who ask for it.
  case openMetrics

  /// The best of what a request's `Accept` asks for; the text format if it asks for neither.
  package init(accept: String?) {
    let ranges = (accept ?? "").split(separator: ",").map(Self.range)
    let open = ranges.filter { $0.type == "application/openmetrics-text" }.map(\.quality).max() ?? 0
    let text = ranges.filter { ["text/plain", "text/*", "*/*"].contains($0.type) }.map(\.quality).max() ?? 0
    self = open > 0 && open >= text ? .openMetrics : .text
  }

  /// The value of the response's `Content-Type`.
  package var contentType: String {
    switch self {
    case .text: "text/plain; version=0.0.4; charset=utf-8"
    case .openMetrics: "application/openmetrics-text; version=1.0.0; charset=utf-8"
    }
  }

  private static func range(_ text: Substring) -> (type: String, quality: Double) {
    let parts = text.split(separator: ";").map { $0.filter { !$0.isWhitespace }.lowercased() }
    let quality = parts.dropFirst().first { $0.hasPrefix("q=") }.flatMap { Double($0.dropFirst(2)) }
    return (parts.first ?? "", quality ?? 1)
  }
}
