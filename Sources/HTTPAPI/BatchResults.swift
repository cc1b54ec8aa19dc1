import TimerModel
import TimerWire

/// Collects the results of a request that names many timers, within the bytes that its answer may have.
struct BatchResults {
  private(set) var results: [BatchedTimer] = []
  private var budget: ClaimBudget
  /// True once a timer did not fit; none is shown any more.
  private(set) var isFull = false

  /// Creates an empty list for timers with so many bytes of payload together.
  init(budget: Int) { self.budget = ClaimBudget(bytes: budget) }

  /// Adds what was read for an id; nil is a timer that does not exist.
  mutating func add(_ id: Result<TimerKey, CommandError>, found timer: Timer?) {
    switch id {
    case .failure(let error): reject(ProblemDocument(error))
    case .success where isFull: reject(Self.tooMuch)
    case .success:
      guard let timer else { return reject(ProblemDocument(.notFound)) }
      guard fits(timer) else { return reject(Self.tooMuch) }
      results.append(.timer(timer, status: 200))
    }
  }

  /// Adds the result of a cancel. A timer that does not fit is left out, since its cancel is confirmed all the same.
  mutating func add(_ result: CancelResult) {
    switch result {
    case .cancelled(let timer): results.append(.timer(fits(timer) ? timer : nil, status: 204))
    case .rejected(let rejection): reject(ProblemDocument(rejection))
    }
  }

  mutating func reject(_ problem: ProblemDocument) { results.append(.rejected(problem)) }

  private mutating func fits(_ timer: Timer) -> Bool {
    let fits = budget.spend(timer.definition.payload?.count ?? 0)
    if !fits { isFull = true }
    return fits
  }

  private static let tooMuch = ProblemDocument(
    .bodyTooLarge, detail: "The answer would be too large with this timer. Read it by another request.")
}
