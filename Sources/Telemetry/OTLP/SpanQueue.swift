import NodeRuntime
import Synchronization
import Telemetry

/// Finished spans that wait for their export; what comes when it is full is dropped and counted.
final class SpanQueue: Sendable {
  private let spans = Mutex<[FinishedSpan]>([])
  private let limit: Int
  private let batch: Int
  private let dropped: Count
  private let overflows: Count
  /// Tells the exporter that a batch is whole.
  let batchReady = Mailbox<Void>(name: "timerd-spans")

  init(limit: Int, batch: Int, instruments: Instruments) {
    self.limit = limit
    self.batch = batch
    dropped = instruments.counts(.spansDropped, by: DroppedSpan.self)[.queueFull]
    overflows = instruments.counts(.queueOverflows, by: QueueName.self)[.spans]
    let depth = instruments.gauges(.queueDepth, by: QueueName.self)[.spans]
    instruments.onScrape { [weak self] in
      if let self { depth.set(self.spans.withLock(\.count)) }
    }
  }

  /// Takes a span. Never blocks.
  func offer(_ span: FinishedSpan) {
    let (isAccepted, isBatchFull) = spans.withLock { spans in
      guard spans.count < limit else { return (false, false) }
      spans.append(span)
      return (true, spans.count == batch)
    }
    if !isAccepted {
      dropped.add()
      overflows.add()
    }
    if isBatchFull { batchReady.post(()) }
  }

  /// The next spans to export, and whether a whole batch is left after them.
  func dequeueBatch() -> (spans: [FinishedSpan], isMoreLeft: Bool) {
    spans.withLock { spans in
      let taken = Array(spans.prefix(batch))
      spans.removeFirst(taken.count)
      return (taken, spans.count >= batch)
    }
  }
}
