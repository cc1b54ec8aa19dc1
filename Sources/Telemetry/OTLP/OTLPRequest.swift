import Telemetry
import TimerModel
import Tracing

/// The request to a collector: OTLP 1.0's `ExportTraceServiceRequest` in Protocol Buffers.
struct OTLPRequest {
  let resource: [(String, String)]
  let version: String

  func bytes(_ spans: [FinishedSpan]) -> [UInt8] {
    var writer = ProtobufWriter()
    writer.message(1) { writer in
      writer.message(1) { writer in
        for (key, value) in resource { Self.write(key, .string(value), field: 1, to: &writer) }
      }
      writer.message(2) { writer in
        writer.message(1) { writer in
          writer.text(1, "timerd")
          writer.text(2, version)
        }
        for span in spans { writer.message(2) { Self.write(span, to: &$0) } }
      }
    }
    return writer.bytes
  }

  private static func write(_ span: FinishedSpan, to writer: inout ProtobufWriter) {
    writer.data(1, bigEndian(span.context.traceID))
    writer.data(2, bigEndian(span.context.spanID))
    if let state = span.context.traceState { writer.text(3, state) }
    if let parent = span.parent { writer.data(4, bigEndian(parent)) }
    writer.text(5, span.name)
    writer.integer(6, kind(span.kind))
    writer.fixed64(7, span.start)
    writer.fixed64(8, span.end)
    write(span.attributes, field: 9, to: &writer)
    for event in span.events {
      writer.message(11) { writer in
        writer.fixed64(1, event.nanosecondsSinceEpoch)
        writer.text(2, event.name)
        write(event.attributes, field: 3, to: &writer)
      }
    }
    for link in span.links {
      writer.message(13) { writer in
        writer.data(1, bigEndian(link.traceID))
        writer.data(2, bigEndian(link.spanID))
        if let state = link.traceState { writer.text(3, state) }
      }
    }
    if let status = span.status {
      writer.message(15) { writer in
        if let message = status.message { writer.text(2, message) }
        writer.integer(3, status.code == .error ? 2 : 1)
      }
    }
    writer.fixed32(16, span.context.isSampled ? 1 : 0)
  }

  private static func kind(_ kind: SpanKind) -> UInt64 {
    switch kind {
    case .internal: 1
    case .server: 2
    case .client: 3
    case .producer: 4
    case .consumer: 5
    }
  }

  private static func write(_ attributes: SpanAttributes, field: Int, to writer: inout ProtobufWriter) {
    attributes.forEach { key, value in write(key, value, field: field, to: &writer) }
  }

  private static func write(
    _ key: String, _ value: SpanAttribute, field: Int, to writer: inout ProtobufWriter
  ) {
    writer.message(field) { writer in
      writer.text(1, key)
      writer.message(2) { writer in
        switch value {
        case .string(let text): writer.text(1, text)
        case .bool(let flag): writer.integer(2, flag ? 1 : 0)
        case .int32(let number): writer.integer(3, UInt64(bitPattern: Int64(number)))
        case .int64(let number): writer.integer(3, UInt64(bitPattern: number))
        case .double(let number): writer.fixed64(4, number.bitPattern)
        default: writer.text(1, "\(value.toSpanAttribute())")
        }
      }
    }
  }

  private static func bigEndian(_ id: FiringID) -> [UInt8] { bigEndian(id.high) + bigEndian(id.low) }

  private static func bigEndian(_ value: UInt64) -> [UInt8] {
    withUnsafeBytes(of: value.bigEndian) { Array($0) }
  }
}
