/// Asks again and again until `condition` holds, without holding up other tasks; for what another process does and tells nobody.
///
/// - Parameter what: names what is waited for, as in "the failover".
/// - Throws: `WaitedInVain` if it does not hold within `limit`, and the errors of `condition`.
package func eventually(
  _ what: String, within limit: Duration = .seconds(60), _ condition: () async throws -> Bool
) async throws {
  let deadline = ContinuousClock.now + limit
  while try await !condition() {
    guard ContinuousClock.now < deadline else { throw WaitedInVain(what: what, limit: limit) }
    try await Task.sleep(for: .milliseconds(20))
  }
}

/// Something did not happen in time.
package struct WaitedInVain: Error, CustomStringConvertible {
  let what: String
  let limit: Duration

  /// The text for the test's report.
  package var description: String { "waited \(limit) in vain for \(what)" }
}
