import HTTPAPI
import TestSupport
import Testing
import TimerModel

/// The running server against `api.yaml`: every documented answer occurs, and no other does.
@Suite struct ContractTests {
  private struct Scenario {
    let operation: String
    let status: Int
    let request: WireRequest
    var fault: FaultyCommands.Fault?
    var isDown = false
    /// Runs on a server whose store cannot search.
    var lacksSearch = false
    /// Cuts the request's body off, so that it never arrives.
    var isCutOff = false
  }

  @Test(arguments: ["", "/api/v1"])
  func responsesMatchContract(prefix: String) async throws {
    let contract = try APIContract()
    var seen: Set<APIContract.Answer> = []
    for lacksSearch in [false, true] {
      try await APIHarness.run(
        configure: {
          $0.bodyTimeout = .seconds(1)
          $0.requestDeadline = .seconds(3)
        }, hasSearch: !lacksSearch
      ) { harness in
        _ = try await harness.create("there")
        _ = try await harness.create("changing")
        _ = try await harness.create("delivering")
        _ = try await harness.create("going")
        _ = try await harness.create("firing")
        _ = try #require(await harness.createDead("dead"))
        _ = try #require(await harness.claim("delivering"))
        for scenario in Self.scenarios(prefix) where scenario.lacksSearch == lacksSearch {
          harness.commands.fail(with: scenario.fault)
          harness.health.set(HealthReport(scenario.isDown ? .down : .ok, detail: "as the test wants it"))
          let answer = try await Self.play(scenario, on: harness.port)
          #expect(answer.status == scenario.status, "\(scenario.operation): \(answer.text)")
          let name = APIContract.Answer(operation: scenario.operation, status: answer.status)
          seen.insert(name)
          let complaints = try contract.complaints(about: name, headers: answer.headers, body: answer.body)
          #expect(complaints.isEmpty)
        }
      }
    }
    #expect(contract.answers.subtracting(seen).sorted() == [], "documented, but it does not occur")
  }

  private static func play(_ scenario: Scenario, on port: Int) async throws -> WireAnswer {
    guard scenario.isCutOff else { return try await scenario.request.answer(from: port) }
    return try await WireConnection.run(port: port) { connection in
      try connection.send(scenario.request.bytes.dropLast())
      return try connection.receive()
    }
  }

  private static func scenarios(_ prefix: String) -> [Scenario] {
    let group = "\(prefix)/groups/g/timers"
    func timer(
      _ operation: String, _ method: String, _ body: String? = nil, of part: String = ""
    ) -> [Scenario] {
      func request(_ target: String, _ headers: [(name: String, value: String)] = []) -> WireRequest {
        let type = [(name: "content-type", value: "application/merge-patch+json")].filter { _ in
          method == "PATCH"
        }
        return WireRequest(method, target + part, headers: type + headers, body: body.map { Array($0.utf8) })
      }
      var all = [
        Scenario(operation: operation, status: 400, request: request("\(group)/%zz")),
        Scenario(operation: operation, status: 404, request: request("\(group)/none")),
        Scenario(operation: operation, status: 422, request: request("\(group)/a%20b")),
        Scenario(operation: operation, status: 503, request: request("\(group)/there"), fault: .overloaded),
        Scenario(
          operation: operation, status: 503, request: request("\(group)/there"), fault: .storeUnavailable),
        Scenario(
          operation: operation, status: 503, request: request("\(group)/there"), fault: .outcomeUnknown),
      ]
      guard ["PUT", "PATCH", "DELETE", "POST"].contains(method) else {
        return all + [
          Scenario(
            operation: operation, status: 304, request: request("\(group)/there", [("if-none-match", "*")])),
          Scenario(
            operation: operation, status: 412, request: request("\(group)/there", [("if-match", "\"9\"")])),
        ]
      }
      all += [
        Scenario(operation: operation, status: 409, request: request("\(group)/delivering")),
        Scenario(
          operation: operation, status: 412, request: request("\(group)/there", [("if-match", "\"9\"")])),
      ]
      return all
    }
    let get = timer("getTimer", "GET") + timer("headTimer", "HEAD")
    let attempts =
      timer("getAttempts", "GET", of: "/attempts") + timer("headAttempts", "HEAD", of: "/attempts")
    let put = timer("updateTimer", "PUT", "{\"payload\": [1]}")
    let patch = timer("patchTimer", "PATCH", "{\"payload\": [1]}")
    let delete = timer("cancelTimer", "DELETE")
    let again =
      timer("fireTimer", "POST", of: "/fire") + timer("redriveTimer", "POST", "{}", of: "/redrive")
    let all = [
      create(group), batchCreate(group), batches(group), lists(prefix), get, attempts, put, patch, delete,
      again, bodies(group), successes(group), health(prefix),
    ]
    return all.flatMap { $0 }
  }

