import Foundation
import Synchronization
import TestSupport
import TimerModel

/// Clients that create timers on several nodes, change some and cancel some, and know what was confirmed to them.
final class NodeLoad: Sendable {
  /// The answers that clients got.
  struct Told: Sendable {
    var executeAt: [String: Int64] = [:]
    /// Timers whose cancel was confirmed, and when.
    var cancelledAt: [String: Int64] = [:]
    /// Timers whose change to revision two was confirmed, and when.
    var changedAt: [String: Int64] = [:]
    /// Timers whose cancel or change may have happened.
    var uncertain: Set<String> = []
    /// Answers with 503, and how long the slowest of them took.
    var refusals = 0
    var slowestRefusal: Int64 = 0
  }

  /// The time from the creation of a timer to its due time, in milliseconds.
  private static let ahead: Int64 = 3000

  private let told = Mutex(Told())
  private let ports: [Int]
  private let url: String

  init(ports: [Int], url: String) {
    self.ports = ports
    self.url = url
  }

  var all: Told { told.withLock { $0 } }

  /// Creates `count` timers from each of `clients` clients, due evenly over `span` from `start` on; every tenth is cancelled
  /// and every tenth changed.
  func run(clients: Int, count: Int, from start: Int64, over span: Int64) async {
    await withTaskGroup(of: Void.self) { group in
      for client in 0..<clients {
        group.addTask { await onThread { self.play(client, count, start, span) } }
      }
    }
  }

  private func play(_ client: Int, _ count: Int, _ start: Int64, _ span: Int64) {
    var turn = client
    var connection: WireConnection?
    for number in 0..<count {
      let id = "c\(client)-\(number)"
      let executeAt = start + span * Int64(number) / Int64(count)
      // The load lasts as long as the timers are due: whatever breaks, breaks under it.
      let early = executeAt - Self.ahead - WallClock.milliseconds()
      if early > 0 { usleep(UInt32(early) * 1000) }
      let created = Self.json(id: id, executeAt: executeAt, url: url, payload: 1)
      let request = WireRequest("POST", "/groups/g/timers", json: created)
      while ask(request, &connection, &turn).map({ $0 != 200 && $0 != 201 }) ?? true {}
      told.withLock { $0.executeAt[id] = executeAt }
      let place = "/groups/g/timers/\(id)"
      switch number % 10 {
      case 3: note(id, ask(WireRequest("DELETE", place), &connection, &turn), success: 204, \.cancelledAt)
      case 6:
        let change = WireRequest("PUT", place, json: "{\"payload\": 2}")
        note(id, ask(change, &connection, &turn), success: 200, \.changedAt)
      default: break
      }
    }
  }

  private func note(
    _ id: String, _ status: Int?, success: Int, _ path: any WritableKeyPath<Told, [String: Int64]> & Sendable
  ) {
    told.withLock { told in
      if status == success { told[keyPath: path][id] = WallClock.milliseconds() }
      if status == nil || status == 503 { told.uncertain.insert(id) }
    }
  }

  /// Sends a request to the node that is this client's at the moment, and turns to the next if that does not answer.
  private func ask(_ request: WireRequest, _ connection: inout WireConnection?, _ turn: inout Int) -> Int? {
    if connection == nil { connection = try? WireConnection(port: ports[turn % ports.count]) }
    let sentAt = WallClock.milliseconds()
    guard let answer = try? connection?.answer(to: request) else {
      connection = nil
      turn += 1
      usleep(5000)  // The node may be away.
      return nil
    }
    if answer.status == 503 {
      let took = WallClock.milliseconds() - sentAt
      told.withLock { told in
        told.refusals += 1
        told.slowestRefusal = max(told.slowestRefusal, took)
      }
      usleep(20_000)  // Shorter than Retry-After, so that the test sees when the service is whole again.
    }
    return answer.status
  }

  private static func json(id: String, executeAt: Int64, url: String, payload: Int) -> String {
    let time = Timestamp(milliseconds: executeAt).rfc3339
    return
      "{\"id\":\"\(id)\",\"executeAt\":\"\(time)\",\"callbackUrl\":\"\(url)/\",\"payload\":\(payload),\"retryPolicy\":{\"initialInterval\":\"100ms\"}}"
  }
}
