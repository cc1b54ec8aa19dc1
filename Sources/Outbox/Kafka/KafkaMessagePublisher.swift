package import KafkaClient
package import TimerModel

/// Publishes what waits in the store's outbox.
package struct KafkaMessagePublisher: MessagePublisher {
  private let producer: KafkaProducer

  /// Creates a publisher over `producer`, whose time-out is the bound of a call.
  package init(producer: KafkaProducer) { self.producer = producer }

  /// Publishes messages, those with the same topic and key in order.
  package func publish(_ messages: [OutboxMessage]) async -> [PublishVerdict] {
    let reports = messages.map { message in
      let report = PendingReport()
      producer.send(
        KafkaMessage(
          topic: message.topic, key: message.key, value: message.value,
          headers: message.headers.map { KafkaHeader($0.name, $0.value) }
            + [KafkaHeader(OutboxMessage.idHeader, message.id.description)])
      ) { report.fulfil($0) }
      return report
    }
    var verdicts: [PublishVerdict] = []
    for report in reports { verdicts.append(Self.verdict(await report.value())) }
    return verdicts
  }

  private static func verdict(_ report: KafkaProducer.Report?) -> PublishVerdict {
    switch report {
    case .success: .published
    // What waits for an operator stays in the outbox until there is a topic, or a right.
    case .failure(let error) where error.isRetriable || error.needsOperator: .failed(error.description)
    case .failure(let error): .unpublishable(error.description)
    case nil: .failed("cancelled")
    }
  }
}
