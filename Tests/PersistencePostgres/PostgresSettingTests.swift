import NodeRuntime
import PersistencePostgres
import TestSupport
import Testing
import TimerModel

/// The settings of each session, on servers that do not know some of them.
@Suite struct PostgresSettingTests {
  private func opening(through proxy: CuttingProxy) async throws -> PostgresHarness {
    let server = try PostgresServer.shared()
    return try await PostgresHarness(
      PostgresConfiguration(
        connectionString: server.connectionString(port: proxy.port), schema: "settings"))
  }

  @Test(arguments: [
    "client_connection_check_interval", "plan_cache_mode", "jit", "statement_timeout",
    "idle_in_transaction_session_timeout",
  ])
  func unknownSettingsAreSkipped(name: String) async throws {
    let proxy = try await CuttingProxy(to: try PostgresServer.shared().port)
    proxy.replace("SET \(name) ", with: "SET \(name.dropLast())_ ")
    let harness = try await opening(through: proxy)
    #expect(try await harness.create(0..<3).count == 3)
    await harness.store.close()
    try await proxy.close()
  }

  @Test func forbiddenSettingsAreSkipped() async throws {
    let proxy = try await CuttingProxy(to: try PostgresServer.shared().port)
    // What is set when the server starts cannot be set by a session.
    proxy.replace("SET enable_mergejoin = off", with: "SET max_connections  = off")
    let harness = try await opening(through: proxy)
    #expect(try await harness.create(0..<3).count == 3)
    await harness.store.close()
    try await proxy.close()
  }

  @Test func missingRequiredSettingIsRefused() async throws {
    let proxy = try await CuttingProxy(to: try PostgresServer.shared().port)
    proxy.replace("SET search_path ", with: "SET search_pat_ ")
    let error = await #expect(throws: StoreError.self) { _ = try await opening(through: proxy) }
    #expect(error?.code == .incompatible && error?.isRetriable == false)
    #expect(error?.message.contains("SET search_path") == true, "\(String(describing: error))")
    try await proxy.close()
  }
}
