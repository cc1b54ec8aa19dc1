import Testing
import TimerModel
import TimerWire

@Suite struct CallbackURLTests {
  @Test(arguments: [
    "http://a", "HTTPS://EXAMPLE.com:8080/x?y", "http://[::1]:65535/", "https://[2001:DB8::1.2.3.4]",
    "http://a_b-c.~d:00080", "http://a?x@y", "http://a/b://c", "http://127.0.0.1:1/@",
  ])
  func unusualCallbackURLsAreAccepted(url: String) throws {
    let create = try decode(url)
    #expect(create.definition.destination == .http(HTTPDestination(url: url)))
  }

  @Test(arguments: [
    "", "http:/a", "http//a", "://a", "ftp://a", "xhttp://a", "http://", "http:///a", "http://-", "http://a:",
    "http://a:0", "http://a:65536", "http://a:99999999999999999999999999", "http://a:1:2", "http://a:x",
    "http://a:!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!", "http://[::1", "http://[]", "http://[", "http://[::g]",
    "http://[:::]", "http://[1:2]",
    "http://[1::2::3]", "http://[1:2:3:4:5:6:7:8:9]", "http://[::1.2.3.256]", "http://[12345::]",
    "http://[1:2:3:4:5:6:7::8]",
    "http://[::1]x", "http://u@a", "http://a#b", "http://a b", "http://\u{e9}", "http://a,b",
  ])
  func invalidCallbackURLsAreRejected(url: String) {
    #expect(throws: CommandError.self) { try decode(url) }
  }

  private func decode(_ url: String) throws -> CreateTimer {
    let body = #"{"executeAt":"2026-12-01T00:00:00Z","callbackUrl":"\#(url)"}"#
    return try CommandDecoder().decodeCreate(
      body: Array(body.utf8), groupID: "g", now: Timestamp(milliseconds: 1_795_000_000_000))
  }
}
