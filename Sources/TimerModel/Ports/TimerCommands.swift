/// Takes commands, wherever they come from. Implemented by Ingest, used by the HTTP API.
public protocol TimerCommands: Sendable {
  /// Applies one command and returns when what it did is durable.
  ///
  /// - Throws: `Overloaded` if too many commands wait, `StoreError` if the store could not do it.
  func apply(_ command: TimerCommand) async throws -> CommandResult

  /// Reads one timer; nil if there is none.
  func timer(_ key: TimerKey) async throws -> Timer?
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

  /// The cause.
  public var reason: Reason
  /// The time after which repeating the command may succeed.
  public var retryAfter: Duration

  /// Creates an error.
  public init(_ reason: Reason, retryAfter: Duration) {
    self.reason = reason
    self.retryAfter = retryAfter
  }
}
