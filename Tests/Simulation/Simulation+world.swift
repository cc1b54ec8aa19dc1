import Scheduler
import TimerModel
import TimerTesting

// What comes from outside: clients, receivers, and trouble.
extension Simulation {
  // MARK: Clients

  func scheduleClients() {
    let timers = Int.random(in: 5...30, using: &random)
    for number in 0..<timers {
      let at = Int64.random(in: 0..<Self.commandsEnd, using: &random)
      let create = randomCreate(number)
      time.schedule(at: at) { [self] in give(.create(create)) }
      scheduleLaterCommands(create, after: at)
    }
  }

  private func scheduleLaterCommands(_ create: CreateTimer, after: Int64) {
    for _ in 0..<random.pick([0, 0, 1, 2]) {
      let at = Int64.random(in: after..<Self.faultsEnd, using: &random)
      let command: TimerCommand
      switch Int.random(in: 0..<4, using: &random) {
      case 0: command = .create(create)
      case 1: command = .cancel(CancelTimer(key: create.key))
      default:
        let changes = TimerChanges(
          executeAt: randomExecuteAt(), payload: .some(Array("\(random.next())".utf8)))
        command = .update(UpdateTimer(key: create.key, changes: changes, firingID: .random(using: &random)))
      }
      time.schedule(at: at) { [self] in give(command) }
    }
  }

  private func randomCreate(_ number: Int) -> CreateTimer {
    let origin = random.pick(["fine", "fine", "slow", "silent", "moody", "kafka"])
    let policy = RetryPolicy(
      maxAttempts: random.pick([1, 3, 6]), maxAttemptsDuration: random.pick([nil, .seconds(60)]),
      initialInterval: .milliseconds(500), backoffMultiplier: 2, maxInterval: .seconds(5))
    return CreateTimer(
      key: TimerKey(groupID: "g", timerID: "t\(number)"),
      definition: TimerDefinition(
        executeAt: randomExecuteAt(),
        destination: origin == "kafka"
          ? .kafka(KafkaDestination(topic: "t")) : .http(HTTPDestination(url: "http://\(origin)/")),
        payload: random.pick([nil, Array(repeating: 0x31, count: 300)]), retryPolicy: policy),
      firingID: .random(using: &random))
  }

  private func randomExecuteAt() -> Timestamp {
    Timestamp(
      milliseconds: 1_800_000_000_000
        + random.pick([
          Int64.random(in: -5000..<60_000, using: &random), 10_000,
        ]))
  }

  /// Carries a command to the store; a client whose answer was lost does not know.
  private func give(_ command: TimerCommand) {
    let announcer = nodes.filter(\.isAlive).randomElement(using: &random)
    useStore({ [self] table, now in
      let result = table.apply([command], at: now)[0]
      if let timer = result.newlyDue, let announcer {
        let shard = Shard.of(timer.key, count: Self.shardCount)
        let entry = DueEntry(key: timer.key, shard: shard, dueAt: timer.dueAt)
        time.schedule(after: 100) { self.tell(announcer, .timersDue([entry])) }
      }
      return result
    }) { [self] result in
      history.answers.append(
        History.Answer(command: command, result: result, isUnknown: result == nil, at: time.now))
    }
  }

  // MARK: Receivers

  func attempt(_ request: AttemptRequest, by node: SimulatedNode, then: @escaping (AttemptOutcome) -> Void) {
    let number = history.attempts.count
    let nodeIsGone = sharesShards && !table.nodes(at: time.store).contains { $0.record.id == node.id }
    history.attempts.append(
      History.Attempt(timer: request.timer, node: node.id, start: time.now, nodeIsGone: nodeIsGone))
    let answer = receiverAnswer(request)
    let timeout = request.timeout.microseconds
    let isLost = random.happens(faults.answerLost)
    time.schedule(after: min(answer.after, timeout)) { [self] in
      guard answer.after < timeout else { return then(Self.timedOut) }
      if answer.outcome.kind == .delivered { history.attempts[number].wasTaken = true }
      if case .rescheduled = answer.outcome.kind { history.attempts[number].wasTaken = true }
      if isLost {
        time.schedule(after: timeout - answer.after) { then(Self.timedOut) }
      } else {
        then(answer.outcome)
      }
    }
  }

  private static let timedOut = AttemptOutcome(.failed(retryAfter: nil), error: "timed out")

  private func receiverAnswer(_ request: AttemptRequest) -> (outcome: AttemptOutcome, after: Int64) {
    let delivered = AttemptOutcome(.delivered, statusCode: 200)
    guard case .http(let destination) = request.timer.definition.destination else {
      return (delivered, random.pick([1000, 3000, 500_000, 4_000_000]))
    }
    switch destination.url {
    case "http://silent/": return (delivered, .max)
    case "http://slow/": return (delivered, Int64.random(in: 300_000...1_500_000, using: &random))
    case "http://moody/": return (moodyOutcome(), Int64.random(in: 500...50_000, using: &random))
    default: return (delivered, Int64.random(in: 500...5000, using: &random))
    }
  }

  private func moodyOutcome() -> AttemptOutcome {
    switch Int.random(in: 0..<6, using: &random) {
    case 0: AttemptOutcome(.failed(retryAfter: nil), statusCode: 500, error: "status 500")
    case 1: AttemptOutcome(.failed(retryAfter: .delay(.seconds(2))), statusCode: 429, error: "status 429")
    case 2: AttemptOutcome(.permanentFailure, statusCode: 404, error: "status 404")
    case 3: AttemptOutcome(.rescheduled(at: time.now.store + .seconds(3)), statusCode: 200)
    default: AttemptOutcome(.delivered, statusCode: 200)
    }
  }

  // MARK: Trouble

  func scheduleFaults() {
    time.schedule(at: 2_000_000) { [self] in index.remember() }
    for _ in 0..<faults.indexWipes {
      let goesBack = random.happens(0.5)
      scheduleFault { if goesBack { $0.index.goBack() } else { $0.index.wipe() } }
    }
    for _ in 0..<faults.crashes { scheduleFault { $0.crash() } }
    for _ in 0..<faults.clockSteps {
      let step = Int64.random(in: -60_000_000...3_600_000_000, using: &random)
      scheduleFault { $0.time.stepWall(by: step) }
    }
    time.schedule(at: Self.faultsEnd) { [self] in faults = .none }
  }

  private func scheduleFault(_ body: @escaping (Simulation) -> Void) {
    time.schedule(at: Int64.random(in: 0..<Self.faultsEnd, using: &random)) { [self] in body(self) }
  }

  private func crash() {
    guard let victim = nodes.filter(\.isAlive).randomElement(using: &random) else { return }
    victim.isAlive = false
    time.schedule(after: Int64.random(in: 1000...3_000_000, using: &random)) { [self] in startNode() }
  }
}
