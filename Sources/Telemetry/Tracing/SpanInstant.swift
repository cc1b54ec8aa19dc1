import NodeRuntime
import Tracing

/// A moment on this machine's wall clock.
package struct SpanInstant: TracerInstant {
  /// Nanoseconds since 1970 in UTC, as OTLP counts them.
  package let nanosecondsSinceEpoch: UInt64

  package init(nanosecondsSinceEpoch: UInt64) { self.nanosecondsSinceEpoch = nanosecondsSinceEpoch }

  /// The present moment by this machine's wall clock, in nanoseconds since 1970.
  package static var now: UInt64 { SystemClock.wallNanoseconds() }

  package static func < (a: SpanInstant, b: SpanInstant) -> Bool {
    a.nanosecondsSinceEpoch < b.nanosecondsSinceEpoch
  }
}
