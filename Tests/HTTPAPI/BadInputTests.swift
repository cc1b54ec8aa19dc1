import JSONBytes
import TestSupport
import Testing
import TimerModel
import TimerTesting

@Suite struct BadInputTests {
  /// All over one server: none of them harms it, or leaves a timer behind.
  @Test func badInputIsRejectedWithPointers() async throws {
    #expect(BadInput.table.count >= 40)
    try await APIHarness.run { harness in
      for bad in BadInput.table {
        let answer = try await harness.answer(bad.request)
        #expect(answer.status == bad.status, "\(bad.name): \(answer.text)")
        #expect(answer.header("content-type") == "application/problem+json", "\(bad.name)")
        let problem = try JSONText(answer.body, maxDepth: 8)
        let members = Dictionary(problem.members ?? [], uniquingKeysWith: { $1 })
        #expect(members["type"]?.string == "urn:timerd:problem:\(bad.problem)", "\(bad.name)")
        #expect(members["status"]?.integer == Int64(bad.status), "\(bad.name)")
        let pointers = (members["errors"]?.elements ?? []).map { error in
          error.members?.first { $0.name == "pointer" }?.value.string ?? ""
        }
        #expect(pointers == bad.pointers, "\(bad.name): \(answer.text)")
      }
      #expect(try await harness.create("still-there").status == 201)
      #expect(await harness.store.timers([TimerKey(groupID: "g", timerID: "t")]) == [nil])
    }
  }

  @Test func unusualValidInputIsAccepted() async throws {
    let executeAt = "\"executeAt\": \"2026-11-23T15:31:00Z\", \"callbackUrl\": \"http://a.b/\""
    let bodies = [
      " \t\r\n{\(executeAt)}\n", "{\(executeAt), \"payload\": null}", "{\(executeAt), \"id\": null}",
      "{\"executeAt\": \"2026-11-23t15:31:00.123456789-01:30\", \"callbackUrl\": \"HTTPS://[2001:db8::1]:8443?q=%20\"}",
      "{\(executeAt), \"payload\": {\"a\": 1, \"a\": 2, \"n\": 123456789012345678901234567890.0e-5}}",
      "{\"\\u0065xecuteAt\": \"2026-11-23T15:31:00Z\", \"callbackUrl\": \"http:\\/\\/a.b/\"}",
      "{\(executeAt), \"callbackTimeoutSeconds\": 3e1}",
      "{\(executeAt), \"payload\": " + String(repeating: "[", count: 63) + String(repeating: "]", count: 63)
        + "}",
      "{\(executeAt), \"payload\": \"" + String(repeating: "p", count: 262_142) + "\"}",
      "{\"executeAt\": \"1970-01-01T00:00:00Z\", \"callbackUrl\": \"http://a.b/\"}",
    ]
    try await APIHarness.run { harness in
      for body in bodies {
        let answer = try await harness.answer(WireRequest("POST", "/groups/g/timers", json: body))
        #expect(answer.status == 201, "\(body.prefix(80)): \(answer.text.prefix(300))")
      }
      for type in ["application/json;charset=UTF-8", "application/merge-patch+json", "Application/JSON"] {
        let request = WireRequest(
          "POST", "/groups/g/timers", headers: [("content-type", type)], json: "{\(executeAt)}")
        #expect(try await harness.answer(request).status == 201, "\(type)")
      }
      let id = "~!$&'()*+,;=:@-._"
      let named = WireRequest("POST", "/groups/g/timers", json: "{\"id\": \"\(id)\", \(executeAt)}")
      let place = try #require(try await harness.answer(named).header("location"))
      #expect(try await harness.answer(WireRequest("GET", place)).status == 200)
    }
  }
}
