package import Logging

extension Logger {
  /// Does `work`, whose error is logged as a warning with `message` and becomes nil, for callers that can go on without a result.
  ///
  /// The end of a cancelled task's work is not a failure, and is not logged.
  package func attempt<Value>(
    orLog message: @autoclosure () -> Logger.Message, _ work: () async throws -> Value
  ) async -> Value? {
    do {
      return try await work()
    } catch {
      guard !Task.isCancelled else { return nil }
      warning(message(), metadata: [LogKey.error: "\(error)"])
      return nil
    }
  }
}
