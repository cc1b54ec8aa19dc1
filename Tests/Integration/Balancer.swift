import Foundation
import Synchronization
import TestSupport

/// A balancer and its clients: it asks each node every 50 ms whether it is ready, and they keep their connections.
///
/// As every HTTP client does, they look whether the other side has closed a connection before they use it again.
final class Balancer: Sendable {
  struct Result {
    var answered = 0
    var failures: [String] = []
    /// The ports of the nodes whose answers ended a connection that a client stayed on.
    var told: Set<Int> = []
  }

  private struct State {
    var ready: [Int: Bool]
    var result = Result()
    /// The clients that each port has answered of late.
    var uses: [Int: Set<Int>] = [:]
    var isOver = false
  }

  private let ports: [Int]
  private let state: Mutex<State>

  init(ports: [Int]) {
    self.ports = ports
    state = Mutex(State(ready: Dictionary(uniqueKeysWithValues: ports.map { ($0, true) })))
  }

  var result: Result { state.withLock { $0.result } }
  private var isOver: Bool { state.withLock { $0.isOver } }

  /// Returns true if `port` has answered clients of both kinds since uses were forgotten.
  func isUsed(_ port: Int) -> Bool {
    state.withLock { state in
      let clients = state.uses[port] ?? []
      return clients.isSuperset(of: [0, 1]) && !clients.isDisjoint(with: [2, 3])
    }
  }

  /// Returns true if `port` has answered all clients that take turns since uses were forgotten.
  func isUsedByTurns(_ port: Int) -> Bool {
    state.withLock { $0.uses[port]?.isSuperset(of: [0, 1]) ?? false }
  }

  func forgetUses() { state.withLock { $0.uses = [:] } }
  func stop() { state.withLock { $0.isOver = true } }

  func watch() {
    while !isOver {
      for port in ports {
        let answer = try? WireConnection(port: port).answer(to: WireRequest("GET", "/readyz"))
        state.withLock { $0.ready[port] = answer?.status == 200 }
      }
      usleep(50_000)  // A balancer asks on a schedule of its own.
    }
  }

  /// Creates and reads timers on the nodes that are ready, by turns. A connection to one that is not stays, idle, until it is again.
  func sendByTurns(_ client: Int) {
    var connections: [Int: WireConnection] = [:]
    var number = client
    while !isOver {
      number += 1
      guard let port = readyPort(number / 2) else { continue }
      if connections[port]?.isIdle == false { connections[port] = nil }
      connections[port] = exchange(client, number, port, connections[port])
    }
  }

  /// Creates and reads timers on one node, ready or not, until it ends the connection: so do clients behind a balancer of connections.
  func sendToOne(_ client: Int) {
    var kept: (port: Int, connection: WireConnection)?
    var number = client
    while !isOver {
      number += 1
      if kept?.connection.isIdle == false { kept = nil }
      guard let port = kept?.port ?? readyPort(client) else { continue }
      let wasKept = kept != nil
      kept = exchange(client, number, port, kept?.connection).map { (port, $0) }
      if wasKept, kept == nil { state.withLock { _ = $0.result.told.insert(port) } }
    }
  }

  private func readyPort(_ turn: Int) -> Int? {
    let ready = state.withLock { state in ports.filter { state.ready[$0] == true } }
    return ready.isEmpty ? nil : ready[turn % ready.count]
  }

  /// Sends one request and notes the result; returns the connection if it may be used again.
  private func exchange(
    _ client: Int, _ number: Int, _ port: Int, _ kept: WireConnection?
  ) -> WireConnection? {
    do {
      let connection = try kept ?? WireConnection(port: port)
      let answer = try connection.answer(to: Self.request(client, number))
      state.withLock { state in
        state.result.answered += 1
        state.uses[port, default: []].insert(client)
        if ![200, 201, 404].contains(answer.status) {
          state.result.failures.append("status \(answer.status)")
        }
      }
      return answer.header("connection") == "close" ? nil : connection
    } catch {
      state.withLock { $0.result.failures.append("\(port), \(kept == nil ? "new" : "kept"): \(error)") }
      return nil
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