  private static func create(_ group: String) -> [Scenario] {
    func post(_ status: Int, _ body: String, fault: FaultyCommands.Fault? = nil) -> Scenario {
      Scenario(
        operation: "createTimer", status: status, request: WireRequest("POST", group, json: body),
        fault: fault)
    }
    return [
      post(201, APIHarness.body(id: "new")), post(200, APIHarness.body(id: "new")),
      post(409, APIHarness.body(id: "new", executeAt: "2026-11-23T15:32:00Z")),
      post(201, "{\"executeAt\": \"2026-11-23T15:31:00Z\", \"callbackUrl\": \"http://a.b/\"}"),
      post(503, APIHarness.body(id: "u"), fault: .hanging),
      post(503, APIHarness.body(id: "u"), fault: .overloaded),
      post(503, APIHarness.body(id: "u"), fault: .storeUnavailable),
    ]
  }

  private static func batchCreate(_ group: String) -> [Scenario] {
    func post(_ status: Int, _ timers: String..., fault: FaultyCommands.Fault? = nil) -> Scenario {
      Scenario(
        operation: "batchCreateTimers", status: status,
        request: WireRequest(
          "POST", "\(group):batchCreate", json: "{\"timers\": [\(timers.joined(separator: ", "))]}"),
        fault: fault)
    }
    let timer = APIHarness.body(id: "b")
    let other = APIHarness.body(id: "b", executeAt: "2026-11-23T15:32:00Z")
    return [
      post(200, timer), post(200, timer, other, "{}", "null"),
      post(503, APIHarness.body(id: "u"), fault: .overloaded),
      post(503, APIHarness.body(id: "u"), fault: .storeUnavailable),
    ]
  }

  private static func batches(_ group: String) -> [Scenario] {
    [("batchGetTimers", "batchGet"), ("batchCancelTimers", "batchCancel")].flatMap {
      operation, verb -> [Scenario] in
      func post(_ status: Int, fault: FaultyCommands.Fault? = nil) -> Scenario {
        Scenario(
          operation: operation, status: status,
          request: WireRequest("POST", "\(group):\(verb)", json: "{\"ids\": [\"delivering\", \"none\", 7]}"),
          fault: fault)
      }
      return [post(200), post(503, fault: .overloaded), post(503, fault: .storeUnavailable)]
    }
  }

  private static func lists(_ prefix: String) -> [Scenario] {
    [
      ("listTimers", "GET", "/groups/g/timers"), ("headTimers", "HEAD", "/groups/g/timers"),
      ("countTimers", "GET", "/groups/g/timers:count"), ("headCount", "HEAD", "/groups/g/timers:count"),
      ("listGroups", "GET", "/groups"), ("headGroups", "HEAD", "/groups"),
    ].flatMap { operation, method, path -> [Scenario] in
      func get(_ status: Int, _ query: String = "", fault: FaultyCommands.Fault? = nil) -> Scenario {
        Scenario(
          operation: operation, status: status, request: WireRequest(method, prefix + path + query),
          fault: fault)
      }
      var missing = get(501)
      missing.lacksSearch = true
      let query = path.hasSuffix(":count") ? "?groupBy=destination" : "?pageSize=1"
      return [
        get(200), get(200, query), get(400, "?a=%zz"), get(422, "?color=red"), missing,
        get(503, fault: .storeUnavailable), get(503, fault: .overloaded),
      ]
    }
  }

