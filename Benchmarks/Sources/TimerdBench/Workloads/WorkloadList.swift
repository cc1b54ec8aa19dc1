/// The workloads by name, in the order in which they run.
struct WorkloadList {
  /// Those that run if none is named.
  static let usual = [
    "create", "create-latency", "batch-create", "backlog", "punctuality", "low-rate", "open-loop",
    "telemetry", "fired", "waiting", "growth", "nodes", "ingest", "outage",
  ]
  /// Those that run for minutes, and only if they are named.
  static let long = ["held-xmin", "long-readers", "backend-kill", "soak"]
  /// Names that stand for several.
  static let groups = ["kafka": ["ingest", "fired", "outage"], "long": long]
  static let all = usual + long
  /// Those that are about several nodes, or about what only PostgreSQL has.
  private static let onPostgres = Set(["nodes", "ingest", "outage"] + long)
  private static let lowRates = [10, 100, 1_000]

  let options: Bench.Options
  /// Due per second of the workload punctuality.
  let perSecond: [Int]

  /// Returns the workloads with these names; the usual ones if there is no name.
  func workloads(_ names: [String]) -> [any Workload] {
    let wanted = Set(names.isEmpty ? Self.usual : names.flatMap { Self.groups[$0] ?? [$0] })
    return Self.all.filter { name in
      wanted.contains(name) && (options.store == .postgres || !Self.onPostgres.contains(name))
    }.flatMap { workloads(named: $0) }
  }

  private func workloads(named name: String) -> [any Workload] {
    switch name {
    case "punctuality": perSecond.map { PunctualityWorkload(perSecond: $0) }
    case "low-rate": Self.lowRates.map { LowRateWorkload(perSecond: $0) }
    case "waiting": options.pending.filter { $0 >= 100_000 }.map { WaitingWorkload(pending: $0) }
    default: workload(named: name).map { [$0] } ?? []
    }
  }

  private func workload(named name: String) -> (any Workload)? {
    switch name {
    case "create": CreateWorkload()
    case "create-latency": CreateLatencyWorkload()
    case "batch-create": BatchCreateWorkload()
    case "backlog": BacklogWorkload()
    case "open-loop": OpenLoopWorkload()
    case "telemetry": TelemetryWorkload()
    case "fired": FiredWorkload()
    case "growth": GrowthWorkload()
    case "nodes": NodesWorkload()
    case "ingest": IngestWorkload()
    case "outage": OutageWorkload()
    default: longWorkload(named: name)
    }
  }

  private func longWorkload(named name: String) -> (any Workload)? {
    switch name {
    case "held-xmin": HeldXminWorkload()
    case "long-readers": LongReadersWorkload()
    case "backend-kill": BackendKillWorkload()
    case "soak": SoakWorkload()
    default: nil
    }
  }
}
