import TimerTesting

/// The frequency of faults in one run; drawn from the seed.
struct Faults {
  /// An operation of the store fails and nothing has happened.
  var storeFails = 0.0
  /// An operation of the store happens, but its reply is lost.
  var storeReplyLost = 0.0
  /// A batch is applied in part, as far as the run's store declares, and its reply is lost.
  var storeAppliesPart = 0.0
  /// An operation of the store takes seconds.
  var storeStalls = 0.0
  /// An operation of the index fails.
  var indexFails = 0.0
  /// An addition to the index vanishes.
  var indexLoses = 0.0
  /// The number of times within a run that the index is wiped, or goes back to an older state.
  var indexWipes = 0
  /// The number of times within a run that a node dies at once and a new one takes its place.
  var crashes = 0
  /// The number of times within a run that the store's wall clock is stepped, by up to a minute back or an
  /// hour forward.
  var clockSteps = 0
  /// A receiver takes the timer, but its answer is lost.
  var answerLost = 0.0

  /// No fault at all.
  static let none = Faults()

  /// Draws the faults of the run of `seed`: every fourth run has none.
  init(seed: UInt64, using random: inout SeededGenerator) {
    guard seed % 4 != 0 else { return }
    storeFails = random.pick([0, 0.01, 0.1])
    storeReplyLost = random.pick([0, 0.01, 0.05])
    storeAppliesPart = random.pick([0, 0.05, 0.3])
    storeStalls = random.pick([0, 0, 0.002])
    indexFails = random.pick([0, 0.01, 0.2])
    indexLoses = random.pick([0, 0.05, 0.5])
    indexWipes = random.pick([0, 1, 3])
    crashes = random.pick([0, 0, 1, 3])
    clockSteps = random.pick([0, 0, 0, 2])
    answerLost = random.pick([0, 0.02, 0.1])
  }

  private init() {}
}

extension SeededGenerator {
  /// One of `choices`.
  mutating func pick<Choice>(_ choices: [Choice]) -> Choice {
    choices[Int.random(in: 0..<choices.count, using: &self)]
  }
}
