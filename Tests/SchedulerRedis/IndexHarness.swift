import Logging
import SchedulerRedis
import Testing
import TimerModel

/// An index in Redis under test, with short words for what tests do to it.
struct IndexHarness {
  let index: RedisTimerIndex

  init(_ url: String, _ change: (inout RedisConfiguration) -> Void = { _ in }) throws {
    var configuration = try RedisConfiguration(url: url)
    change(&configuration)
    index = RedisTimerIndex(configuration: configuration, logger: Self.quiet)
  }

  static var quiet: Logger { Logger(label: "test") { _ in SwiftLogNoOpLogHandler() } }

  func entry(_ id: String, _ dueAt: Int64, shard: Int = 1) -> DueEntry {
    DueEntry(
      key: TimerKey(groupID: "g", timerID: id), shard: shard, dueAt: Timestamp(milliseconds: dueAt))
  }

  func add(_ ids: String..., shard: Int = 1) async throws {
    try await index.add(ids.map { entry($0, 10, shard: shard) })
  }

  func ids(in shards: [Int] = [1]) async throws -> [String] {
    try await index.due(in: shards, through: Timestamp(milliseconds: 1000), limit: 1000).entries
      .map(\.key.timerID)
  }

  /// The error that `operation` ends with.
  func error(
    _ location: SourceLocation = #_sourceLocation, of operation: () async throws -> Void
  ) async throws -> IndexError {
    do {
      try await operation()
    } catch let error as IndexError {
      return error
    }
    return try #require(nil as IndexError?, "nothing was thrown", sourceLocation: location)
  }

  /// Repeats `operation` while the index cannot do it: a server that was away comes back when it likes.
  func untilItWorks<Value>(_ operation: () async throws -> Value) async throws -> Value {
    let deadline = ContinuousClock.now + .seconds(60)
    while true {
      do {
        return try await operation()
      } catch let error as IndexError {
        guard error.isRetriable, ContinuousClock.now < deadline else { throw error }
        try await Task.sleep(for: .milliseconds(10))
      }
    }
  }
}
