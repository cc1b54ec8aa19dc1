package import TimerModel

/// Decides which messages go to the outbox with the changes of a timer.
package struct OutboxPolicy: Hashable, Sendable {
  /// The topic of events; nil publishes none.
  package var eventsTopic: String?
  /// The topic of dead letters; nil publishes none.
  package var deadLettersTopic: String?
  /// The number of shards of the store.
  package var shardCount: Int

  package init(eventsTopic: String?, deadLettersTopic: String?, shardCount: Int) {
    self.eventsTopic = eventsTopic
    self.deadLettersTopic = deadLettersTopic
    self.shardCount = shardCount
  }

  /// Returns the messages of a settlement.
  ///
  /// - Parameters:
  ///   - timer: the timer as it was claimed.
  ///   - now: when the attempt ended.
  ///   - random: for the ids of the messages.
  package func messages(
    for settlement: Settlement, of timer: Timer, at now: Timestamp, random: inout some RandomNumberGenerator
  ) -> [OutboxMessage] {
    var messages: [OutboxMessage] = []
    if let eventsTopic, let event = TimerEvent(settlement, of: timer, at: now) {
      messages.append(message(event, topic: eventsTopic, id: .random(using: &random)))
    }
    if let deadLettersTopic, settlement.ending == .dead {
      var ended = timer
      _ = ended.settle(settlement, at: StoreTime(now))
      messages.append(
        message(
          Content(type: DeadLetter.type, key: timer.key, time: now, value: DeadLetter.value(ended)),
          topic: deadLettersTopic, id: .random(using: &random)))
    }
    return messages
  }

  /// The command with what goes out when it takes effect.
  package func attachingMessages(to command: TimerCommand, at now: Timestamp) -> TimerCommand {
    guard let eventsTopic, case .cancel(var cancel) = command, cancel.messages.isEmpty else { return command }
    cancel.messages = [message(TimerEvent(cancel, at: now), topic: eventsTopic, id: .random())]
    return .cancel(cancel)
  }

  private func message(_ event: TimerEvent, topic: String, id: FiringID) -> OutboxMessage {
    message(
      Content(type: event.kind.rawValue, key: event.key, time: event.at, value: event.data), topic: topic,
      id: id)
  }

  /// The part of a message that depends on its kind.
  private struct Content {
    let type: String
    let key: TimerKey
    let time: Timestamp
    let value: [UInt8]
  }

  /// A CloudEvent in Kafka's binary mode.
  private func message(_ content: Content, topic: String, id: FiringID) -> OutboxMessage {
    let key = content.key
    return OutboxMessage(
      id: id, shard: Shard.of(key, count: shardCount), topic: topic, key: Array(key.description.utf8),
      headers: [
        Header(name: "ce_specversion", value: "1.0"), Header(name: "ce_id", value: id.description),
        Header(name: "ce_source", value: EventSource.uri(of: key)),
        Header(name: "ce_type", value: content.type),
        Header(name: "ce_time", value: content.time.rfc3339),
        Header(name: "ce_subject", value: key.description),
        Header(name: "content-type", value: "application/json"),
      ], value: content.value)
  }
}
