/// Takes commands, wherever they come from. Implemented by Ingest, used by the HTTP API.
public protocol TimerCommands: Sendable {
  /// Applies one command and returns when what it did is durable.
  ///
  /// - Throws: `Overloaded` if too many commands wait, `StoreError` if the store could not do it.
  func apply(_ command: TimerCommand) async throws -> CommandResult

  /// Reads one timer; nil if there is none.
  func timer(_ key: TimerKey) async throws -> Timer?
}

/// Too much is waiting; nothing was done, and the call may be repeated later.
public struct Overloaded: Error, Hashable, Sendable {
  /// What was full.
  public var resource: String
  /// When to try again.
  public var retryAfter: Duration

  /// Makes an error.
  public init(resource: String, retryAfter: Duration) {
    self.resource = resource
    self.retryAfter = retryAfter
  }
}
