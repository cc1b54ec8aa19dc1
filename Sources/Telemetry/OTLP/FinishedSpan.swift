import Telemetry
import Tracing

/// A span that has ended and waits for its export.
struct FinishedSpan: Sendable {
  let context: SpanContext
  let parent: UInt64?
  let name: String
  let kind: SpanKind
  let start: UInt64
  let end: UInt64
  let attributes: SpanAttributes
  let events: [SpanEvent]
  let links: [SpanContext]
  let status: SpanStatus?
}
