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
  /// The memory that Redis used before the node was started.
  private let emptyIndexBytes: Int

  init(
    timerd: TimerdProcess, postgres: PostgresServer?, redis: RedisServer?, database: String,
    redisDatabase: Int, emptyIndexBytes: Int
  ) {
    self.emptyIndexBytes = emptyIndexBytes
    self.timerd = timerd
    self.postgres = postgres
    self.redis = redis
    self.database = database
    self.redisDatabase = redisDatabase
  }

  /// Returns the number of timers in the near-term index.
  func indexedTimers() throws -> Int {
    guard let redis else { return try Int(timerd.metric("timerd_index_entries")) }
    let script = """
      local n = 0
      for _, key in ipairs(redis.call('keys', '*')) do n = n + redis.call('zcount', key, 0, '+inf') end
      return n
      """
    return Int(try redis.command("-n", "\(redisDatabase)", "eval", script, "0").dropLast()) ?? 0
  }

  /// Returns the memory that the near-term index takes in Redis, in bytes; nil if it is in the process
  /// itself.
  func indexBytes() throws -> Int? { try redis.map { try $0.usedBytes() - emptyIndexBytes } }

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

  /// Waits until the timers are settled, on the embedded store the one that arrived last.
  func waitUntilSettled(_ load: Load, receiver: Receiver) throws {
    guard let postgres else {
      let last = (0..<load.count).max { receiver.arrival($0) < receiver.arrival($1) }
      if let last { _ = try settled(load.id(last)) }
      return
    }
    try Waiting.until("all timers are settled", within: 30) {
      try postgres.number("\(Self.count) AND phase = 0", in: database) == 0
    }
  }

  /// Returns the time at which the last timer was settled, in milliseconds of the store's clock.
  func lastSettled(_ load: Load, receiver: Receiver) throws -> Double {
    if let postgres {
      return try postgres.number(
        "SELECT max(updated_at) FROM timerd.timers WHERE group_id = 'bench'", in: database)
    }
    // The last ones to arrive are among the last to be settled.
    let last = (0..<load.count).sorted { receiver.arrival($0) > receiver.arrival($1) }.prefix(600)
    return try last.map { try settled(load.id($0)) }.max() ?? 0
  }

  /// Waits until a timer is settled and returns the time, as the API has it.
  private func settled(_ id: String) throws -> Double {
    var at: Double?
    try Waiting.until("the timer \(id) is delivered", within: 10) {
      let timer = try timerd.timer(id)
      guard timer["status"] as? String == "delivered", let text = timer["updatedAt"] as? String else {
        return false
      }
      at = try Date.ISO8601FormatStyle(includingFractionalSeconds: true).parse(text).timeIntervalSince1970
      return true
    }
    return (at ?? 0) * 1000
  }

  private static let count = "SELECT count(*) FROM timerd.timers WHERE group_id = 'bench'"
}
