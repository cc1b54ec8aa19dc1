import KafkaClient
import TimerModel

/// Why a record was not carried out, as a problem document (RFC 9457) of the kinds that the HTTP API answers with.
struct Rejection: Hashable, Sendable {
  let kind: String
  let title: String
  let status: Int
  let detail: String
  var violations: [Violation] = []

  init(_ problem: CommandProblem) {
    switch problem {
    case .unreadable(let error):
      self.init(
        "unreadable-body", "Unreadable body", 400, "The JSON \(error.reason), at byte \(error.offset).")
    case .invalid(let violations):
      self.init(
        "invalid-timer", "Invalid timer", 422, "The command breaks the rules listed in errors.", violations)
    case .tooLarge(let violation):
      self.init("body-too-large", "Body too large", 413, "A part of the command is too large.", [violation])
    }
  }

  init(_ refusal: CommandRefusal) {
    switch refusal {
    case .notFound: self.init("timer-not-found", "No such timer", 404, "There is no such timer.")
    case .conflict:
      self.init("id-taken", "The id is taken", 409, "A timer with this id and other content exists.")
    case .revisionMismatch(let current):
      self.init(
        "revision-mismatch", "The timer has another revision", 412, "The timer has revision \(current).")
    case .notScheduled(let status):
      self.init("not-scheduled", "The timer is no longer scheduled", 409, "The timer is \(status.rawValue).")
    }
  }

  private init(
    _ kind: String, _ title: String, _ status: Int, _ detail: String, _ violations: [Violation] = []
  ) {
    (self.kind, self.title, self.status, self.detail) = (kind, title, status, detail)
    self.violations = violations
  }

  /// The message for the topic of rejected commands: the record as it came, where it stood, and why.
  ///
  /// The same record makes the same message each time; all of one partition are in one shard, so that they keep their order.
  func message(for record: KafkaRecord, topic: String, shardCount: Int) -> OutboxMessage {
    var headers = [
      Header(name: "timerd-topic", value: record.partition.topic),
      Header(name: "timerd-partition", value: "\(record.partition.number)"),
      Header(name: "timerd-offset", value: "\(record.offset)"),
      Header(name: "timerd-problem", value: String(decoding: document, as: UTF8.self)),
    ]
    for name in ["traceparent", "tracestate"] {
      if let value = record.header(name) { headers.append(Header(name: name, value: value)) }
    }
    let topicHash = record.partition.topic.utf8.reduce(0xcbf2_9ce4_8422_2325 as UInt64) {
      ($0 ^ UInt64($1)) &* 0x100_0000_01b3
    }
    return OutboxMessage(
      id: FiringID(
        high: topicHash &+ UInt64(truncatingIfNeeded: record.partition.number),
        low: UInt64(truncatingIfNeeded: record.offset)),
      shard: Int(record.partition.number) % shardCount, topic: topic, key: record.key, headers: headers,
      value: record.value)
  }

  private var document: [UInt8] {
    var json = JSONWriter()
    json.object { json in
      json.name("type")
      json.string("urn:timerd:problem:\(kind)")
      json.name("title")
      json.string(title)
      json.name("status")
      json.integer(status)
      json.name("detail")
      json.string(detail)
      guard !violations.isEmpty else { return }
      json.name("errors")
      json.array { json in
        for violation in violations {
          json.object { json in
            json.name("detail")
            json.string(violation.detail)
            json.name("pointer")
            json.string(violation.pointer)
          }
        }
      }
    }
    return json.bytes
  }
}
