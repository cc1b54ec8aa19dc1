import FoundationEssentials
import Testing
import TimerModel
import TimerTesting

@Suite struct SimulationTests {
  /// A thousand runs, or those that `SIMULATION_SEED` names: one, such as `363`, or many, such as `0-20000`.
  static let seeds: [ClosedRange<UInt64>] = {
    let named = ProcessInfo.processInfo.environment["SIMULATION_SEED"]?.split(separator: "-")
    let bounds = named?.compactMap { UInt64($0) } ?? [0, 999]
    guard let first = bounds.first, let last = bounds.last, first <= last else { return [0...999] }
    return stride(from: first, through: last, by: 50).map { $0...min($0 + 49, last) }
  }()

  @Test(arguments: seeds) func promisesHoldForEverySeed(seeds: ClosedRange<UInt64>) {
    for seed in seeds {
      let violations = Simulation(seed: seed).run()
      #expect(
        violations.isEmpty,
        "seed \(seed); replay with: SIMULATION_SEED=\(seed) swift test --filter SimulationTests")
    }
  }

  /// The runs prove as much as happens in them.
  @Test func simulationsCoverEveryEvent() {
    var missing: [String: (Simulation) -> Bool] = [
      "many attempts": { $0.history.attempts.count > 50 },
      "a cancelled timer": { $0.table.allTimers.contains { $0.phase == .cancelled } },
      "a dead letter": { $0.table.allTimers.contains { $0.phase == .dead } },
      "a delivered update": { $0.table.allTimers.contains { $0.revision > 1 && $0.phase == .delivered } },
      "an unknown outcome": { $0.history.answers.contains { $0.isUnknown } },
      "a crash": { $0.nodes.contains { !$0.isAlive } },
      "a batch applied by shards": { $0.batchAtomicity == .perShard && $0.history.partialBatches > 0 },
      "a batch applied by timers": { $0.batchAtomicity == .perTimer && $0.history.partialBatches > 0 },
    ]
    for seed: UInt64 in 1...100 where !missing.isEmpty {
      let run = Simulation(seed: seed)
      _ = run.run()
      missing = missing.filter { !$0.value(run) }
    }
    #expect(missing.keys.sorted() == [])
  }

  @Test func simulationIsDeterministic() {
    let runs = (0..<2).map { _ in Simulation(seed: 77) }
    for run in runs { _ = run.run() }
    #expect(runs[0].history.attempts.map(\.start) == runs[1].history.attempts.map(\.start))
  }
}
