import PersistencePostgres
import TimerModel

// What becomes the parameters of one statement.
extension BenchmarkCase {
  /// The arrays of a batch of creations for PostgreSQL.
  static let buildInsertion = BenchmarkCase("build-insertion", timers: 128) {
    let creates = Sample.scattered(128, Sample.create)
    return { PostgresTimerStore.insertionBytes(creates) }
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
    return { PostgresTimerStore.settlingBytes(settlements) }
  }
}
