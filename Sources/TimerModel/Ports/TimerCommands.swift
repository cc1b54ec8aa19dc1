/// Takes commands, wherever they come from. Implemented by Ingest, used by the HTTP API.
public protocol TimerCommands: Sendable {
  /// Applies commands in order and returns one result for each when what they did is durable. They are one batch, or part of one.
  /// Callers use `create`, `update`, `cancel`, `fire` and `redrive`.
  ///
  /// - Throws: `Overloaded` if too many commands wait, `StoreError` if the store could not do it.
  func apply(_ commands: [TimerCommand]) async throws -> [CommandResult]

  /// Reads one timer; nil if there is none.
  func timer(_ key: TimerKey) async throws -> Timer?

  /// Reads timers: one per key, in order; nil where there is none, and for one that cannot be read.
  func timers(_ keys: [TimerKey]) async throws -> [Timer?]
}

extension TimerCommands {
  /// Reads timers one by one, where an implementation has no better way.
  public func timers(_ keys: [TimerKey]) async throws -> [Timer?] {
    var timers: [Timer?] = []
    for key in keys { timers.append(try await timer(key)) }
    return timers
  }

  /// Cancels timers in one batch, and returns one result for each, in order, when that is durable.
  ///
  /// - Throws: as `apply`.
  public func cancel(contentsOf commands: [CancelTimer]) async throws -> [CancelResult] {
    let results = try await apply(commands.map(TimerCommand.cancel)).compactMap { CancelResult($0) }
    guard results.count == commands.count else { throw StoreError.otherResult }
    return results
  }

  /// Creates a timer and returns when it is durable.
  ///
  /// - Throws: as `apply`.
  public func create(_ command: CreateTimer) async throws -> CreateResult {
    guard let result = CreateResult(try await apply(.create(command))) else { throw StoreError.otherResult }
    return result
  }

  /// Creates timers in one batch, and returns one result for each, in order, when they are durable.
  ///
  /// - Throws: as `apply`.
  public func create(contentsOf commands: [CreateTimer]) async throws -> [CreateResult] {
    let results = try await apply(commands.map(TimerCommand.create)).compactMap { CreateResult($0) }
    guard results.count == commands.count else { throw StoreError.otherResult }
    return results
  }

  /// Updates a timer and returns when the change is durable.
  ///
  /// - Throws: as `apply`.
  public func update(_ command: UpdateTimer) async throws -> UpdateResult {
    guard let result = UpdateResult(try await apply(.update(command))) else { throw StoreError.otherResult }
    return result
  }

  /// Cancels a timer and returns when that is durable.
  ///
  /// - Throws: as `apply`.
  public func cancel(_ command: CancelTimer) async throws -> CancelResult {
    guard let result = CancelResult(try await apply(.cancel(command))) else { throw StoreError.otherResult }
    return result
  }

  /// Fires a timer at once and returns when that is durable.
  ///
  /// - Throws: as `apply`.
  public func fire(_ command: FireTimer) async throws -> UpdateResult {
    guard let result = UpdateResult(try await apply(.fire(command))) else { throw StoreError.otherResult }
    return result
  }

  /// Schedules a dead timer again and returns when that is durable.
  ///
  /// - Throws: as `apply`.
  public func redrive(_ command: RedriveTimer) async throws -> UpdateResult {
    guard let result = UpdateResult(try await apply(.redrive(command))) else { throw StoreError.otherResult }
    return result
  }

  /// Applies one command and returns when what it did is durable.
  ///
  /// - Throws: as for several.
  public func apply(_ command: TimerCommand) async throws -> CommandResult {
    let results = try await apply([command])
    guard results.count == 1 else { throw StoreError.otherResult }
    return results[0]
  }
}

extension StoreError {
  /// The error of a store that broke the port's contract. What it did is not known.
  fileprivate static let otherResult = StoreError(
    code: .failed, message: "the store returned the result of another kind of command", outcome: .unknown,
    isRetriable: false)
}

/// This node takes no command now; nothing was done, and the client may repeat it.
public struct Overloaded: Error, Hashable, Sendable {
  /// The cause of an overload.
  public enum Reason: Hashable, Sendable {
    /// A queue, or the number of requests in flight, is at its limit.
    case queueIsFull
    /// The node stops and takes no more commands.
    case isShuttingDown
  }

  /// The cause: too much work, or the end of the node.
  public var reason: Reason
  /// The time after which repeating the command may succeed.
  public var retryAfter: Duration

  /// Creates an error; clients are told to wait for `retryAfter`.
  public init(_ reason: Reason, retryAfter: Duration) {
    self.reason = reason
    self.retryAfter = retryAfter
  }
}
