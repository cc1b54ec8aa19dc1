package import Telemetry
package import TimerModel

extension Spans {
  /// Begins the span of a command, as a part of the request that the present task works for.
  func begin(_ command: TimerCommand) -> OpenSpan? {
    guard isOn, !Self.isTracingSuppressed else { return nil }
    let span = begin("\(command.name) timer", .internal, parent: Self.current)
    span?.setAttributes(of: command.key)
    return span
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

extension TimerCommand {
  fileprivate var name: String {
    switch self {
    case .create: "create"
    case .update: "update"
    case .cancel: "cancel"
    }
  }
}
