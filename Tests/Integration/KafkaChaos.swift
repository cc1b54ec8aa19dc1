import Foundation
import KafkaClient
import TestSupport

/// Three nodes on one PostgreSQL that read commands, a fourth that comes and goes, and what happens to all of them meanwhile.
final class KafkaChaos {
  let stack: KafkaStack
  let postgres: PostgresServer
  private let nodes: [ServiceProcess]
  /// Joins and leaves the group.
  private let visitor: ServiceProcess
  private let mix: CommandMix
  private var isVisiting = false
  private var lastRead: Int64 = 0
  private var lastProgressAt = ContinuousClock.now

  /// The number of commands that are sent ahead of the store, so that every fault meets a producer that
  /// sends.
  private static let window = 20_000
  private static let visitInterval = Duration.seconds(10)
  /// No fault takes so long.
  private static let stallLimit = Duration.seconds(20)

  /// Starts the servers and the nodes.
  init(count: Int) async throws {
    let stack = try await KafkaStack.start(.objectStore, partitions: 6, isSlow: true)
    let postgres = try PostgresServer()
    let store = PostgresServer.url(port: postgres.port)
    let all = try (0..<4).map {
      try ServiceProcess(stack.arguments + ["--node-id", "n\($0)"], store: store)
    }
    for node in all.dropLast() { try node.start() }
    (self.stack, self.postgres, mix) = (stack, postgres, CommandMix(count: count))
    (nodes, visitor) = (Array(all.dropLast()), all[3])
  }

  /// Sends all commands; returns once all faults are over and the broker has acknowledged what was sent.
  func sendAmongFaults() async throws {
    let messages = mix.messages()
    let failures = Failures()
    var faults = faults
    var sent = 0
    var visitAt = ContinuousClock.now + Self.visitInterval
    while sent < messages.count || !faults.isEmpty {
      let read = try await recordsRead()
      let next = min(messages.count, Int(read) + Self.window)
      for message in messages[sent..<max(sent, next)] {
        stack.producer.send(message) { if case .failure(let error) = $0 { failures.add(error) } }
      }
      sent = max(sent, next)
      if let fault = faults.first, Int(read) >= fault.at * mix.count / 100 {
        faults.removeFirst()
        try await fault.happens()
      }
      if ContinuousClock.now >= visitAt {
        try visit()
        visitAt = ContinuousClock.now + Self.visitInterval
      }
      try await Task.sleep(for: .milliseconds(20))  // How far the store has read it tells nobody.
    }
    if isVisiting { try visit() }
    await stack.producer.close(within: .seconds(60))
    guard failures.all.isEmpty else { throw Unsent(errors: failures.all) }
  }

  struct Unsent: Error { let errors: [KafkaError] }

  /// Waits until the store has read each partition to its end.
  func waitUntilRead(to ends: [Int32: Int64]) async throws {
    lastProgressAt = .now
    try await eventually("lag 0; the topic ends at \(ends)") {
      _ = try await recordsRead()
      return try offsets() == ends
    }
  }

  /// Returns the number of records that the store has read.
  ///
  /// A broker of this kind waits minutes for a leader of the group that was killed while the group formed. Where nothing is read for
  /// longer than any fault takes, it is bounced once more and forgets the group.
  private func recordsRead() async throws -> Int64 {
    let read = try offsets().values.reduce(0, +)
    if read != lastRead {
      (lastRead, lastProgressAt) = (read, .now)
    } else if ContinuousClock.now - lastProgressAt > Self.stallLimit {
      print("KafkaChaos: the broker waits for a member that is gone")
      try await stack.broker.forgetGroups()
      lastProgressAt = .now
    }
    return read
  }

  /// Returns the store's offset in each partition.
  func offsets() throws -> [Int32: Int64] {
    let rows = try postgres.query("SELECT partition, next_offset FROM timerd.command_offsets")
    return Dictionary(
      rows.compactMap { row in
        let parts = row.split(separator: "|")
        return parts.count == 2 ? (Int32(parts[0]) ?? -1, Int64(parts[1]) ?? -1) : nil
      }, uniquingKeysWith: +)
  }

  /// The lag that each node reports.
  func lags() throws -> [Int] {
    try nodes.map { node in
      let answer = try WireConnection(port: node.port).answer(to: WireRequest("GET", "/metrics"))
      let lines = String(decoding: answer.body, as: UTF8.self).split(separator: "\n")
      let line = lines.first { $0.hasPrefix("timerd_kafka_consumer_lag ") }
      return line.flatMap { Int($0.split(separator: " ").last ?? "") } ?? -1
    }
  }

  /// Stops all nodes; their exit codes.
  func stop() -> [Int32] { nodes.map { $0.stop() } }

  private struct Fault {
    /// The percentage of commands that have been read by then.
    let at: Int
    let happens: () async throws -> Void
  }

  private var faults: [Fault] {
    [
      Fault(at: 10) { [nodes] in
        nodes[0].kill()
        try nodes[0].start()
      },
      Fault(at: 25) { [stack] in
        stack.broker.kill()
        try await stack.broker.start()
      },
      Fault(at: 40) { [nodes] in nodes[1].kill() },
      Fault(at: 50) { [postgres] in
        postgres.kill()
        try postgres.start()
      },
      Fault(at: 60) { [nodes] in
        try nodes[1].start()
        nodes[2].kill()
        try nodes[2].start()
      },
      Fault(at: 75) { [nodes, stack] in
        stack.broker.kill()
        nodes[0].kill()
        try await stack.broker.start()
        try nodes[0].start()
      },
    ]
  }

  /// Lets the fourth node join the group, or leave it.
  private func visit() throws {
    if isVisiting { _ = visitor.stop() } else { try visitor.start() }
    isVisiting.toggle()
  }
}
