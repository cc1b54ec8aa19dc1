package import Instrumentation
import Telemetry
import TimerModel
package import Tracing

/// Creates spans by the sampler's decision and hands the finished ones to the exporter's queue.
package final class SpanTracer: Tracer {
  private let sampler: SpanSampler
  private let queue: SpanQueue
  private let adaptiveSampler: AdaptiveSampler

  init(
    sampler: SpanSampler, queue: SpanQueue, adaptiveSampler: AdaptiveSampler = AdaptiveSampler(limit: .max)
  ) {
    self.sampler = sampler
    self.queue = queue
    self.adaptiveSampler = adaptiveSampler
  }

  /// Returns true if a trace that begins here is recorded.
  func shouldSample(_ trace: FiringID) -> Bool {
    sampler.samples(trace, parent: nil) && adaptiveSampler.shouldSample(trace)
  }

  /// Begins a span: a part of the context's span, or else the one that is planned, or else of a trace of its own.
  package func startSpan<Instant: TracerInstant>(
    _ operationName: String, context: @autoclosure () -> ServiceContext, ofKind kind: SpanKind,
    at instant: @autoclosure () -> Instant, function: String, file fileID: String, line: UInt
  ) -> RecordedSpan {
    var context = context()
    let (parent, plan, implied) = (context.span, context.plannedSpan, context.impliedParent)
    let traceID = parent?.traceID ?? plan?.traceID ?? implied?.traceID ?? .random()
    (context.plannedSpan, context.impliedParent) = (nil, nil)
    context.span = SpanContext(
      traceID: traceID, spanID: plan?.spanID ?? UInt64.random(in: 1...UInt64.max),
      isSampled: sampler.samples(traceID, parent: parent), traceState: parent?.traceState)
    return RecordedSpan(
      operationName, context: context, parent: parent ?? implied, kind: kind,
      start: instant().nanosecondsSinceEpoch,
      queue: queue)
  }

  /// Spans are exported by their service.
  package func forceFlush() {}

  /// Takes the trace context out of a carrier.
  package func extract<Carrier, Extract: Extractor>(
    _ carrier: Carrier, into context: inout ServiceContext, using extractor: Extract
  ) where Extract.Carrier == Carrier {
    guard let parent = extractor.extract(key: "traceparent", from: carrier) else { return }
    let state = extractor.extract(key: "tracestate", from: carrier)
    context.span = SpanContext(TraceContext(traceparent: parent, tracestate: state))
  }

  /// Puts the trace context into a carrier.
  package func inject<Carrier, Inject: Injector>(
    _ context: ServiceContext, into carrier: inout Carrier, using injector: Inject
  ) where Inject.Carrier == Carrier {
    guard let headers = context.span?.headers else { return }
    injector.inject(headers.traceparent, forKey: "traceparent", into: &carrier)
    if let state = headers.tracestate { injector.inject(state, forKey: "tracestate", into: &carrier) }
  }
}
