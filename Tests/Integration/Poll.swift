/// Asks until `condition` holds, for what another process does and tells nobody; false if it does not in time.
func poll(within limit: Duration = .seconds(60), until condition: () throws -> Bool) async throws -> Bool {
  let deadline = ContinuousClock.now + limit
  while ContinuousClock.now < deadline {
    if try condition() { return true }
    try await Task.sleep(for: .milliseconds(20))
  }
  return false
}
