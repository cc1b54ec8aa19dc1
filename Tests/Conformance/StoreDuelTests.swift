import Testing
import TimerModel
import TimerTesting

/// Stores that decide in SQL decide as the transitions of the model do (decision 0028).
@Suite struct StoreDuelTests {
  private static let seeds: ClosedRange<UInt64> = 1...8
  private static let steps = 150

  /// Both clocks of a store begin together, so that leases end at the same times in both.
  private static func clock() -> ManualClock { ManualClock(wall: Timestamp(milliseconds: 0)) }

  @Test(arguments: seeds) func postgresDecidesAsModel(seed: UInt64) async throws {
    try await FreshStore.postgres(schema: "duel_\(seed)", clock: Self.clock()) { store, clock in
      try await Self.play(StoreDuel(store, clock: clock, seed: seed))
    }
  }

  @Test(arguments: seeds) func mysqlDecidesAsModel(seed: UInt64) async throws {
    try await FreshStore.mysql(database: "duel_\(seed)", clock: Self.clock()) { store, clock in
      try await Self.play(StoreDuel(store, clock: clock, seed: seed))
    }
  }

  @Test(arguments: seeds) func sqliteDecidesAsModel(seed: UInt64) async throws {
    try await FreshStore.sqlite(clock: Self.clock()) { store, clock in
      try await Self.play(StoreDuel(store, clock: clock, seed: seed))
    }
  }

  private static func play(_ duel: StoreDuel) async throws {
    var duel = duel
    let isSame = try await duel.play(steps: steps)
    #expect(isSame, "after \(duel.log.suffix(4).joined(separator: "\n"))")
  }
}
