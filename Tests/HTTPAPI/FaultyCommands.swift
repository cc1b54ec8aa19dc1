import Synchronization
import TimerModel

/// Stands before the real commands and fails in a way that a test chooses.
final class FaultyCommands: TimerCommands {
  enum Fault: CaseIterable {
    case overloaded
    case storeUnavailable
    case outcomeUnknown
    /// No answer before the deadline of the request.
    case hanging
    /// An error that nobody foresaw.
    case bug
  }

  private struct Bug: Error {}

  private let commands: any TimerCommands
  private let fault = Mutex<Fault?>(nil)
  private let (hanging, hangs) = AsyncStream.makeStream(of: Void.self)

  init(_ commands: any TimerCommands) { self.commands = commands }

  func fail(with fault: Fault?) { self.fault.withLock { $0 = fault } }

  func waitUntilOneHangs() async { for await _ in hanging { return } }

  func apply(_ commands: [TimerCommand]) async throws -> [CommandResult] {
    try await failIfAsked()
    return try await self.commands.apply(commands)
  }

  func timer(_ key: TimerKey) async throws -> Timer? {
    try await failIfAsked()
    return try await commands.timer(key)
  }

  func timers(_ keys: [TimerKey]) async throws -> [Timer?] {
    try await failIfAsked()
    return try await commands.timers(keys)
  }

  func failIfAsked() async throws {
    switch fault.withLock({ $0 }) {
    case nil: return
    case .overloaded: throw Overloaded(.queueIsFull, retryAfter: .milliseconds(1500))
    case .storeUnavailable: throw StoreError(code: .unavailable, message: "away", outcome: .notApplied)
    case .outcomeUnknown: throw StoreError(code: .unavailable, message: "cut off", outcome: .unknown)
    // Ends by the request's deadline, which cancels it.
    case .hanging:
      hangs.yield()
      try await Task.sleep(for: .seconds(3600))
    case .bug: throw Bug()
    }
  }
}
