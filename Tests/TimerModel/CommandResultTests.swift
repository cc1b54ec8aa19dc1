import Testing
import TimerModel

/// The results of single commands against those of a batch.
@Suite struct CommandResultTests {
  private static let now = Timestamp(milliseconds: 1_800_000_000_000)
  private static let create = CreateTimer(
    key: TimerKey(groupID: "g", timerID: "t"),
    definition: TimerDefinition(
      executeAt: now, destination: .http(HTTPDestination(url: "http://example.com/"))))
  private static let timer = Timer(creating: create, at: now)

  private static let results: [CommandResult] = [
    .created(timer), .repeated(timer), .updated(timer), .unchanged(timer), .cancelled(timer),
    .rejected(.notFound),
  ]

  @Test func creationsHaveResultsOfTheirOwn() {
    let expected: [CreateResult?] = [
      .created(Self.timer), .repeated(Self.timer), nil, nil, nil, .rejected(.notFound),
    ]
    #expect(Self.results.map { CreateResult($0) } == expected)
  }

  @Test func updatesHaveResultsOfTheirOwn() {
    let expected: [UpdateResult?] = [
      nil, nil, .updated(Self.timer), .unchanged(Self.timer), nil, .rejected(.notFound),
    ]
    #expect(Self.results.map { UpdateResult($0) } == expected)
  }

  @Test func cancelsHaveResultsOfTheirOwn() {
    let expected: [CancelResult?] = [nil, nil, nil, nil, .cancelled(Self.timer), .rejected(.notFound)]
    #expect(Self.results.map { CancelResult($0) } == expected)
  }

  @Test func callsApplyTheirCommands() async throws {
    let commands = OneTimer(stored: Self.timer, now: StoreTime(Self.now))
    #expect(try await commands.create(Self.create) == .repeated(Self.timer))
    let update = UpdateTimer(key: Self.create.key, changes: TimerChanges())
    #expect(try await commands.update(update) == .unchanged(Self.timer))
    #expect(try await commands.fire(FireTimer(key: Self.create.key)) == .unchanged(Self.timer))
    let redrive = RedriveTimer(key: Self.create.key)
    #expect(try await commands.redrive(redrive) == .rejected(.notDead(.scheduled)))
    var cancelled = Self.timer
    cancelled.phase = .cancelled
    #expect(try await commands.cancel(CancelTimer(key: Self.create.key)) == .cancelled(cancelled))
  }

  @Test func resultOfAnotherCommandHasUnknownOutcome() async {
    let update = UpdateTimer(key: Self.create.key, changes: TimerChanges())
    let error = await #expect(throws: StoreError.self) {
      _ = try await OneResult(result: .cancelled(Self.timer)).create(Self.create)
    }
    #expect(error?.outcome == .unknown)
    await #expect(throws: StoreError.self) {
      _ = try await OneResult(result: .created(Self.timer)).cancel(CancelTimer(key: Self.create.key))
    }
    await #expect(throws: StoreError.self) {
      _ = try await OneResult(result: .repeated(Self.timer)).update(update)
    }
    await #expect(throws: StoreError.self) {
      _ = try await OneResult(result: .cancelled(Self.timer)).fire(FireTimer(key: Self.create.key))
    }
    await #expect(throws: StoreError.self) {
      _ = try await OneResult(result: .created(Self.timer)).redrive(RedriveTimer(key: Self.create.key))
    }
  }
}

/// Applies each command to the same timer.
private struct OneTimer: TimerCommands {
  let stored: Timer
  let now: StoreTime

  func apply(_ commands: [TimerCommand]) async throws -> [CommandResult] {
    var timer: Timer? = stored
    return commands.map { Timer.apply($0, to: &timer, at: now) }
  }

  func timer(_ key: TimerKey) async throws -> Timer? { stored }
}

/// Answers each command with the same result.
private struct OneResult: TimerCommands {
  let result: CommandResult

  func apply(_ commands: [TimerCommand]) async throws -> [CommandResult] { commands.map { _ in result } }
  func timer(_ key: TimerKey) async throws -> Timer? { nil }
}
