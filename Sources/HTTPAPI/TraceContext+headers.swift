import HTTPTypes
import TimerModel

extension TraceContext {
  /// The trace context of a request; nil if there is none that is valid.
  init?(requestHeaders headers: HTTPFields) {
    guard let name = HTTPField.Name("traceparent"), let stateName = HTTPField.Name("tracestate") else {
      return nil
    }
    self.init(validating: headers[name], tracestate: headers[stateName])
  }
}
