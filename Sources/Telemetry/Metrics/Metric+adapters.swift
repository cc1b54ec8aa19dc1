extension Metric {
  static let stores: [Metric] = [
    storeDuration, storeFailures, storeBatch, storeConnections, storeConnectionWait, purged,
  ]

  package static let storeDuration = Metric(
    "timerd_store_operation_duration_seconds", .durations(operationBounds),
    "Duration of store operations, including failed ones and the wait for a connection.",
    by: [Label(StoreOperation.self)]
  )
  package static let storeFailures = Metric(
    "timerd_store_operation_failures_total", .counter, "Failed store operations.",
    by: [Label(StoreOperation.self)])
  package static let storeBatch = Metric(
    "timerd_store_batch_size", .sizes(batchBounds), "Items per store operation.",
    by: [Label(StoreOperation.self)])
  package static let storeConnections = Metric(
    "timerd_store_connections_in_use", .gauge, "Store connections in use.",
    by: [Label(PoolName.self)])
  package static let storeConnectionWait = Metric(
    "timerd_store_connection_wait_seconds", .durations(operationBounds),
    "Time that operations waited for a free connection.", by: [Label(PoolName.self)])
  package static let purged = Metric(
    "timerd_timers_purged_total", .counter, "Ended timers deleted after their retention period.")

  static let http: [Metric] = [requests, requestDuration]

  package static let requests = Metric(
    "timerd_http_requests_total", .counter, "Requests answered.",
    by: [Label(RequestKind.self), Label(StatusClass.self)])
  package static let requestDuration = Metric(
    "timerd_http_request_duration_seconds", .durations(requestBounds),
    "Time from receiving a request's head to answering.", by: [Label(RequestKind.self)])

  static let kafka: [Metric] = [
    consumerLag, kafkaBatch, kafkaRejected, kafkaCommandsLost, kafkaLogChanges, outboxMessages,
    outboxPublished, outboxFailures,
  ]

  package static let consumerLag = Metric(
    "timerd_kafka_consumer_lag", .gauge,
    "Records in this node's partitions that wait to be read or to be handed to the store.")
  package static let kafkaBatch = Metric(
    "timerd_kafka_batch_size", .sizes(batchBounds), "Commands per batch from the commands topic.")
  package static let kafkaRejected = Metric(
    "timerd_kafka_commands_rejected_total", .counter, "Commands rejected and sent to the rejected topic.")
  package static let kafkaCommandsLost = Metric(
    "timerd_kafka_commands_lost_total", .counter,
    "Upper bound of the commands that Kafka deleted before they were read.")
  package static let kafkaLogChanges = Metric(
    "timerd_kafka_log_changes_total", .counter,
    "Times that a partition's log differed from the recorded one: deleted unread, truncated or recreated.")
  package static let outboxMessages = Metric(
    "timerd_outbox_messages", .gauge, "Messages in the outbox that wait for publication, up to a bound.")
  package static let outboxPublished = Metric(
    "timerd_outbox_published_total", .counter, "Outbox messages that the broker acknowledged.")
  package static let outboxFailures = Metric(
    "timerd_outbox_failures_total", .counter, "Outbox messages that the broker did not accept.")

  static let telemetry: [Metric] = [spansExported, spansDropped, logSuppressed]

  package static let spansExported = Metric(
    "timerd_spans_exported_total", .counter, "Spans that the collector accepted.")
  package static let spansDropped = Metric(
    "timerd_spans_dropped_total", .counter, "Spans dropped.", by: [Label(DroppedSpan.self)])
  package static let logSuppressed = Metric(
    "timerd_log_entries_suppressed_total", .counter, "Repeated warnings and errors left out of the log.")

  static let process: [Metric] = [
    processCPU, processResident, processVirtual, processOpenFiles, processMaxFiles, processStart,
    processThreads,
  ]

  package static let processCPU = Metric(
    "process_cpu_seconds_total", .secondsCounter, "User and system CPU time of the process.")
  package static let processResident = Metric(
    "process_resident_memory_bytes", .gauge, "Resident memory.")
  package static let processVirtual = Metric(
    "process_virtual_memory_bytes", .gauge, "Virtual memory.")
  package static let processOpenFiles = Metric(
    "process_open_fds", .gauge, "Open file descriptors.")
  package static let processMaxFiles = Metric(
    "process_max_fds", .gauge, "Maximum number of open file descriptors.")
  package static let processStart = Metric(
    "process_start_time_seconds", .gauge, "Start time of the process, in seconds since the epoch.")
  package static let processThreads = Metric("process_threads", .gauge, "Threads of the process.")

  /// The one metric whose label has no fixed value: there is one version per process.
  package static func buildInfo(version: String) -> Metric {
    Metric(
      "timerd_build_info", .info, "Always 1; the label is the version.",
      by: [Label(name: "version", values: [version])])
  }
}
