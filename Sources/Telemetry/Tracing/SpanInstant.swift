import NodeRuntime
import Tracing

/// A moment on this machine's wall clock.
package struct SpanInstant: TracerInstant {
  /// Nanoseconds since 1970.
  package let nanosecondsSinceEpoch: UInt64

  /// Creates a moment.
  package init(nanosecondsSinceEpoch: UInt64) { self.nanosecondsSinceEpoch = nanosecondsSinceEpoch }

  /// Nanoseconds since 1970.
  package static var now: UInt64 { SystemClock.wallNanoseconds() }

  /// Orders by time.
  package static func < (a: SpanInstant, b: SpanInstant) -> Bool {
    a.nanosecondsSinceEpoch < b.nanosecondsSinceEpoch
  }
}
