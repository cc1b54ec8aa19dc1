package import Telemetry
package import TimerModel

extension Spans {
  /// Begins the span of a command, as a part of the request that the present task works for.
  func begin(_ command: TimerCommand) -> OpenSpan? {
    guard isOn, !Self.isTracingSuppressed else { return nil }
    return begin(command, parent: Self.current)
  }

  /// Begins the span of a batch, linked to the requests that created timers in it.
  package func begin(_ batch: [TimerCommand]) -> OpenSpan? {
    guard isOn else { return nil }
    let span = begin("apply commands", .internal)
    span?.setAttribute("messaging.batch.message_count", batch.count)
    for case .create(let create) in batch {
      if let creator = create.traceContext.flatMap({ SpanContext($0) }), creator.isSampled {
        span?.link(creator)
      }
    }
    return span
  }
}
