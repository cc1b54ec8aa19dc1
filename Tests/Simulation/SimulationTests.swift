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
    let runs = (1...40).map { Simulation(seed: $0) }
    for run in runs { _ = run.run() }
    #expect(runs.contains { $0.history.attempts.count > 50 })
    #expect(runs.contains { $0.table.allTimers.contains { $0.phase == .cancelled } })
    #expect(runs.contains { $0.table.allTimers.contains { $0.phase == .dead } })
    #expect(runs.contains { $0.table.allTimers.contains { $0.revision > 1 && $0.phase == .delivered } })
    #expect(runs.contains { $0.history.answers.contains { $0.isUnknown } })
    #expect(runs.contains { $0.nodes.contains { !$0.isAlive } })
    for atomicity in [BatchAtomicity.perShard, .perTimer] {
      #expect(runs.contains { $0.batchAtomicity == atomicity && $0.history.partialBatches > 0 })
    }
  }

  @Test func simulationIsDeterministic() {
    let runs = (0..<2).map { _ in Simulation(seed: 77) }
    for run in runs { _ = run.run() }
    #expect(runs[0].history.attempts.map(\.start) == runs[1].history.attempts.map(\.start))
  }
}
