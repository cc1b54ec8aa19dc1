import Foundation

/// A `timerd` with its store and index, and how much CPU each of them uses.
final class Site {
  let timerd: TimerdProcess
  /// Another node on the same store and index.
  var second: TimerdProcess?
  let postgres: PostgresServer?
  let redis: RedisServer?
  let database: String
  let redisDatabase: Int

  init(
    timerd: TimerdProcess, postgres: PostgresServer?, redis: RedisServer?, database: String,
    redisDatabase: Int
  ) {
    self.timerd = timerd
    self.postgres = postgres
    self.redis = redis
    self.database = database
    self.redisDatabase = redisDatabase
  }

  /// How many timers the near-term index in Redis holds.
  func indexedTimers() throws -> Int {
    let script = """
      local n = 0
      for _, key in ipairs(redis.call('keys', '*')) do n = n + redis.call('zcount', key, 0, '+inf') end
      return n
      """
    return Int(try redis?.command("-n", "\(redisDatabase)", "eval", script, "0").dropLast() ?? "") ?? 0
  }

  /// CPU seconds so far by process.
  func cpuSeconds() -> [String: Double] {
    var split = ["timerd": timerd.cpuSeconds()]
    split["second timerd"] = second?.cpuSeconds()
    split["postgres"] = postgres?.cpuSeconds()
    split["redis"] = redis?.cpuSeconds()
    return split
  }

  /// Stops its nodes.
  func stop() {
    second?.stop()
    timerd.stop()
  }

  /// When the last of the timers was settled, in milliseconds of the store's clock; waits for that.
  func lastSettled(_ load: Load, receiver: Receiver) throws -> Double {
    guard let postgres else { return try lastSettledByAPI(load, receiver) }
    try Waiting.until("all timers are settled", within: 30) {
      try postgres.number("\(Self.count) AND phase = 0", in: database) == 0
    }
    return try postgres.number(
      "SELECT max(updated_at) FROM timerd.timers WHERE group_id = 'bench'", in: database)
  }

  /// Forgets what was fired.
  func forget() throws {
    try postgres?.query("DELETE FROM timerd.timers WHERE group_id = 'bench' AND phase > 0", in: database)
  }

  /// The last ones to arrive are among the last to be settled.
  private func lastSettledByAPI(_ load: Load, _ receiver: Receiver) throws -> Double {
    let count = load.count
    let last = (0..<count).sorted { receiver.arrival($0) > receiver.arrival($1) }.prefix(600)
    var latest = 0.0
    for index in last {
      var at: Double?
      try Waiting.until("the timer \(load.id(index)) is delivered", within: 10) {
        let timer = try timerd.timer(load.id(index))
        guard timer["status"] as? String == "delivered", let text = timer["updatedAt"] as? String else {
          return false
        }
        at = try Date.ISO8601FormatStyle(includingFractionalSeconds: true).parse(text).timeIntervalSince1970
        return true
      }
      latest = max(latest, (at ?? 0) * 1000)
    }
    return latest
  }

  private static let count = "SELECT count(*) FROM timerd.timers WHERE group_id = 'bench'"
}
