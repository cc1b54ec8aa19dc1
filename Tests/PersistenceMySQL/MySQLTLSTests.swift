import Foundation
import PersistenceMySQL
import TestSupport
import Testing
import TimerModel

/// Values of `ssl-mode` against real servers. The client library goes on in plain text where a server has no TLS, unless it is watched.
@Suite struct MySQLTLSTests {
  @Test func serverWithoutTLSIsRefused() async throws {
    let server = try MariaDBServer.shared()
    let address = try server.address(database: "tls", options: "ssl-mode=REQUIRED")
    let error = await #expect(throws: StoreError.self) { try await Self.open(address) }
    #expect(error?.code == .unavailable)
    #expect(error?.message.contains("no TLS") == true)
    for mode in ["PREFERRED", "DISABLED"] {
      try await Self.open(server.address(database: "tls", options: "ssl-mode=\(mode)"))
    }
  }

  @Test func certificateIsVerifiedWhereAskedFor() async throws {
    let server = try MariaDBServer(certificateFor: "IP:127.0.0.1")
    let authority = "ssl-ca=\(server.certificate.path)"
    for options in [
      "ssl-mode=REQUIRED", "ssl-mode=VERIFY_CA&\(authority)", "ssl-mode=VERIFY_IDENTITY&\(authority)",
    ] {
      try await Self.open(server.address(database: "tls", options: options))
    }
    let unknown = try server.address(database: "tls", options: "ssl-mode=VERIFY_IDENTITY")
    await #expect(throws: StoreError.self) { try await Self.open(unknown) }
    let otherName = try server.address(database: "tls", options: "ssl-mode=VERIFY_IDENTITY&\(authority)")
      .replacing("127.0.0.1", with: "localhost")
    await #expect(throws: StoreError.self) { try await Self.open(otherName) }
  }

  private static func open(_ address: String) async throws {
    try await MySQLHarness(MySQLConfiguration(address: address)).store.close()
  }
}
