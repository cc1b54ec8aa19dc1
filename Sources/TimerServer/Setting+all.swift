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
      help: "Address and port of health and metrics; those of the API if empty."),
    Setting(
      name: "metrics", defaultValue: "true", legal: .oneOf(["true", "false"]),
      help: "Whether metrics are counted and shown."),
    Setting(
      name: "max-traces-per-second", defaultValue: "500", legal: .integer(1...1_000_000),
      help: "Traces that are begun per second; of more a share is recorded."),
    Setting(
      name: "store", defaultValue: "sqlite:./data/timerd.db", legal: .text,
      help: "Where timers are kept: sqlite: and a path, or postgres://user@host/database."),
    Setting(
      name: "store-schema", defaultValue: "timerd", legal: .text,
      help: "The schema of the tables in PostgreSQL."),
    Setting(
      name: "store-connections", defaultValue: "4", legal: .integer(1...64),
      help: "Connections to PostgreSQL for commands, claims and settlements; two more are for the rest."),
    Setting(
      name: "store-statement-timeout", defaultValue: "5s",
      legal: .duration(.milliseconds(100)...(.seconds(60))),
      help: "After what time PostgreSQL gives up a statement."),
    Setting(
      name: "migrate-on-start", defaultValue: "true", legal: .oneOf(["true", "false"]),
      help: "Whether serve brings the schema to this version."),
    Setting(
      name: "accept-lossy-store", defaultValue: "false",
      legal: .oneOrSome(alone: ["true", "false"], of: PostgresDurability.allCases.map(\.rawValue)),
      help:
        "What PostgreSQL may have turned off although it may then lose what it acknowledged: nothing (false), some, or all (true)."
    ),
    Setting(
      name: "index", defaultValue: "memory:", legal: .text,
      help: "Where the timers due soon are kept: memory:, or the address of a Redis."),
    Setting(
      name: "kafka", defaultValue: "", legal: .text,
      help: "Kafka brokers, host:port separated by commas; empty means no Kafka."),
    Setting(
      name: "kafka-properties", defaultValue: "", legal: .text,
      help:
        "Properties of librdkafka: name=value, separated by commas; \\, is a comma within a value. What would break a promise stops the start."
    ),
    Setting(
      name: "kafka-group", defaultValue: "timerd", legal: .text,
      help: "The consumer group that reads commands; all nodes on one store share it."),
    Setting(
      name: "kafka-commands-topic", defaultValue: "timer-commands", legal: .text,
      help: "The topic of commands."),
    Setting(
      name: "kafka-rejected-topic", defaultValue: "timer-commands-rejected", legal: .text,
      help: "Where commands go that were not carried out, with the reason."),
    Setting(
      name: "kafka-fired-topic", defaultValue: "timer-fired", legal: .text,
      help: "The topic of timers for Kafka that name none."),
    Setting(
      name: "kafka-dead-letters-topic", defaultValue: "timer-dead-letters", legal: .text,
      help: "Where timers go that were given up, with payload and attempts."),
    Setting(
      name: "kafka-events", defaultValue: "false", legal: .oneOf(["true", "false"]),
      help: "Whether what happens to timers is published for those who follow them."),
    Setting(
      name: "kafka-events-topic", defaultValue: "timer-events", legal: .text,
      help: "Where that is published."),
    Setting(
      name: "kafka-delivery-timeout", defaultValue: "60s", legal: .duration(.seconds(1)...(.seconds(300))),
      help: "Time-out of an attempt to Kafka; what waits for a broker that long is tried anew."),
    Setting(
      name: "kafka-max-in-flight", defaultValue: "50000", legal: .integer(1...1_000_000),
      help: "Attempts to Kafka under way at once, besides callbacks."),
    Setting(
      name: "kafka-max-held-payload-bytes", defaultValue: "67108864",
      legal: .integer((1 << 20)...(1 << 34)),
      help: "Payload bytes of attempts to Kafka under way at once."),
    Setting(
      name: "node-id", defaultValue: "", legal: .text,
      help: "This node's name, to which each run adds its own; host and process if empty."),
    Setting(
      name: "log-level", defaultValue: "info",
      legal: .oneOf(["trace", "debug", "info", "notice", "warning", "error", "critical"]),
      help: "What is logged."),
    Setting(
      name: "log-format", defaultValue: "auto", legal: .oneOf(["auto", "json", "text"]),
      help: "How; auto is text on a terminal and JSON elsewhere."),
    Setting(
      name: "shard-count", defaultValue: "64", legal: .integer(1...4096),
      help: "Shards of a new store; fixed from then on."),
    Setting(
      name: "max-payload-bytes", defaultValue: "262144", legal: .integer(1...(1 << 20)),
      help: "Largest payload."),
    Setting(
      name: "max-requests-in-flight", defaultValue: "1024", legal: .integer(1...100_000),
      help: "Requests worked on at once; more are refused with 503."),
    Setting(
      name: "request-timeout", defaultValue: "10s", legal: .duration(.milliseconds(100)...(.seconds(60))),
      help: "Longest time for a request."),
    Setting(
      name: "idle-timeout", defaultValue: "60s", legal: .duration(.seconds(1)...(.seconds(3600))),
      help: "When a connection without traffic is closed."),
    Setting(
      name: "command-queue-limit", defaultValue: "10000", legal: .integer(1...1_000_000),
      help: "Commands waiting for the store; more are refused with 503."),
    Setting(
      name: "command-batch-limit", defaultValue: "500", legal: .integer(1...10_000),
      help: "Commands per commit."),
    Setting(
      name: "max-in-flight", defaultValue: "1024", legal: .integer(1...16_384),
      help: "Attempts running at once."),
    Setting(
      name: "max-in-flight-per-origin", defaultValue: "128", legal: .integer(1...16_384),
      help: "Attempts running at once to one scheme, host and port."),
    Setting(
      name: "max-held-payload-bytes", defaultValue: "67108864", legal: .integer((1 << 20)...(1 << 34)),
      help: "Payload bytes of claimed timers in memory."),
    Setting(
      name: "callback-timeout", defaultValue: "15s", legal: .duration(.seconds(1)...(.seconds(30))),
      help: "Time-out of an attempt where the timer names none."),
    Setting(
      name: "callback-connect-timeout", defaultValue: "3s",
      legal: .duration(.milliseconds(100)...(.seconds(30))),
      help: "Time-out of connecting."),
    Setting(
      name: "callback-allow-networks", defaultValue: "", legal: .text,
      help: "CIDRs, separated by commas, that callbacks may reach although they are not public."),
    Setting(
      name: "callback-ca-file", defaultValue: "", legal: .text,
      help: "Certificates to trust instead of the system's."),
    Setting(
      name: "callback-signing-secrets", defaultValue: "", legal: .text,
      help: "whsec_… secrets, separated by commas; every callback is signed with each.", isSecret: true),
    Setting(
      name: "retry-max-attempts", defaultValue: "8", legal: .integer(1...AttemptRecord.maxPerTimer),
      help: "Default retry policy: attempts, the first included."),
    Setting(
      name: "retry-max-attempts-duration", defaultValue: "24h",
      legal: .duration(.seconds(1)...(.seconds(2_592_000))),
      help: "Default retry policy: time from the first attempt to the last."),
    Setting(
      name: "retry-initial-interval", defaultValue: "1s",
      legal: .duration(.milliseconds(10)...(.seconds(86_400))),
      help: "Default retry policy: bound of the first delay."),
    Setting(
      name: "retry-backoff-multiplier", defaultValue: "2", legal: .number(1...10),
      help: "Default retry policy: growth of that bound."),
    Setting(
      name: "retry-max-interval", defaultValue: "10m",
      legal: .duration(.milliseconds(10)...(.seconds(86_400))),
      help: "Default retry policy: largest bound."),
    Setting(
      name: "retry-after-ceiling", defaultValue: "1h", legal: .duration(.seconds(1)...(.seconds(86_400))),
      help: "Where a receiver's Retry-After is cut."),
    Setting(
      name: "min-firing-interval", defaultValue: "1s",
      legal: .duration(.milliseconds(10)...(.seconds(3600))),
      help: "Least time from an attempt's start to the next firing that its answer asks for."),
    Setting(
      name: "claim-ahead", defaultValue: "50ms", legal: .duration(.milliseconds(0)...(.seconds(5))),
      help: "How far ahead of its time a timer is claimed."),
    Setting(
      name: "claim-lease", defaultValue: "45s", legal: .duration(.seconds(35)...(.seconds(600))),
      help: "How long a claim holds."),
    Setting(
      name: "index-horizon", defaultValue: "5m", legal: .duration(.seconds(30)...(.seconds(3600))),
      help: "How far ahead the near-term index is kept."),
    Setting(
      name: "index-limit", defaultValue: "100000", legal: .integer(1000...10_000_000),
      help: "Entries of the near-term index."),
    Setting(
      name: "sweep-interval", defaultValue: "2s", legal: .duration(.milliseconds(200)...(.seconds(60))),
      help: "How often the store is asked for what the index missed."),
    Setting(
      name: "retention", defaultValue: "7d", legal: .duration(.seconds(60)...(.seconds(31_536_000))),
      help: "How long ended timers stay readable."),
    Setting(
      name: "purge-interval", defaultValue: "1m", legal: .duration(.seconds(1)...(.seconds(3600))),
      help: "How often ended timers are purged."),
    Setting(
      name: "shutdown-delay", defaultValue: "5s", legal: .duration(.milliseconds(0)...(.seconds(60))),
      help: "How long a node that gets SIGTERM goes on answering while readyz says 503."),
    Setting(
      name: "drain-timeout", defaultValue: "20s", legal: .duration(.seconds(1)...(.seconds(23))),
      help: "How long a stopping node waits for attempts that run."),
  ]
}
