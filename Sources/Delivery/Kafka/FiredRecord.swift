import JSONBytes
import KafkaClient
import TimerModel
import TimerWire

/// The record that a timer fires: a CloudEvent, in binary mode if it has a payload and in structured mode if not, since a record
/// without a value would be a tombstone.
struct FiredRecord {
  /// The CloudEvents attribute `type` of every fired record.
  static let type = "dev.timerd.timer.fired"

  let message: KafkaMessage

  /// Creates the record of an attempt; nil if the destination is not Kafka.
  init?(_ request: AttemptRequest) {
    guard case .kafka(let destination) = request.timer.definition.destination else { return nil }
    let attributes = Self.attributes(request, destination)
    let key = Array((destination.key ?? request.timer.key.description).utf8)
    let traceparent = attributes.last?.value ?? ""
    var headers: [KafkaHeader]
    let value: [UInt8]
    if let payload = request.timer.definition.payload {
      headers = attributes.map { KafkaHeader("ce_" + $0.name, $0.value) }
      headers.append(KafkaHeader("content-type", "application/json"))
      value = payload
    } else {
      headers = [KafkaHeader("content-type", "application/cloudevents+json; charset=UTF-8")]
      value = Self.structured(attributes)
    }
    // Where tracing libraries look for it.
    headers.append(KafkaHeader("traceparent", traceparent))
    headers += destination.headers.map { KafkaHeader($0.name, $0.value) }
    message = KafkaMessage(topic: destination.topic, key: key, value: value, headers: headers)
  }

  /// The attributes in the order in which they are written; the trace comes last.
  private static func attributes(
    _ request: AttemptRequest, _ destination: KafkaDestination
  ) -> [(name: String, value: String)] {
    let timer = request.timer
    var attributes: [(name: String, value: String)] = [
      ("specversion", "1.0"), ("id", timer.firingID.description), ("source", EventSource.uri(of: timer.key)),
      ("type", type), ("time", request.startedAt.rfc3339), ("subject", timer.key.description),
      ("partitionkey", destination.key ?? timer.key.description), ("attempt", "\(timer.attempt)"),
      ("executeat", timer.definition.executeAt.rfc3339),
    ]
    if let tags = tags(of: timer.definition) { attributes.append(("tags", tags)) }
    let traceparent =
      request.traceContext?.traceparent ?? TraceContext.traceparent(ofAttemptAt: timer.firingID)
    attributes.append(("traceparent", traceparent))
    return attributes
  }

  /// The tags as the text of an object, since an attribute has no members; nil if there are none.
  private static func tags(of definition: TimerDefinition) -> String? {
    guard !definition.tags.isEmpty else { return nil }
    var json = JSONWriter()
    json.tagMembers(definition)
    return json.text
  }

  private static func structured(_ attributes: [(name: String, value: String)]) -> [UInt8] {
    var json = JSONWriter(capacity: 512)
    json.object { json in
      for (name, value) in attributes {
        json.name(text: name)
        // The only attribute that is a number.
        if name == "attempt", let number = Int(value) { json.integer(number) } else { json.string(value) }
      }
    }
    return json.finish()
  }
}
