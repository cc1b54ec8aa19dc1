import ArgumentParser
import JSONBytes
import TimerModel
import TimerWire

struct Nodes: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Prints the nodes that share the store, with their shards and clocks.",
    discussion: """
      Examples:
        timerd nodes --store postgres://timerd@db.example.com/timerd
        timerd nodes --json

      A node's offset is the store's clock minus its own.

      \(Timerd.exitCodes)
      """)

  @Flag(help: "Print JSON.") var json = false
  @OptionGroup var options: SettingsOptions

  func run() async throws {
    let configuration = try await options.configuration()
    guard configuration.store.isShared else {
      Console.error("timerd: an embedded store has one node; this is for stores that several share")
      throw ExitCode.failure
    }
    do {
      let openedStore = try await OpenedStore.open(configuration.store, shardCount: configuration.shardCount)
      let nodes = try await openedStore.shared?.store.nodes() ?? []
      let leases = try await openedStore.shared?.store.leases() ?? []
      try await openedStore.close()
      print(json ? Self.json(nodes, leases) : Self.text(nodes, leases))
    } catch let error as StoreError {
      Console.error("timerd: \(error)")
      throw ExitCode.failure
    }
  }

  static func text(_ nodes: [LiveNode], _ leases: [ShardLease]) -> String {
    guard !nodes.isEmpty else { return "no node is running" }
    let rows =
      [["NODE", "SHARDS", "OFFSET", "STATE", "STARTED", "VERSION"]]
      + nodes.map { node in
        let record = node.record
        let offset = record.clockOffsetMicroseconds.map { "\(Double($0) / 1000)ms" } ?? "unknown"
        return [
          record.id.name, "\(leases.filter { $0.node == record.id }.count)", offset,
          record.isDraining ? "stopping" : "running", record.startedAt.rfc3339, record.version,
        ]
      }
    let widths = rows[0].indices.map { column in rows.map { $0[column].count }.max() ?? 0 }
    return rows.map { row in
      zip(row, widths).map { $0 + String(repeating: " ", count: $1 - $0.count) }.joined(separator: "  ")
    }.joined(separator: "\n")
  }

  static func json(_ nodes: [LiveNode], _ leases: [ShardLease]) -> String {
    var writer = JSONWriter()
    writer.array { writer in
      for node in nodes { write(node, leases.filter { $0.node == node.record.id }, to: &writer) }
    }
    return writer.text
  }

  private static func write(_ node: LiveNode, _ leases: [ShardLease], to writer: inout JSONWriter) {
    writer.object { writer in
      writer.member("node", node.record.id.name)
      writer.name("shards")
      writer.array { writer in for lease in leases { writer.integer(lease.shard) } }
      writer.member("clockOffsetMicroseconds", node.record.clockOffsetMicroseconds)
      writer.member("isStopping", node.record.isDraining)
      writer.member("startedAt", node.record.startedAt)
      writer.member("seenAt", node.seenAt)
      writer.member("version", node.record.version)
    }
  }
}
