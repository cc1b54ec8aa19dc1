import Delivery
import Ingest
import Logging
import Persistence
import Scheduler
import ServiceLifecycle
import TelemetryOTLP
import TimerModel

/// The parts of a node that run, by the order in which they stop.
///
/// A stage is told to stop when the one before it has ended. A stopping node takes in nothing more, finishes what it started, gives up
/// what other nodes can take over, and can be watched to the end.
struct Node {
  /// Waits while balancers turn away: `/readyz` says 503, and everything else goes on.
  let announcement: ShutdownDelay
  /// Answers the requests of clients.
  let api: any Service
  /// Writes the commands of requests to the store.
  let commands: CommandIngest
  /// Applies commands from Kafka.
  let records: (any Service)?
  /// Ends claiming, then hands the shards over.
  let gate: any Service
  /// Attempts timers and settles them.
  let delivery: TimerDelivery
  /// Finds due timers; until here, what Delivery releases goes back to the index.
  let scheduler: any Service
  /// Publishes the messages that commands and settlements left in the store.
  let outbox: OutboxComponents?
  /// Holds the shards, and the name of the node; nil where one node has all shards.
  let shards: ShardKeeper?
  /// Deletes timers that ended longer ago than the retention period.
  let purge: RetentionPurge
  /// Carries records to Kafka, then callbacks to receivers.
  let transports: [any Service]
  /// Answers `/livez`, `/readyz` and `/metrics` at an address of their own.
  let administration: (any Service)?
  /// Exports spans; nil while tracing is off.
  let exporter: SpanExporter?
  /// Reads the log level again on SIGHUP.
  let reload: LogLevelReload

  /// The services in the order in which they stop.
  var inDrainOrder: [any Service] {
    let stages: [(any Service)?] = [
      announcement, api, commands, records, gate, delivery, scheduler, outbox, shards, purge,
    ]
    return (stages + transports + [administration, exporter, reload]).compactMap(\.self)
  }
}
