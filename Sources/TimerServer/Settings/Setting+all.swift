import PersistencePostgres
import TimerModel

extension Setting {
  /// All settings, in the order of docs/configuration.md.
  static let all: [Setting] = [
    Setting(
      name: "listen", defaultValue: "127.0.0.1:8080", legal: .text,
      help: "Address and port of the HTTP API; port 0 lets the system choose."),
    Setting(
      name: "admin-listen", defaultValue: "", legal: .text,
      help: "Address and port of health and metrics; if empty, the API's listener serves them."),
    Setting(
      name: "metrics", defaultValue: "true", legal: .oneOf(["true", "false"]),
      help: "Collect metrics and serve them at /metrics."),
    Setting(
      name: "max-traces-per-second", defaultValue: "500", legal: .integer(1...1_000_000),
      help: "Traces started per second; above this, traces are sampled."),
    Setting(
      name: "store", defaultValue: "sqlite:./data/timerd.db", legal: .text,
      help: "Timer store: sqlite: and a path, or postgres://user@host/database."),
    Setting(
      name: "store-schema", defaultValue: "timerd", legal: .text,
      help: "PostgreSQL schema of the tables."),
    Setting(
      name: "store-connections", defaultValue: "4", legal: .integer(1...64),
      help: "PostgreSQL connections for commands, claims and settlements; two more serve the rest."),
    Setting(
      name: "store-statement-timeout", defaultValue: "5s",
      legal: .duration(.milliseconds(100)...(.seconds(60))),
      help: "PostgreSQL statement timeout."),
    Setting(
      name: "migrate-on-start", defaultValue: "true", legal: .oneOf(["true", "false"]),
      help: "Migrate the schema when the service starts."),
    Setting(
      name: "accept-lossy-store", defaultValue: "false",
      legal: .oneOrSome(alone: ["true", "false"], of: PostgresDurability.allCases.map(\.rawValue)),
      help:
        "Accept a PostgreSQL that can lose acknowledged writes: never (false), with the listed settings off, or always (true)."
    ),
    Setting(
      name: "index", defaultValue: "memory:", legal: .text,
      help: "Near-term index: memory:, or the address of a Redis."),
    Setting(
      name: "kafka", defaultValue: "", legal: .text,
      help: "Kafka brokers as host:port, separated by commas; if empty, Kafka is not used."),
    Setting(
      name: "kafka-properties", defaultValue: "", legal: .text,
      help:
        "librdkafka properties as name=value, separated by commas; \\, is a comma within a value. Properties that would break a promise are refused."
    ),
    Setting(
      name: "kafka-group", defaultValue: "timerd", legal: .text,
      help: "Consumer group that reads commands; all nodes on one store share it."),
    Setting(
      name: "kafka-commands-topic", defaultValue: "timer-commands", legal: .text,
      help: "Topic that commands are read from."),
    Setting(
      name: "kafka-rejected-topic", defaultValue: "timer-commands-rejected", legal: .text,
      help: "Topic for rejected commands, each with the reason."),
    Setting(
      name: "kafka-fired-topic", defaultValue: "timer-fired", legal: .text,
      help: "Default topic for timers that name none."),
    Setting(
      name: "kafka-dead-letters-topic", defaultValue: "timer-dead-letters", legal: .text,
      help: "Topic for dead letters, with payload and attempts."),
    Setting(
      name: "kafka-events", defaultValue: "false", legal: .oneOf(["true", "false"]),
      help: "Publish timer events."),
    Setting(
      name: "kafka-events-topic", defaultValue: "timer-events", legal: .text,
      help: "Topic for timer events."),
    Setting(
      name: "kafka-delivery-timeout", defaultValue: "60s", legal: .duration(.seconds(1)...(.seconds(300))),
      help: "Timeout of an attempt to Kafka; a record without an acknowledgement by then is retried."),
    Setting(
      name: "kafka-max-in-flight", defaultValue: "50000", legal: .integer(1...1_000_000),
      help: "Maximum attempts to Kafka in flight, besides callbacks."),
    Setting(
      name: "kafka-max-held-payload-bytes", defaultValue: "67108864",
      legal: .integer((1 << 20)...(1 << 34)),
      help: "Maximum payload bytes of attempts to Kafka in flight."),
    Setting(
      name: "node-id", defaultValue: "", legal: .text,
      help: "Name of this node; each run appends a suffix. If empty, host name and process ID."),
    Setting(
      name: "log-level", defaultValue: "info",
      legal: .oneOf(["trace", "debug", "info", "notice", "warning", "error", "critical"]),
      help: "Minimum log level."),
    Setting(
      name: "log-format", defaultValue: "auto", legal: .oneOf(["auto", "json", "text"]),
      help: "Log format; auto is text on a terminal and JSON elsewhere."),
    Setting(
      name: "shard-count", defaultValue: "64", legal: .integer(1...4096),
      help: "Number of shards of a new store; cannot be changed later."),
    Setting(
      name: "max-payload-bytes", defaultValue: "262144", legal: .integer(1...(1 << 20)),
      help: "Maximum payload size in bytes."),
    Setting(
      name: "max-requests-in-flight", defaultValue: "1024", legal: .integer(1...100_000),
      help: "Maximum requests in flight; more are refused with 503."),
    Setting(
      name: "request-timeout", defaultValue: "10s", legal: .duration(.milliseconds(100)...(.seconds(60))),
      help: "Timeout of a request."),
    Setting(
      name: "idle-timeout", defaultValue: "60s", legal: .duration(.seconds(1)...(.seconds(3600))),
      help: "Time after which an idle connection is closed."),
    Setting(
      name: "command-queue-limit", defaultValue: "10000", legal: .integer(1...1_000_000),
      help: "Maximum commands waiting for the store; more are refused with 503."),
    Setting(
      name: "command-batch-limit", defaultValue: "500", legal: .integer(1...10_000),
      help: "Maximum commands per commit."),
    Setting(
      name: "max-in-flight", defaultValue: "1024", legal: .integer(1...16_384),
      help: "Maximum attempts in flight."),
    Setting(
      name: "max-in-flight-per-origin", defaultValue: "128", legal: .integer(1...16_384),
      help: "Maximum attempts in flight to one origin (scheme, host and port)."),
    Setting(
      name: "max-held-payload-bytes", defaultValue: "67108864", legal: .integer((1 << 20)...(1 << 34)),
      help: "Maximum payload bytes of claimed timers in memory."),
    Setting(
      name: "callback-timeout", defaultValue: "15s", legal: .duration(.seconds(1)...(.seconds(30))),
      help: "Timeout of an attempt whose timer sets none."),
    Setting(
      name: "callback-connect-timeout", defaultValue: "3s",
      legal: .duration(.milliseconds(100)...(.seconds(30))),
      help: "Timeout for connecting to a receiver."),
    Setting(
      name: "callback-connection-lifetime", defaultValue: "1m",
      legal: .duration(.seconds(1)...(.seconds(3600))),
      help:
        "Time after which a connection to a receiver is no longer reused, so that a name that moves is followed."
    ),
    Setting(
      name: "callback-allow-networks", defaultValue: "", legal: .text,
      help:
        "Networks that callbacks may reach although they are not public: CIDR blocks, separated by commas."),
    Setting(
      name: "callback-ca-file", defaultValue: "", legal: .text,
      help: "File of CA certificates to trust instead of the system's."),
    Setting(
      name: "callback-signing-secrets", defaultValue: "", legal: .text,
      help: "Signing secrets (whsec_…), separated by commas; every callback is signed with each.",
      isSecret: true),
    Setting(
      name: "retry-max-attempts", defaultValue: "8", legal: .integer(1...AttemptRecord.maxPerTimer),
      help: "Default retry policy: maximum attempts, including the first."),
    Setting(
      name: "retry-max-attempts-duration", defaultValue: "24h",
      legal: .duration(.seconds(1)...(.seconds(2_592_000))),
      help: "Default retry policy: maximum time from the first attempt to the last."),
    Setting(
      name: "retry-initial-interval", defaultValue: "1s",
      legal: .duration(.milliseconds(10)...(.seconds(86_400))),
      help: "Default retry policy: upper bound of the first delay."),
    Setting(
      name: "retry-backoff-multiplier", defaultValue: "2", legal: .number(1...10),
      help: "Default retry policy: factor by which the upper bound grows."),
    Setting(
      name: "retry-max-interval", defaultValue: "10m",
      legal: .duration(.milliseconds(10)...(.seconds(86_400))),
      help: "Default retry policy: maximum of the upper bound."),
    Setting(
      name: "retry-after-ceiling", defaultValue: "1h", legal: .duration(.seconds(1)...(.seconds(86_400))),
      help: "Maximum delay that a receiver's Retry-After can cause."),
    Setting(
      name: "min-firing-interval", defaultValue: "1s",
      legal: .duration(.milliseconds(10)...(.seconds(3600))),
      help: "Minimum time from the start of an attempt to the next firing that its answer asks for."),
    Setting(
      name: "claim-ahead", defaultValue: "50ms", legal: .duration(.milliseconds(0)...(.seconds(5))),
      help: "Time before its due time at which a timer is claimed."),
    Setting(
      name: "claim-lease", defaultValue: "45s", legal: .duration(.seconds(35)...(.seconds(600))),
      help: "Time after which a claim expires."),
    Setting(
      name: "index-horizon", defaultValue: "5m", legal: .duration(.seconds(30)...(.seconds(3600))),
      help: "Timers due within this time are in the near-term index."),
    Setting(
      name: "index-limit", defaultValue: "100000", legal: .integer(1000...10_000_000),
      help: "Maximum entries of the near-term index."),
    Setting(
      name: "sweep-interval", defaultValue: "2s", legal: .duration(.milliseconds(200)...(.seconds(60))),
      help: "Interval at which the store is searched for due timers that the index missed."),
    Setting(
      name: "retention", defaultValue: "7d", legal: .duration(.seconds(60)...(.seconds(31_536_000))),
      help: "Time for which ended timers stay readable."),
    Setting(
      name: "purge-interval", defaultValue: "1m", legal: .duration(.seconds(1)...(.seconds(3600))),
      help: "Interval at which ended timers are purged."),
    Setting(
      name: "shutdown-delay", defaultValue: "5s", legal: .duration(.milliseconds(0)...(.seconds(60))),
      help: "Time for which a node keeps answering after SIGTERM, while readyz says 503."),
    Setting(
      name: "drain-timeout", defaultValue: "20s", legal: .duration(.seconds(1)...(.seconds(23))),
      help: "Time for which a stopping node waits for attempts in flight."),
  ]
}
