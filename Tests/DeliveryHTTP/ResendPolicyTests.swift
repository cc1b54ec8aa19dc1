import Testing

@testable import CurlClient

@Suite struct ResendPolicyTests {
  private typealias Transmission = ResendPolicy.Transmission

  @Test func resendsUnprocessedRequestsUpToLimit() {
    let refused = Transmission(isSent: true, isOnOwnConnection: true, isNotProcessed: true)
    for count in 1..<CurlSends.limit {
      #expect(ResendPolicy.reason(after: refused, sends: sends(count)) == .notProcessed)
    }
    #expect(ResendPolicy.reason(after: refused, sends: sends(CurlSends.limit)) == nil)
  }

  @Test func resendsOnceAfterReusedConnectionBroke() {
    let broken = Transmission(isSent: true, isConnectionBroken: true)
    #expect(ResendPolicy.reason(after: broken, sends: sends(1)) == .connectionClosed)
    #expect(ResendPolicy.reason(after: broken, sends: sends(2)) == nil)
    let wanted = Transmission(isSent: true, isOnOwnConnection: true, wantsRetry: true)
    #expect(ResendPolicy.reason(after: wanted, sends: sends(1)) == .connectionClosed)
    #expect(ResendPolicy.reason(after: wanted, sends: sends(2)) == nil)
  }

  @Test func resendsNothingElse() {
    let turns = [
      Transmission(isSent: true),
      Transmission(isSent: true, isOnOwnConnection: true, isConnectionBroken: true),
      Transmission(isSent: false, isConnectionBroken: true),
      Transmission(
        isSent: true, wantsRetry: true, isNotProcessed: true, hasResponse: true, isConnectionBroken: true),
    ]
    for turn in turns { #expect(ResendPolicy.reason(after: turn, sends: sends(1)) == nil) }
  }

  @Test(arguments: [
    (["Using Stream ID: 1 (easy handle 0x5)\n", "recveived GOAWAY, error=0, last_stream=0\n"], true),
    (["Using Stream ID: 3 (easy handle 0x5)\n", "received GOAWAY, error=0, last_stream=1"], true),
    (["Using Stream ID: 3 (easy handle 0x5)\n", "recveived GOAWAY, error=0, last_stream=3\n"], false),
    (["Using Stream ID: 3\n", "recveived GOAWAY, error=0, last_stream=2147483647\n"], false),
    (
      [
        "Using Stream ID: 1\n", "recveived GOAWAY, error=0, last_stream=2147483647",
        "received GOAWAY, last_stream=0",
      ], true
    ),
    (["REFUSED_STREAM, retrying a fresh connect\n"], true), (["Downgrades to HTTP/1.1\n"], true),
    (["recveived GOAWAY, error=0, last_stream=0\n"], false),
    (["Using Stream ID: \n", "received GOAWAY"], false),
    (
      ["Using Stream ID: 99999999999999999999\n", "received GOAWAY, last_stream=99999999999999999999"], false
    ), ([], false),
  ])
  func readsUnprocessedStreamsFromTrace(messages: [String], isNotProcessed: Bool) {
    var trace = StreamTrace()
    for message in messages { Array(message.utf8).withUnsafeBytes { trace.read($0) } }
    #expect(trace.isNotProcessed == isNotProcessed)
  }

  @Test func connectionMarksChangeOverTime() {
    for url in ["https://a.example/x", "HTTPS://a.example:8443", "https://b.example?x"] {
      let marks = (0..<600).map { ConnectionMark.of(url, at: Int64($0), lifetime: 60) }
      let changes = zip(marks, marks.dropFirst()).filter { $0 != $1 }.count
      #expect(changes == 9 || changes == 10)
      #expect(marks.allSatisfy { $0 != ConnectionMark.alone && $0 >= 0 })
    }
    #expect(ConnectionMark.of("http://a.example/", at: 70, lifetime: 60) == 0)
    #expect(ConnectionMark.of("https://a.example/", at: .max, lifetime: .max) >= 0)
    #expect(ConnectionMark.of("https://a.example/", at: 70, lifetime: 0) == 0)
    #expect(
      ConnectionMark.of("https://a.example/x", at: 70, lifetime: 60)
        == ConnectionMark.of("https://A.example/y", at: 70, lifetime: 60))
  }

  private func sends(_ count: Int) -> CurlSends {
    var sends = CurlSends()
    sends.count = count
    return sends
  }
}
