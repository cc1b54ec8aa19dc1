import Foundation
import PersistencePostgres
import TestSupport
import Testing
import TimerModel

/// `sslmode=verify-full`: the server's certificate is checked, and whom it is for.
@Suite struct PostgresTLSTests {
  @Test func trustedServerIsUsedOverTLS() async throws {
    let server = try PostgresServer(certificateFor: "IP:127.0.0.1")
    let harness = try await PostgresHarness(Self.configuration(server, trusting: server))
    let results = try await harness.create([1])
    #expect(results.count == 1)
    let encrypted = "SELECT bool_and(ssl) FROM pg_stat_ssl JOIN pg_stat_activity USING (pid)"
    #expect(try server.query("\(encrypted) WHERE application_name = 'timerd'") == ["t"])
    await harness.store.close()
  }

  @Test func untrustedCertificateIsRefused() async throws {
    let server = try PostgresServer(certificateFor: "IP:127.0.0.1")
    let other = try PostgresServer(certificateFor: "IP:127.0.0.1")
    await expectRefusal(Self.configuration(server, trusting: other), saying: "certificate verify failed")
  }

  @Test func wrongHostNameIsRefused() async throws {
    let server = try PostgresServer(certificateFor: "DNS:elsewhere.example")
    await expectRefusal(Self.configuration(server, trusting: server), saying: "does not match host name")
  }

  @Test func serverWithoutTLSIsRefused() async throws {
    let server = try PostgresServer.shared()
    let other = try PostgresServer(certificateFor: "IP:127.0.0.1")
    await expectRefusal(Self.configuration(server, trusting: other), saying: "does not support SSL")
  }

  private func expectRefusal(_ configuration: PostgresConfiguration, saying words: String) async {
    let error = await #expect(throws: StoreError.self) { _ = try await PostgresHarness(configuration) }
    #expect(error?.code == .unavailable)
    #expect(error?.outcome == .notApplied)
    #expect(error.map { "\($0)".contains(words) } == true, "\(String(describing: error))")
  }

  private static func configuration(
    _ server: PostgresServer, trusting other: PostgresServer
  ) -> PostgresConfiguration {
    PostgresConfiguration(
      connectionString: """
        host=127.0.0.1 port=\(server.port) user=app dbname=postgres sslmode=verify-full \
        sslrootcert=\(other.certificate.path)
        """, schema: "tls")
  }
}
