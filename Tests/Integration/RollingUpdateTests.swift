import Foundation
import Synchronization
import Testing
import TimerTesting

extension ProcessTests {
  /// Nodes that are replaced one by one behind a balancer.
  @Suite struct RollingUpdateTests {
    @Test(.timeLimit(.minutes(2)))
    func clientsThatGoOnSendingSeeNoFailure() async throws {
      let nodes = try (0..<2).map { _ in
        try ServiceProcess(environment: ["TIMERD_SHUTDOWN_DELAY": "3s"])
      }
      for node in nodes { try node.start() }
      let balancer = Balancer(ports: nodes.map(\.port))
      await withTaskGroup(of: Void.self) { group in
        group.addTask { await onThread { balancer.watch() } }
        for client in 0..<4 { group.addTask { await onThread { balancer.send(client) } } }
        for node in nodes {
          #expect(node.stop() == 0)
          do { try node.start() } catch { Issue.record("a node did not start again: \(error)") }
          // The next one goes once this one is used again, as an orchestrator does it.
          _ = try? await poll { balancer.isReady(node.port) }
        }
        balancer.stop()
      }
      let (answered, failures) = balancer.result
      print("RollingUpdateTests: \(answered) requests answered")
      #expect(failures == [])
      #expect(answered > 100)
      for node in nodes {
        node.signal(SIGINT)
        _ = node.stop()
      }
    }

    @Test(.timeLimit(.minutes(1)))
    func aSecondSignalEndsTheDelay() throws {
      let node = try ServiceProcess(environment: ["TIMERD_SHUTDOWN_DELAY": "50s"])
      try node.start()
      node.signal(SIGTERM)
      let ready = WireRequest("GET", "/readyz")
      while try WireConnection(port: node.port).answer(to: ready).status == 200 { usleep(10_000) }
      #expect(try WireConnection(port: node.port).answer(to: ready).text.contains("shutting down"))
      let start = ContinuousClock.now
      #expect(node.stop() == 0)
      #expect(ContinuousClock.now - start < .seconds(40))
    }
  }
}

/// A balancer and its clients: it asks each node every 50 ms whether it is ready, and they keep their connections.
private final class Balancer: Sendable {
  private struct State {
    var ready: [Int: Bool]
    var answered = 0
    var failures: [String] = []
    var isOver = false
  }

  private let ports: [Int]
  private let state: Mutex<State>

  init(ports: [Int]) {
    self.ports = ports
    state = Mutex(State(ready: Dictionary(uniqueKeysWithValues: ports.map { ($0, true) })))
  }

  var result: (answered: Int, failures: [String]) { state.withLock { ($0.answered, $0.failures) } }

  func isReady(_ port: Int) -> Bool { state.withLock { $0.ready[port] ?? false } }
  func stop() { state.withLock { $0.isOver = true } }

  func watch() {
    while !state.withLock({ $0.isOver }) {
      for port in ports {
        let answer = try? WireConnection(port: port).answer(to: WireRequest("GET", "/readyz"))
        state.withLock { $0.ready[port] = answer?.status == 200 }
      }
      usleep(50_000)  // A balancer asks on a schedule of its own.
    }
  }

  /// Creates and reads timers on connections that are kept until an answer ends them.
  func send(_ client: Int) {
    var connections: [Int: WireConnection] = [:]
    var number = 0
    while !state.withLock({ $0.isOver }) {
      number += 1
      let ready = state.withLock { state in ports.filter { state.ready[$0] == true } }
      guard let port = ready.isEmpty ? nil : ready[number % ready.count] else { continue }
      do {
        let connection = try connections[port] ?? WireConnection(port: port)
        connections[port] = connection
        let answer = try connection.answer(to: Self.request(client, number))
        if answer.header("connection") == "close" { connections[port] = nil }
        state.withLock { state in
          state.answered += 1
          if ![200, 201, 404].contains(answer.status) { state.failures.append("status \(answer.status)") }
        }
      } catch {
        connections[port] = nil
        state.withLock { $0.failures.append("\(port): \(error)") }
      }
    }
  }

  private static func request(_ client: Int, _ number: Int) -> WireRequest {
    let id = "c\(client)-\(number / 2)"
    guard number.isMultiple(of: 2) else { return WireRequest("GET", "/groups/g/timers/\(id)") }
    let body =
      "{\"id\":\"\(id)\",\"executeAt\":\"2035-01-01T00:00:00Z\",\"callbackUrl\":\"http://127.0.0.1:9/\"}"
    return WireRequest("POST", "/groups/g/timers", json: body)
  }
}
