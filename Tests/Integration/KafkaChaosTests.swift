import Foundation
import KafkaClient
import Synchronization
import TestSupport
import Testing
import TimerModel

extension ProcessTests {
  /// Many commands while everything that can fail does.
  @Suite struct KafkaChaosTests {
    /// The number of commands; `CHAOS_COMMANDS` sets another one.
    private static let count =
      ProcessInfo.processInfo.environment["CHAOS_COMMANDS"].flatMap { Int($0) } ?? 100_000

    @Test(.timeLimit(.minutes(10)))
    func commandsApplyOnceDuringChaos() async throws {
      let begun = ContinuousClock.now
      let chaos = try await KafkaChaos(count: Self.count)
      try await chaos.sendAmongFaults()
      print("KafkaChaosTests: faults over after \(ContinuousClock.now - begun)")
      // A broker that is killed may forget records that it has acknowledged; what it has counts, and all of that.
      var oracle = CommandOracle()
      for record in try await chaos.stack.read("timer-commands", { SentCommand($0) }) { oracle.take(record) }
      let held = oracle.ends.values.reduce(0, +)
      #expect(held > Self.count * 9 / 10 && oracle.strangers == 0)
      print("KafkaChaosTests: \(held) of \(Self.count) commands, \(oracle.rejected.count) of them invalid")

      try await chaos.waitUntilRead(to: oracle.ends)
      try await eventually("an empty outbox") {
        try chaos.postgres.query("SELECT count(*) FROM timerd.outbox") == ["0"]
      }
      let rejected = try await chaos.stack.records("timer-commands-rejected")
      let rows = try chaos.postgres.query(CommandOracle.query)
      #expect(oracle.complaints(rows: rows, rejected: rejected) == [])
      try await eventually("lag 0 in the metrics") { try chaos.lags().allSatisfy { $0 == 0 } }
      #expect(chaos.stop() == [0, 0, 0])
      print("KafkaChaosTests: \(ContinuousClock.now - begun) in all")
    }
  }
}
