extension TraceContext {
  /// Takes what a request or a record carries; nil if there is no valid `traceparent` (W3C Trace Context, section 3.2). An
  /// invalid `tracestate` is left out.
  public init?(validating traceparent: String?, tracestate: String?) {
    guard let traceparent, Self.isTraceparent(traceparent) else { return nil }
    self.init(
      traceparent: traceparent, tracestate: tracestate.flatMap { Self.isTracestate($0) ? $0 : nil })
  }

  private static func isTraceparent(_ text: String) -> Bool {
    let parts = text.split(separator: "-", omittingEmptySubsequences: false)
    guard parts.count == 4, parts.map(\.utf8.count) == [2, 32, 16, 2] else { return false }
    let isHex = parts.allSatisfy { part in
      part.utf8.allSatisfy { (0x30...0x39).contains($0) || (0x61...0x66).contains($0) }
    }
    return isHex && parts[0] != "ff" && parts[1].contains { $0 != "0" } && parts[2].contains { $0 != "0" }
  }

  private static func isTracestate(_ text: String) -> Bool {
    !text.isEmpty && text.utf8.count <= 512 && text.utf8.allSatisfy { (0x20...0x7e).contains($0) }
  }
}
