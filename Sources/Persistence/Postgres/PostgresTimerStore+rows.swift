import Persistence
package import TimerModel

// Timers as parameters: one array for each column.
extension PostgresTimerStore {
  /// Inserts new timers in the order of their keys, as every other batch does.
  func insertion(_ creates: [CreateTimer], at now: PostgresParameter) -> PostgresQuery {
    Self.insertion(creates, at: now, shardCount: shardCount)
  }

  /// The statement of a batch of creations, in the order of their keys.
  package static func insertion(
    _ unsorted: [CreateTimer], at now: PostgresParameter, shardCount: Int
  ) -> PostgresQuery {
    let creates = unsorted.sorted { $0.key < $1.key }
    return PostgresQuery(
      .create,
      [
        .texts(creates.map(\.key.groupID)), .texts(creates.map(\.key.timerID)),
        .int2s(creates.map { Int16(Shard.of($0.key, count: shardCount)) }),
        .int8s(creates.map(\.definition.executeAt.milliseconds)), .uuids(creates.map(\.firingID)),
        .texts(creates.map { StoredDestination.encode($0.definition.destination) }),
        .byteas(creates.map(\.definition.payload)),
        .texts(creates.map { $0.definition.retryPolicy.map { StoredRetryPolicy.encode($0) } }),
        .int4s(creates.map { $0.definition.callbackTimeoutSeconds.map { Int32(clamping: $0) } }),
        .texts(creates.map(\.traceContext?.traceparent)), .texts(creates.map(\.traceContext?.tracestate)),
        Self.creators(of: creates), now, Self.gaps(creates.map(\.definition)),
        Self.tags(creates.map(\.definition)),
      ])
  }

  /// NULL stands for as many NULLs as there are creations, of which most batches consist.
  private static func creators(of creates: [CreateTimer]) -> PostgresParameter {
    guard creates.contains(where: { $0.record != nil }) else { return PostgresParameter(bytes: nil) }
    return .texts(creates.map(\.record?.description))
  }

  /// NULL where no definition has gaps, as for creators.
  private static func gaps(_ definitions: [TimerDefinition]) -> PostgresParameter {
    guard definitions.contains(where: { !$0.gaps.isEmpty }) else { return PostgresParameter(bytes: nil) }
    return .optionalInt2s(definitions.map { $0.gaps.isEmpty ? nil : $0.gaps.rawValue })
  }

  /// NULL where no definition has tags, as for creators.
  private static func tags(_ definitions: [TimerDefinition]) -> PostgresParameter {
    guard definitions.contains(where: { !$0.tags.isEmpty }) else { return PostgresParameter(bytes: nil) }
    return .texts(definitions.map { StoredTags.encode($0) })
  }

  /// Writes what commands can change, and what follows from it.
  static func rewriting(_ timers: [Timer]) -> PostgresQuery {
    PostgresQuery(
      .rewrite,
      [
        .texts(timers.map(\.key.groupID)), .texts(timers.map(\.key.timerID)),
        .int2s(timers.map { PhaseCode($0.phase).rawValue }),
        .int8s(timers.map(\.dueAt.milliseconds)),
        .int8s(
          timers.map { $0.definition.executeAt == $0.dueAt ? nil : $0.definition.executeAt.milliseconds }),
        .int4s(timers.map { Int32(clamping: $0.revision) }), .uuids(timers.map(\.firingID)),
        .int4s(timers.map { Int32(clamping: $0.attempt) }), .int8s(timers.map(\.updatedAt.milliseconds)),
        .int8s(timers.map { $0.firstAttemptAt?.milliseconds }),
        .texts(timers.map { StoredDestination.encode($0.definition.destination) }),
        .byteas(timers.map(\.definition.payload)),
        .texts(timers.map { $0.definition.retryPolicy.map { StoredRetryPolicy.encode($0) } }),
        .int4s(timers.map { $0.definition.callbackTimeoutSeconds.map { Int32(clamping: $0) } }),
        .int8s(timers.map { $0.requestedExecuteAt?.milliseconds }), gaps(timers.map(\.definition)),
        tags(timers.map(\.definition)),
      ])
  }
}
