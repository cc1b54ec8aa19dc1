package import TimerModel

extension Spans {
  /// Begins the span of a command, with the timer that it is about.
  package func begin(_ command: TimerCommand, parent: SpanContext?) -> OpenSpan? {
    let span = begin("\(command.verb) timer", .internal, parent: parent)
    span?.setAttributes(of: command.key)
    return span
  }
}

extension TimerCommand {
  fileprivate var verb: String {
    switch self {
    case .create: "create"
    case .update: "update"
    case .cancel: "cancel"
    case .fire: "fire"
    case .redrive: "redrive"
    }
  }
}
