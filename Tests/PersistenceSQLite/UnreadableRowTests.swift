import Foundation
import PersistenceSQLite
import Testing
import TimerModel
import TimerTesting

/// A row that is not what this program wrote.
@Suite final class UnreadableRowTests {
  private let folder = FileManager.default.temporaryDirectory.appending(path: "timerd-\(UUID().uuidString)")
  private let clock = ManualClock()

  deinit { try? FileManager.default.removeItem(at: folder) }

  @Test(arguments: [
    "phase = 99", "phase = -9223372036854775808", "destination = 'x'", "destination = x'00ff'",
    "attempts = '[[1]]'",
    "attempts = '['", "retry_policy = '{}'",
  ])
  func unreadableTimerBlocksNoOthers(damage: String) async throws {
    let path = folder.appending(path: "t.db").path
    let keys = (0..<3).map { TimerKey(groupID: "g", timerID: "t\($0)") }
    let first = try await SQLiteTimerStore.open(path: path, clock: clock)
    let definition = TimerDefinition(
      executeAt: clock.now().store, destination: .http(HTTPDestination(url: "http://example.com/")))
    _ = try await first.apply(keys.map { .create(CreateTimer(key: $0, definition: definition)) })
    try first.close()
    try Self.run("UPDATE timers SET \(damage) WHERE timer_id = 't1'", path)
    let store = try await SQLiteTimerStore.open(path: path, clock: clock)
    let reply = try await store.claim(
      ClaimRequest(keys: keys, node: NodeID("n"), lease: .seconds(60), claimAhead: .zero))
    for (number, verdict) in reply.verdicts.enumerated() {
      switch verdict {
      case .claimed(let timer): #expect(timer.key == keys[number] && number != 1)
      case .held: #expect(number == 1)
      default: Issue.record("\(damage): \(verdict)")
      }
    }
    try store.close()
  }

  private static func run(_ sql: String, _ path: String) throws {
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments = [
      "python3", "-c",
      "import sqlite3, sys; c = sqlite3.connect(sys.argv[1]); c.execute(sys.argv[2]); c.commit()", path, sql,
    ]
    try process.run()
    process.waitUntilExit()
    #expect(process.terminationStatus == 0)
  }
}
