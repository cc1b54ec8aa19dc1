import KafkaClient
import TimerModel
import TimerWire

/// The reason why a record was rejected, and the message that reports it.
struct Rejection: Hashable, Sendable {
  private let document: ProblemDocument

  init(_ problem: CommandError) { document = ProblemDocument(problem) }

  /// A creation that may have been carried out before.
  static let tooOld = Rejection(
    ProblemDocument(
      .commandTooOld,
      detail:
        "The command was read again and its timer does not exist. The timer may have ended and been purged. If it never existed, send the command again."
    ))

  /// A fire or a redrive that may have been carried out before.
  static let overtaken = Rejection(
    ProblemDocument(
      .commandTooOld,
      detail:
        "The command was read again and its timer has changed since it was made. It may have been carried out. If it was not, send it again."
    ))

  private init(_ document: ProblemDocument) { self.document = document }

  init(_ rejection: CommandRejection) { document = ProblemDocument(rejection) }

  /// The message for the topic of rejected commands: the record as it came, where it stood, and why.
  ///
  /// The same record makes the same message each time; all of one partition are in one shard, so that they keep their order.
  ///
  /// - Parameter generation: that of the record's log; a record at the same place of another log makes another message.
  func message(
    for record: KafkaRecord, generation: Int, topic: String, shardCount: Int
  ) -> OutboxMessage {
    var headers = [
      Header(name: "timerd-topic", value: record.partition.topic),
      Header(name: "timerd-partition", value: "\(record.partition.number)"),
      Header(name: "timerd-offset", value: "\(record.offset)"),
      Header(name: "timerd-problem", value: String(decoding: document.json(), as: UTF8.self)),
    ]
    for name in ["traceparent", "tracestate"] {
      if let value = record.header(name) { headers.append(Header(name: name, value: value)) }
    }
    var topicHash = FNV1a()
    topicHash.add(record.partition.topic.utf8)
    return OutboxMessage(
      id: FiringID(
        high: topicHash.value &+ UInt64(truncatingIfNeeded: record.partition.number)
          &+ UInt64(truncatingIfNeeded: generation) &* 0x9e37_79b9_7f4a_7c15,
        low: UInt64(truncatingIfNeeded: record.offset)),
      shard: Int(UInt32(bitPattern: record.partition.number)) % max(1, shardCount), topic: topic,
      key: record.key, headers: headers,
      value: record.value)
  }
}
