import Testing
import TimerModel

@testable import PersistenceMySQL

@Suite struct MySQLTargetTests {
  @Test func partsOfAddressAreDecoded() throws {
    let target = try MySQLTarget("mysql://ti%40d:p%2Fw@db.example.com:3307/timers?ssl-mode=verify_identity")
    #expect(target.user == "ti@d" && target.password == "p/w" && target.database == "timers")
    #expect(target.host == "db.example.com" && target.port == 3307)
    #expect(target.tls == MySQLTLS(mode: .verifyIdentity))
  }

  @Test(arguments: [
    ("db", MySQLTLS.Mode.required), ("localhost", .preferred), ("127.0.0.1", .preferred),
    ("[::1]", .preferred), ("10.0.0.1", .required),
  ])
  func tlsIsRequiredAcrossNetwork(host: String, mode: MySQLTLS.Mode) throws {
    let target = try MySQLTarget("mysql://u@\(host)/d")
    #expect(target.tls.mode == mode)
    #expect(target.port == 3306 && target.password == nil)
  }

  @Test func ipv6HostHasNoBrackets() throws {
    let target = try MySQLTarget("mysql://u@[fd00::1]:3308/d")
    #expect(target.host == "fd00::1" && target.port == 3308)
  }

  @Test(arguments: [
    "mysql://h/d", "mysql://u@h", "mysql://u@h/", "mysql://u:p@x@h/d", "mysql://u@h:x/d", "mysql://u@h:0/d",
    "mysql://u@h/d?ssl-mode=maybe", "mysql://u@h/d?ssl-mode=VERIFY_CA", "mysql://u@h/d?tls=1",
    "mysql://u@h1,h2/d", "mysql://u%zz@h/d", "mysql://u@h/d%00",
  ])
  func malformedAddressIsRefused(address: String) {
    let error = #expect(throws: StoreError.self) { try MySQLConfiguration(address: address).check() }
    #expect(error?.code == .failed && error?.isRetriable == false)
  }

  @Test func refusalRepeatsNoPassword() {
    let error = #expect(throws: StoreError.self) { try MySQLTarget("mysql://u:secret@x@h/d") }
    #expect(error?.message.contains("secret") == false)
  }
}
