import NodeRuntime
import TimerModel

struct NeverHappened: Error {}

/// Asks again and again for something that another process does.
func eventually(within limit: Duration = .seconds(20), _ condition: () async throws -> Bool) async throws {
  let deadline = SystemClock.monotonic() + limit
  while try await !condition() {
    guard SystemClock.monotonic() < deadline else { throw NeverHappened() }
    await Task.yield()
  }
}
