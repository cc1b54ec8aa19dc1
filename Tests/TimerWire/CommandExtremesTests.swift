import Testing
import TimerModel
import TimerWire

/// Every value that a client can send is taken within its limits or rejected with its place; none ends the node.
@Suite struct CommandExtremesTests {
  private static let now = CommandDecoderTests.now
  private let decoder = CommandDecoder(kafkaTopic: "timer-fired")

  private static let numbers = [
    "9223372036854775807", "-9223372036854775808", "18446744073709551616", "99999999999999999999", "-0", "0",
    "-1",
    "1e400", "-1e400", "1e-400", "0.1", "1.5", "1E+2147483648", "0e99999999999", "1e19", "9007199254740993.0",
    String(repeating: "9", count: 100_000), "0." + String(repeating: "0", count: 100_000) + "1", "null1",
    "true",
    "\"1\"", "[]", "{}",
  ]

  private func violations(_ members: String) -> [Violation]? {
    let body = "{\"executeAt\":\"2026-12-01T00:00:00Z\",\"callbackUrl\":\"http://a/\",\(members)}"
    do {
      _ = try decoder.decodeCreate(body: Array(body.utf8), groupID: "g", now: Self.now)
      return []
    } catch .invalid(let violations) {
      return violations
    } catch {
      return nil
    }
  }

  @Test(arguments: numbers)
  func invalidNumbersAreRejectedWithPointer(number: String) {
    for (member, pointer) in [
      ("\"callbackTimeoutSeconds\":\(number)", "#/callbackTimeoutSeconds"),
      ("\"retryPolicy\":{\"maxAttempts\":\(number)}", "#/retryPolicy/maxAttempts"),
      ("\"retryPolicy\":{\"backoffMultiplier\":\(number)}", "#/retryPolicy/backoffMultiplier"),
    ] where !(number == "1.5" && pointer.hasSuffix("backoffMultiplier")) {
      guard let found = violations(member) else { continue }  // It is not JSON.
      #expect(found.map(\.pointer) == [pointer], "\(number.prefix(30))")
    }
    let record = "{\"command\":\"cancel\",\"groupId\":\"g\",\"timerId\":\"t\",\"ifRevision\":\(number)}"
    let cancel = try? decoder.decodeRecord(
      key: nil, value: Array(record.utf8), generatedID: "x", now: Self.now)
    #expect((cancel != nil) == (number == "9223372036854775807"))
  }

  @Test(arguments: [("1.0", 1), ("2e1", 20), ("30", 30), ("3.00E1", 30), ("300e-1", 30)])
  func integersMayUseAnyNotation(number: String, value: Int) throws {
    let body = """
      {"executeAt":"2026-12-01T00:00:00Z","callbackUrl":"http://a/","callbackTimeoutSeconds":\(number)}
      """
    let create = try decoder.decodeCreate(body: Array(body.utf8), groupID: "g", now: Self.now)
    #expect(create.definition.callbackTimeoutSeconds == value)
  }

  @Test(arguments: [
    "99999999999999999999s", "9223372036854775807ms", "9223372036854775807d", "106751991167d7h12m55s807ms",
    String(repeating: "9", count: 200_000) + "s", "1d" + String(repeating: "0", count: 200_000) + "h", "-1s",
    "1e3s", " 1s", "1\\u0000s", "٣s", "0ms", "0d0h0m0s0ms",
  ])
  func invalidDurationsAreRejectedWithPointer(duration: String) {
    for member in ["maxAttemptsDuration", "initialInterval", "maxInterval"] {
      let found = violations("\"retryPolicy\":{\"\(member)\":\"\(duration)\"}")
      #expect(found?.map(\.pointer) == ["#/retryPolicy/\(member)"], "\(duration.prefix(30))")
    }
  }

  @Test(arguments: [
    "-0001-01-01T00:00:00Z", "0000-01-01T00:00:00+23:59", "9999-12-31T23:59:60Z",
    "9999-12-31T23:59:59.9999-23:59",
    "1969-12-31T23:59:59.999Z", "2026-12-01T12:30:60Z", "2026-12-01T00:00:00.Z", "2026-12-01T00:00:00",
  ])
  func invalidTimesAreRejectedWithPointer(time: String) {
    let body = "{\"executeAt\":\"\(time)\",\"callbackUrl\":\"http://a/\"}"
    #expect {
      try decoder.decodeCreate(body: Array(body.utf8), groupID: "g", now: Self.now)
    } throws: { error in
      guard case .invalid(let violations)? = error as? CommandError else { return false }
      return violations.map(\.pointer) == ["#/executeAt"]
    }
  }

  @Test func excessViolationsAreCounted() {
    for count in [50, 51, 40_000] {
      let members = (0..<count).map { "\"x\($0)\":0" }.joined(separator: ",")
      let found = violations(members) ?? []
      #expect(found.count == 50)
      if count > 50 {
        #expect(found.last == Violation(pointer: "#", detail: "breaks \(count - 49) more rules"))
      }
    }
  }

  @Test func escapedNamesAreRecognized() throws {
    let body = """
      {"execut\\u0065At":"2026-12-01T00:00:00Z","\\u0063\\u0061\\u006c\\u006c\\u0062\\u0061\\u0063\\u006b\\u0055\\u0072\\u006c":
       "http:\\/\\/a/","id":"\\u0061"}
      """
    let create = try decoder.decodeCreate(body: Array(body.utf8), groupID: "g", now: Self.now)
    #expect(
      create.key.timerID == "a" && create.definition.destination == .http(HTTPDestination(url: "http://a/")))
    #expect(violations("\"callbackUr\\u006c\":\"http://b/\"")?.map(\.pointer) == ["#/callbackUrl"])
    #expect(violations("\"call\\ud800backUrl\":1")?.count == 1)
  }
}
