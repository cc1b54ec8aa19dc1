import Telemetry
import TimerModel

/// Decides which traces are recorded, alike on every node: by the trace's id alone, or as its first span was decided.
struct SpanSampler: Hashable, Sendable {
  /// True if a span that is part of another follows that.
  var followsParent = true
  /// The share of traces that is recorded.
  var ratio = 1.0

  /// The samplers of `OTEL_TRACES_SAMPLER`, by their names; the share is that of those which have one.
  static func named(_ name: String, ratio: Double) -> SpanSampler? {
    switch name {
    case "always_on": SpanSampler(followsParent: false, ratio: 1)
    case "always_off": SpanSampler(followsParent: false, ratio: 0)
    case "traceidratio": SpanSampler(followsParent: false, ratio: ratio)
    case "parentbased_always_on": SpanSampler(followsParent: true, ratio: 1)
    case "parentbased_always_off": SpanSampler(followsParent: true, ratio: 0)
    case "parentbased_traceidratio": SpanSampler(followsParent: true, ratio: ratio)
    default: nil
    }
  }

  func samples(_ trace: FiringID, parent: SpanContext?) -> Bool {
    if followsParent, let parent { return parent.isSampled }
    return Self.isWithin(ratio, trace)
  }

  /// Returns true if a trace is among a share of all traces: by its lower 63 bits, as the other SDKs have it.
  static func isWithin(_ share: Double, _ trace: FiringID) -> Bool {
    share >= 1 || Double(trace.low >> 1) < share * Double(UInt64(1) << 63)
  }
}
