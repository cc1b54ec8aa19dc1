extension Metric {
  static let stores: [Metric] = [
    storeDuration, storeFailures, storeBatch, storeConnections, storeConnectionWait, purged,
  ]

  /// `timerd_store_operation_duration_seconds`
  public static let storeDuration = Metric(
    "timerd_store_operation_duration_seconds", .durations(operationBounds),
    "How long the store took, waiting for a connection and errors included.", by: [Label(StoreOperation.self)]
  )
  /// `timerd_store_operation_failures_total`
  public static let storeFailures = Metric(
    "timerd_store_operation_failures_total", .counter, "Operations of the store that failed.",
    by: [Label(StoreOperation.self)])
  /// `timerd_store_batch_size`
  public static let storeBatch = Metric(
    "timerd_store_batch_size", .sizes(batchBounds), "Items per operation of the store.",
    by: [Label(StoreOperation.self)])
  /// `timerd_store_connections_in_use`
  public static let storeConnections = Metric(
    "timerd_store_connections_in_use", .gauge, "Connections to the store that are in use.",
    by: [Label(PoolName.self)])
  /// `timerd_store_connection_wait_seconds`
  public static let storeConnectionWait = Metric(
    "timerd_store_connection_wait_seconds", .durations(operationBounds),
    "How long operations waited for a free connection.", by: [Label(PoolName.self)])
  /// `timerd_timers_purged_total`
  public static let purged = Metric(
    "timerd_timers_purged_total", .counter, "Ended timers that were deleted after their retention.")

  static let http: [Metric] = [requests, requestDuration]

  /// `timerd_http_requests_total`
  public static let requests = Metric(
    "timerd_http_requests_total", .counter, "Requests that were answered.",
    by: [Label(RequestKind.self), Label(StatusClass.self)])
  /// `timerd_http_request_duration_seconds`
  public static let requestDuration = Metric(
    "timerd_http_request_duration_seconds", .durations(requestBounds),
    "From a request's head to its answer.", by: [Label(RequestKind.self)])

  static let kafka: [Metric] = [
    consumerLag, kafkaBatch, kafkaRejected, kafkaCommandsLost, kafkaLogChanges, outboxMessages,
    outboxPublished, outboxFailures,
  ]

  /// `timerd_kafka_consumer_lag`
  public static let consumerLag = Metric(
    "timerd_kafka_consumer_lag", .gauge, "Records of this node's partitions that wait to be read.")
  /// `timerd_kafka_batch_size`
  public static let kafkaBatch = Metric(
    "timerd_kafka_batch_size", .sizes(batchBounds), "Commands per batch from the commands topic.")
  /// `timerd_kafka_commands_rejected_total`
  public static let kafkaRejected = Metric(
    "timerd_kafka_commands_rejected_total", .counter, "Records that went to the topic of rejected commands.")
  /// `timerd_kafka_commands_lost_total`
  public static let kafkaCommandsLost = Metric(
    "timerd_kafka_commands_lost_total", .counter,
    "Commands that Kafka deleted before they were read, at most.")
  /// `timerd_kafka_log_changes_total`
  public static let kafkaLogChanges = Metric(
    "timerd_kafka_log_changes_total", .counter,
    "How often a partition's log was not the one on record: begun later, cut off, or made again.")
  /// `timerd_outbox_messages`
  public static let outboxMessages = Metric(
    "timerd_outbox_messages", .gauge, "Messages of the outbox that wait to be published, up to a bound.")
  /// `timerd_outbox_published_total`
  public static let outboxPublished = Metric(
    "timerd_outbox_published_total", .counter, "Messages of the outbox that the broker has.")
  /// `timerd_outbox_failures_total`
  public static let outboxFailures = Metric(
    "timerd_outbox_failures_total", .counter, "Messages of the outbox that the broker did not take.")

  static let telemetry: [Metric] = [spansExported, spansDropped, logSuppressed]

  /// `timerd_spans_exported_total`
  public static let spansExported = Metric(
    "timerd_spans_exported_total", .counter, "Spans that the collector has.")
  /// `timerd_spans_dropped_total`
  public static let spansDropped = Metric(
    "timerd_spans_dropped_total", .counter, "Spans that were lost.", by: [Label(DroppedSpan.self)])
  /// `timerd_log_entries_suppressed_total`
  public static let logSuppressed = Metric(
    "timerd_log_entries_suppressed_total", .counter, "Repeated warnings and errors that were not written.")

  static let process: [Metric] = [
    processCPU, processResident, processVirtual, processOpenFiles, processMaxFiles, processStart,
    processThreads,
  ]

  /// `process_cpu_seconds_total`
  public static let processCPU = Metric(
    "process_cpu_seconds_total", .secondsCounter, "Processor time of the process, user and system.")
  /// `process_resident_memory_bytes`
  public static let processResident = Metric(
    "process_resident_memory_bytes", .gauge, "Memory of the process that is in RAM.")
  /// `process_virtual_memory_bytes`
  public static let processVirtual = Metric(
    "process_virtual_memory_bytes", .gauge, "Memory that the process has addresses for.")
  /// `process_open_fds`
  public static let processOpenFiles = Metric(
    "process_open_fds", .gauge, "File descriptors that the process has open.")
  /// `process_max_fds`
  public static let processMaxFiles = Metric(
    "process_max_fds", .gauge, "File descriptors that the process may open.")
  /// `process_start_time_seconds`
  public static let processStart = Metric(
    "process_start_time_seconds", .gauge, "When the process started, in seconds since 1970.")
  /// `process_threads`
  public static let processThreads = Metric("process_threads", .gauge, "Threads of the process.")

  /// The one metric whose label has no fixed value: there is one version per process.
  public static func buildInfo(version: String) -> Metric {
    Metric(
      "timerd_build_info", .info, "Is 1; the label says which version runs.",
      by: [Label(name: "version", values: [version])])
  }
}
