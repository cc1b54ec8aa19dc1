extension Metric {
  /// All metrics, in the order of docs/metrics.md; the registry knows no others.
  public static func all(version: String) -> [Metric] {
    commands + delivery + scheduler + shards + stores + http + kafka + telemetry + process + [
      buildInfo(version: version)
    ]
  }

  static let commands: [Metric] = [
    timersCreated, timersUpdated, timersCancelled, commandsRefused, queueDepth, queueRefusals,
  ]

  /// `timerd_timers_created_total`
  public static let timersCreated = Metric(
    "timerd_timers_created_total", .counter, "Timers that were created.", by: [Label(CommandOrigin.self)])
  /// `timerd_timers_updated_total`
  public static let timersUpdated = Metric(
    "timerd_timers_updated_total", .counter, "Updates that changed a timer.", by: [Label(CommandOrigin.self)])
  /// `timerd_timers_cancelled_total`
  public static let timersCancelled = Metric(
    "timerd_timers_cancelled_total", .counter, "Cancels that were confirmed, repeated ones included.",
    by: [Label(CommandOrigin.self)])
  /// `timerd_commands_refused_total`
  public static let commandsRefused = Metric(
    "timerd_commands_refused_total", .counter, "Commands that did nothing.",
    by: [Label(CommandOrigin.self), Label(RefusedCommand.self)])
  /// `timerd_queue_depth`
  public static let queueDepth = Metric(
    "timerd_queue_depth", .gauge, "What waits in a bounded queue.", by: [Label(QueueName.self)])
  /// `timerd_queue_refusals_total`
  public static let queueRefusals = Metric(
    "timerd_queue_refusals_total", .counter, "What a full queue refused or dropped.",
    by: [Label(QueueName.self)])

  static let delivery: [Metric] = [
    attempts, attemptsInFlight, attemptDuration, lateness, heldTimers, retriesScheduled, retriesWaiting,
    deadLetters, claimsReleased, settlementsLost,
  ]

  /// `timerd_attempts_total`
  public static let attempts = Metric(
    "timerd_attempts_total", .counter, "Attempts that ended.",
    by: [Label(Carrier.self), Label(AttemptEnd.self), Label(AnswerClass.self)])
  /// `timerd_attempts_in_flight`
  public static let attemptsInFlight = Metric(
    "timerd_attempts_in_flight", .gauge, "Attempts that run.", by: [Label(Carrier.self)])
  /// `timerd_attempt_duration_seconds`
  public static let attemptDuration = Metric(
    "timerd_attempt_duration_seconds", .durations(requestBounds), "How long attempts took.",
    by: [Label(Carrier.self)])
  /// `timerd_lateness_seconds`
  public static let lateness = Metric(
    "timerd_lateness_seconds", .durations(latenessBounds),
    "From the moment an attempt could have started, by the store's clock, to its start.",
    by: [Label(AttemptOrder.self)])
  /// `timerd_held_timers`
  public static let heldTimers = Metric(
    "timerd_held_timers", .gauge, "Claimed timers in memory: before, in and after their attempt.")
  /// `timerd_retries_scheduled_total`
  public static let retriesScheduled = Metric(
    "timerd_retries_scheduled_total", .counter, "Attempts after which another was scheduled.")
  /// `timerd_retries_waiting`
  public static let retriesWaiting = Metric(
    "timerd_retries_waiting", .gauge,
    "Timers whose attempt failed on this node and whose next one is not due, up to 100,000.")
  /// `timerd_dead_letters_total`
  public static let deadLetters = Metric(
    "timerd_dead_letters_total", .counter, "Timers that were given up.", by: [Label(DeathReason.self)])
  /// `timerd_claims_released_total`
  public static let claimsReleased = Metric(
    "timerd_claims_released_total", .counter,
    "Claims that were given back without an attempt: a silent or slow receiver, a stopping node.")
  /// `timerd_settlements_lost_total`
  public static let settlementsLost = Metric(
    "timerd_settlements_lost_total", .counter, "Ends of claims that were no longer this node's.")

  static let scheduler: [Metric] = [
    claims, claimRefusals, dueBacklog, oldestDueAge, indexEntries, indexInUse, indexRebuilds, indexRepairs,
    indexDuration, indexFailures, indexBatch,
  ]

  /// `timerd_claims_total`
  public static let claims = Metric("timerd_claims_total", .counter, "Timers that were claimed.")
  /// `timerd_claim_refusals_total`
  public static let claimRefusals = Metric(
    "timerd_claim_refusals_total", .counter, "Timers that were not claimed although the index had them.",
    by: [Label(UnclaimedReason.self)])
  /// `timerd_due_backlog`
  public static let dueBacklog = Metric(
    "timerd_due_backlog", .gauge,
    "Timers of this node's shards that the last sweep found overdue and unclaimed, up to 1,000.")
  /// `timerd_oldest_due_age_seconds`
  public static let oldestDueAge = Metric(
    "timerd_oldest_due_age_seconds", .gauge,
    "For how long the longest overdue timer has been due that no claim has been granted for; 0 if there is none."
  )
  /// `timerd_index_entries`
  public static let indexEntries = Metric(
    "timerd_index_entries", .gauge, "Timers of this node's shards in the near-term index, about.")
  /// `timerd_index_in_use`
  public static let indexInUse = Metric(
    "timerd_index_in_use", .gauge, "1 if timers are found through the index, 0 if the store is polled.")
  /// `timerd_index_rebuilds_total`
  public static let indexRebuilds = Metric(
    "timerd_index_rebuilds_total", .counter, "How often the index was filled anew after it had failed.")
  /// `timerd_index_repairs_total`
  public static let indexRepairs = Metric(
    "timerd_index_repairs_total", .counter,
    "Timers that the sweep found due although the index had not told of them.")
  /// `timerd_index_operation_duration_seconds`
  public static let indexDuration = Metric(
    "timerd_index_operation_duration_seconds", .durations(operationBounds),
    "How long the index took, errors included.", by: [Label(IndexOperation.self)])
  /// `timerd_index_operation_failures_total`
  public static let indexFailures = Metric(
    "timerd_index_operation_failures_total", .counter, "Operations of the index that failed.",
    by: [Label(IndexOperation.self)])
  /// `timerd_index_batch_size`
  public static let indexBatch = Metric(
    "timerd_index_batch_size", .sizes(batchBounds), "Entries per operation of the index.",
    by: [Label(IndexOperation.self)])

  static let shards: [Metric] = [shardsOwned, leaseLosses, shardHandover, liveNodes, clockOffset]

  /// `timerd_shards_owned`
  public static let shardsOwned = Metric("timerd_shards_owned", .gauge, "Shards that this node polls.")
  /// `timerd_shard_lease_losses_total`
  public static let leaseLosses = Metric(
    "timerd_shard_lease_losses_total", .counter, "Shards that this node lost without giving them up.")
  /// `timerd_shard_handover_seconds`
  public static let shardHandover = Metric(
    "timerd_shard_handover_seconds", .durations(requestBounds),
    "From the survey that found a shard without an owner to this node's lease of it.")
  /// `timerd_live_nodes`
  public static let liveNodes = Metric("timerd_live_nodes", .gauge, "Nodes that share the store and live.")
  /// `timerd_clock_offset_seconds`
  public static let clockOffset = Metric(
    "timerd_clock_offset_seconds", .gauge, "The store's clock minus this node's, as the node estimates it.")
}
