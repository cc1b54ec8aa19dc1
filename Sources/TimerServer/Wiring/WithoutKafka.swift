#if !Kafka
import Logging
import Outbox
import ServiceLifecycle
import Telemetry
import TimerModel
import TimerWire

// Kafka's parts in a build without it. No value of these types can exist, so that the code around them needs no conditions.

struct KafkaSetting: Sendable {
  private let never: Never

  var firedTopic: String { switch never {} }
  var deliveryTimeout: Duration { switch never {} }
}

struct KafkaComponents: Sendable {
  private let never: Never

  init?(_ setting: KafkaSetting?, clock: any NodeClock, instruments: Instruments, logger: Logger) {
    return nil
  }

  var transport: any DeliveryTransport { switch never {} }
  var health: any HealthCheck { switch never {} }
  var logHealth: any HealthCheck { switch never {} }
  var waitingMessages: Int { switch never {} }
  var closing: any Service { switch never {} }

  func ingest(
    store: any TimerStore, decoder: CommandDecoder, listener: any DueListener, outbox: CommandOutbox?,
    spans: Spans
  ) -> any Service {
    switch never {}
  }
}

struct OutboxComponents: Service {
  private let never: Never

  init?(_ setting: KafkaSetting?, _ openedStore: OpenedStore, instruments: Instruments, logger: Logger) {
    return nil
  }

  var policy: OutboxPolicy { switch never {} }
  var commands: CommandOutbox { switch never {} }
  var relay: OutboxRelay { switch never {} }
  var waitingMessages: Int { switch never {} }

  func run() async throws { switch never {} }
}
#endif
