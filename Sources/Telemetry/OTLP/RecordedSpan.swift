import Synchronization
import Telemetry
package import Tracing

/// A span that is being recorded; when it ends it goes to the queue. One that is not sampled records nothing.
package final class RecordedSpan: Tracing.Span {
  private struct State {
    var name: String
    var attributes: SpanAttributes = [:]
    var events: [SpanEvent] = []
    var links: [SpanContext] = []
    var status: SpanStatus?
    var hasEnded = false
  }

  /// Its context, for spans that are parts of it.
  package let context: ServiceContext
  /// True if it is recorded.
  package let isRecording: Bool
  private let parent: SpanContext?
  private let kind: SpanKind
  private let start: UInt64
  private let queue: SpanQueue
  private let state: Mutex<State>

  /// The maximum number of events, and of links, that are kept.
  private static let limit = 128

  init(
    _ name: String, context: ServiceContext, parent: SpanContext?, kind: SpanKind, start: UInt64,
    queue: SpanQueue
  ) {
    self.context = context
    self.parent = parent
    self.kind = kind
    self.start = start
    self.queue = queue
    isRecording = context.span?.isSampled ?? false
    state = Mutex(State(name: name))
  }

  /// The name of the span; a change after its end is not exported.
  package var operationName: String {
    get { state.withLock(\.name) }
    set { state.withLock { $0.name = newValue } }
  }

  /// The attributes of the span; a change after its end is not exported.
  package var attributes: SpanAttributes {
    get { state.withLock(\.attributes) }
    set { state.withLock { $0.attributes = newValue } }
  }

  /// Notes whether it failed.
  package func setStatus(_ status: SpanStatus) { state.withLock { $0.status = status } }

  /// Notes something that happened in it.
  package func addEvent(_ event: SpanEvent) {
    state.withLock { if $0.events.count < Self.limit { $0.events.append(event) } }
  }

  /// Notes an error that happened in it.
  package func recordError<Instant: TracerInstant>(
    _ error: any Error, attributes: SpanAttributes, at instant: @autoclosure () -> Instant
  ) {
    var attributes = attributes
    attributes["exception.message"] = "\(error)"
    addEvent(SpanEvent(name: "exception", at: instant(), attributes: attributes))
  }

  /// Links it to another span, unless that has no context or there are 128 links.
  package func addLink(_ link: SpanLink) {
    guard let other = link.context.span else { return }
    state.withLock { if $0.links.count < Self.limit { $0.links.append(other) } }
  }

  /// Ends it; a second time does nothing.
  package func end<Instant: TracerInstant>(at instant: @autoclosure () -> Instant) {
    guard isRecording, let own = context.span else { return }
    let end = instant().nanosecondsSinceEpoch
    let finished: FinishedSpan? = state.withLock { state in
      guard !state.hasEnded else { return nil }
      state.hasEnded = true
      return FinishedSpan(
        context: own, parent: parent?.spanID, name: state.name, kind: kind, start: start, end: end,
        attributes: state.attributes, events: state.events, links: state.links, status: state.status)
    }
    if let finished { queue.offer(finished) }
  }
}