  /// Returns the scenarios in which the calls with a body answer a bad one.
  private static func bodies(_ group: String) -> [Scenario] {
    [
      ("createTimer", "POST", group), ("batchCreateTimers", "POST", "\(group):batchCreate"),
      ("batchGetTimers", "POST", "\(group):batchGet"), ("batchCancelTimers", "POST", "\(group):batchCancel"),
      ("updateTimer", "PUT", "\(group)/there"), ("patchTimer", "PATCH", "\(group)/there"),
      ("fireTimer", "POST", "\(group)/firing/fire"), ("redriveTimer", "POST", "\(group)/dead/redrive"),
    ].flatMap { name, method, target -> [Scenario] in
      func request(_ json: String, as type: String? = nil) -> WireRequest {
        let type = type ?? (method == "PATCH" ? "application/merge-patch+json" : "application/json")
        return WireRequest(method, target, headers: [("content-type", type)], json: json)
      }
      return [
        Scenario(operation: name, status: 400, request: request("{")),
        Scenario(operation: name, status: 408, request: request("{}"), isCutOff: true),
        Scenario(operation: name, status: 413, request: request(String(repeating: " ", count: 9_000_000))),
        Scenario(operation: name, status: 415, request: request("{}", as: "text/plain")),
        Scenario(operation: name, status: 422, request: request("{\"id\": 1}")),
      ]
    }
  }

  private static func successes(_ group: String) -> [Scenario] {
    [
      Scenario(operation: "getTimer", status: 200, request: WireRequest("GET", "\(group)/there")),
      Scenario(operation: "getTimer", status: 200, request: WireRequest("GET", "\(group)/delivering")),
      Scenario(
        operation: "getAttempts", status: 200, request: WireRequest("GET", "\(group)/there/attempts")),
      Scenario(
        operation: "getAttempts", status: 200, request: WireRequest("GET", "\(group)/delivering/attempts")),
      Scenario(
        operation: "headAttempts", status: 200, request: WireRequest("HEAD", "\(group)/there/attempts")),
      Scenario(operation: "headTimer", status: 200, request: WireRequest("HEAD", "\(group)/there")),
      Scenario(
        operation: "updateTimer", status: 200,
        request: WireRequest("PUT", "\(group)/changing", json: "{\"retryPolicy\": null, \"payload\": null}")),
      Scenario(
        operation: "patchTimer", status: 200,
        request: WireRequest(
          "PATCH", "\(group)/changing", headers: [("content-type", "application/merge-patch+json")],
          json: "{\"tags\": {\"a\": \"1\"}}")),
      Scenario(operation: "cancelTimer", status: 204, request: WireRequest("DELETE", "\(group)/going")),
      Scenario(operation: "fireTimer", status: 200, request: WireRequest("POST", "\(group)/firing/fire")),
      Scenario(
        operation: "redriveTimer", status: 200,
        request: WireRequest(
          "POST", "\(group)/dead/redrive",
          json: "{\"executeAt\": \"2026-11-23T15:40:00Z\", \"retryPolicy\": {}}")),
    ]
  }

  private static func health(_ prefix: String) -> [Scenario] {
    [
      ("metrics", "GET", "/metrics", 200), ("headMetrics", "HEAD", "/metrics", 200),
      ("live", "GET", "/livez", 200), ("headLive", "HEAD", "/livez", 200), ("ready", "GET", "/readyz", 200),
      ("ready", "GET", "/readyz?verbose", 200), ("headReady", "HEAD", "/readyz", 200),
      ("ready", "GET", "/readyz", 503), ("headReady", "HEAD", "/readyz?verbose", 503),
    ].map { name, method, path, status in
      Scenario(
        operation: name, status: status, request: WireRequest(method, prefix + path), isDown: status == 503)
    }
  }
}
