extension Metric {
  /// All metrics, in the order of docs/metrics.md; the registry knows no others.
  package static func all(version: String) -> [Metric] {
    commands + delivery + scheduler + shards + stores + http + kafka + telemetry + process + [
      buildInfo(version: version)
    ]
  }

  static let commands: [Metric] = [
    timersCreated, timersUpdated, timersCancelled, commandsRejected, queueDepth, queueOverflows,
  ]

  package static let timersCreated = Metric(
    "timerd_timers_created_total", .counter, "Timers created.", by: [Label(CommandOrigin.self)])
  package static let timersUpdated = Metric(
    "timerd_timers_updated_total", .counter, "Updates, fires and redrives that changed a timer.",
    by: [Label(CommandOrigin.self)])
  package static let timersCancelled = Metric(
    "timerd_timers_cancelled_total", .counter, "Cancels confirmed, including repeated ones.",
    by: [Label(CommandOrigin.self)])
  package static let commandsRejected = Metric(
    "timerd_commands_refused_total", .counter, "Commands refused.",
    by: [Label(CommandOrigin.self), Label(RejectionReason.self)])
  package static let queueDepth = Metric(
    "timerd_queue_depth", .gauge, "Entries in a bounded queue.", by: [Label(QueueName.self)])
  package static let queueOverflows = Metric(
    "timerd_queue_refusals_total", .counter, "Entries that a full queue refused or dropped.",
    by: [Label(QueueName.self)])

  static let delivery: [Metric] = [
    attempts, attemptsInFlight, attemptDuration, lateness, heldTimers, retriesScheduled, retriesWaiting,
    deadLetters, claimsReleased, settlementsLost,
  ]

  package static let attempts = Metric(
    "timerd_attempts_total", .counter, "Attempts finished.",
    by: [Label(TransportLabel.self), Label(OutcomeLabel.self), Label(ResponseClass.self)])
  package static let attemptsInFlight = Metric(
    "timerd_attempts_in_flight", .gauge, "Attempts in flight.", by: [Label(TransportLabel.self)])
  package static let attemptDuration = Metric(
    "timerd_attempt_duration_seconds", .durations(requestBounds), "Duration of attempts.",
    by: [Label(TransportLabel.self)])
  package static let lateness = Metric(
    "timerd_lateness_seconds", .durations(latenessBounds),
    "Delay of attempts: from the earliest moment at which one could start, by the store's clock, to its start.",
    by: [Label(AttemptOrder.self)])
  package static let heldTimers = Metric(
    "timerd_held_timers", .gauge, "Claimed timers in memory, from claim to settlement.")
  package static let retriesScheduled = Metric(
    "timerd_retries_scheduled_total", .counter, "Retries scheduled.")
  package static let retriesWaiting = Metric(
    "timerd_retries_waiting", .gauge,
    "Timers that failed on this node and wait for their next attempt, up to 100,000.")
  package static let deadLetters = Metric(
    "timerd_dead_letters_total", .counter, "Timers dead-lettered.", by: [Label(DeadLetterReason.self)])
  package static let claimsReleased = Metric(
    "timerd_claims_released_total", .counter,
    "Claims released without an attempt, because a receiver was slow or the node was stopping.")
  package static let settlementsLost = Metric(
    "timerd_settlements_lost_total", .counter,
    "Settlements refused because the claim was no longer this node's.")

  static let scheduler: [Metric] = [
    claims, unclaimedTimers, dueBacklog, oldestDueAge, indexEntries, indexInUse, indexRebuilds, indexRepairs,
    indexDuration, indexFailures, indexBatch,
  ]

  package static let claims = Metric("timerd_claims_total", .counter, "Timers claimed.")
  package static let unclaimedTimers = Metric(
    "timerd_claim_refusals_total", .counter,
    "Timers that the index listed as due and the store did not let this node claim.",
    by: [Label(UnclaimedReason.self)])
  package static let dueBacklog = Metric(
    "timerd_due_backlog", .gauge,
    "Timers of this node's shards that the last sweep found overdue and unclaimed, up to 1,000.")
  package static let oldestDueAge = Metric(
    "timerd_oldest_due_age_seconds", .gauge,
    "Age of the oldest due timer that is not yet claimed; 0 if there is none."
  )
  package static let indexEntries = Metric(
    "timerd_index_entries", .gauge,
    "Approximate number of timers of this node's shards in the near-term index.")
  package static let indexInUse = Metric(
    "timerd_index_in_use", .gauge, "1 if due timers come from the index, 0 if the store is polled instead.")
  package static let indexRebuilds = Metric(
    "timerd_index_rebuilds_total", .counter, "Rebuilds of the index after a failure.")
  package static let indexRepairs = Metric(
    "timerd_index_repairs_total", .counter,
    "Due timers that the sweep found and the index had missed.")
  package static let indexDuration = Metric(
    "timerd_index_operation_duration_seconds", .durations(operationBounds),
    "Duration of index operations, including failed ones.", by: [Label(IndexOperation.self)])
  package static let indexFailures = Metric(
    "timerd_index_operation_failures_total", .counter, "Failed index operations.",
    by: [Label(IndexOperation.self)])
  package static let indexBatch = Metric(
    "timerd_index_batch_size", .sizes(batchBounds), "Entries per index operation.",
    by: [Label(IndexOperation.self)])

  static let shards: [Metric] = [shardsOwned, leaseLosses, shardHandover, liveNodes, clockOffset]

  package static let shardsOwned = Metric("timerd_shards_owned", .gauge, "Shards that this node polls.")
  package static let leaseLosses = Metric(
    "timerd_shard_lease_losses_total", .counter, "Shards lost without having been released.")
  package static let shardHandover = Metric(
    "timerd_shard_handover_seconds", .durations(requestBounds),
    "Time from finding a shard without an owner to acquiring its lease.")
  package static let liveNodes = Metric("timerd_live_nodes", .gauge, "Live nodes that share the store.")
  package static let clockOffset = Metric(
    "timerd_clock_offset_seconds", .gauge, "The store's clock minus this node's, as estimated.")
}
