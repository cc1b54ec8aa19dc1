import HTTPTypes
import TimerModel

extension TraceContext {
  /// The trace context of a request; nil if there is none that is valid (W3C Trace Context, section 3.2).
  init?(requestHeaders headers: HTTPFields) {
    guard let name = HTTPField.Name("traceparent"), let stateName = HTTPField.Name("tracestate"),
      let parent = headers[name], Self.isTraceparent(parent)
    else { return nil }
    let state = headers[stateName]
    self.init(
      traceparent: parent, tracestate: state.flatMap { Self.isTracestate($0) ? $0 : nil })
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
