import PersistencePostgres
import TimerModel

// What becomes the parameters of one statement, without a server.
extension BenchmarkCase {
  /// The arrays of a batch of creations for PostgreSQL.
  static let buildInsertion = BenchmarkCase("build-insertion", timers: 128) {
    let creates = Sample.scattered(128, Sample.create)
    return {
      PostgresTimerStore.insertion(creates, at: .int8(nil), shardCount: Shard.defaultCount).parameterBytes
    }
  }

  /// The arrays of a batch of settlements for PostgreSQL.
  static let buildSettlement = BenchmarkCase("build-settlement", timers: 128) {
    let settlements = Sample.scattered(128) { number in
      let timer = Sample.claimed(number)
      let attempt = AttemptRecord(
        number: 1, startedAt: Sample.now, durationMilliseconds: 2, result: .delivered, statusCode: 200,
        node: Sample.node)
      return Settlement(key: timer.key, fence: timer.fence, ending: .delivered, attempt: attempt)
    }
    return { PostgresTimerStore.settling(settlements, at: .int8(nil)).query.parameterBytes }
  }
}

extension PostgresQuery {
  /// The number of bytes in all parameters, which depends on all that was built.
  fileprivate var parameterBytes: Int { parameters.reduce(0) { $0 + ($1.bytes?.count ?? 0) } }
}
