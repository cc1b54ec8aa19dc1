package import KafkaClient
package import Logging
package import TimerModel

/// Finds messages of the outbox in their topic, by the header that holds their id.
package struct KafkaPublishedMessages: PublishedMessages {
  private let reader: KafkaTopicReader
  private let timeout: Duration

  /// Creates one; a search takes `timeout` at most.
  ///
  /// - Parameter group: the name of a group that the broker lets this user read for.
  package init(
    configuration: KafkaConfiguration, group: String = "timerd", timeout: Duration = .seconds(60),
    logger: Logger
  ) {
    reader = KafkaTopicReader(
      configuration: configuration, group: group, headers: [OutboxMessage.idHeader], logger: logger)
    self.timeout = timeout
  }

  /// Reads the topic from `since` to its present end.
  package func published(
    _ messages: Set<FiringID>, in topic: String, since: Timestamp
  ) async throws -> Set<FiringID> {
    let found = try await reader.read(topic, since: since.milliseconds, within: timeout) { record in
      record.header(OutboxMessage.idHeader).flatMap { FiringID($0) }
        .flatMap { messages.contains($0) ? $0 : nil }
    }
    return Set(found)
  }
}
