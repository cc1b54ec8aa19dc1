import KafkaClient
import Telemetry
import TimerModel

// Spans of records by OpenTelemetry's conventions for messaging. There is none for fetching: librdkafka does that on its own.
extension Spans {
  /// Begins the span of a batch of records, linked to the spans that sent them, as far as they are told and their number allows.
  func begin(_ batch: RecordBatch, of group: String) -> OpenSpan? {
    guard isOn else { return nil }
    let topic = batch.partition.topic
    let span = begin("process \(topic)", .consumer)
    span?.setAttribute("messaging.system", "kafka")
    span?.setAttribute("messaging.destination.name", topic)
    span?.setAttribute("messaging.destination.partition.id", "\(batch.partition.number)")
    span?.setAttribute("messaging.operation.name", "process")
    span?.setAttribute("messaging.operation.type", "process")
    span?.setAttribute("messaging.consumer.group.name", group)
    span?.setAttribute("messaging.batch.message_count", batch.records.count)
    if let first = batch.records.first { span?.setAttribute("messaging.kafka.offset", Int(first.offset)) }
    for record in batch.records {
      if let sender = record.sender, sender.isSampled { span?.link(sender) }
    }
    return span
  }

  /// Begins the spans of a batch's commands: each a part of the trace that its record came with, or else of the batch's. From then on
  /// they are what a firing links to, as the span of a request is.
  func begin(_ decoded: inout DecodedBatch, in batch: OpenSpan?) -> [OpenSpan] {
    guard isOn else { return [] }
    return decoded.commands.indices.compactMap { index in
      let (command, record) = (decoded.commands[index], decoded.recordOfCommand(index))
      guard record.sender != nil || batch != nil else { return nil }
      guard let span = begin(command, parent: record.sender ?? batch?.context) else { return nil }
      if record.sender != nil, let batchContext = batch?.context { span.link(batchContext) }
      span.setAttribute("messaging.kafka.offset", Int(record.offset))
      if let key = record.key.flatMap({ String(validating: $0, as: UTF8.self) }) {
        span.setAttribute("messaging.kafka.message.key", key)
      }
      if let context = span.context { decoded.setTraceContext(index, context.headers) }
      return span
    }
  }
}

extension KafkaRecord {
  /// The span that sent it, if it says so.
  fileprivate var sender: SpanContext? {
    TraceContext(validating: header("traceparent"), tracestate: header("tracestate")).flatMap {
      SpanContext($0)
    }
  }
}
