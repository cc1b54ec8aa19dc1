import Telemetry
import TimerModel

extension Spans {
  /// Records a span for each timer that was claimed: the first of its firing's trace, linked to the request that created it.
  func claimed(_ verdicts: [ClaimVerdict], by node: NodeID, startedAt: UInt64) {
    guard isOn else { return }
    for case .claimed(let timer) in verdicts {
      guard
        let span = begin(
          "claim timer", .internal, origin: .planned(.claim(timer.fence)), startedAt: startedAt)
      else { continue }
      span.setAttributes(of: timer.key)
      span.setAttribute("timerd.attempt", timer.attempt)
      span.setAttribute("timerd.node", node.name)
      span.setAttribute("timerd.batch_size", verdicts.count)
      if let creator = timer.traceContext.flatMap({ SpanContext($0) }) { span.link(creator) }
      span.end()
    }
  }
}
