import Foundation

/// Measures the cost of keeping timers that are not due: on disk, in Redis, in memory, idle, and at the
/// start.
struct WaitingWorkload: Workload {
  let pending: Int
  var name: String { "waiting \(pending)" }
  private static let nearTerm = 100_000

  mutating func round(_ number: Int, _ bench: Bench) throws {
    let store = try PendingTimers.store(pending, bench)
    // The sizes are those of a store to which only these timers were written.
    if number == 0 { try reportSizes(of: store, bench) }
    // Due in the half of the near-term window that is always filled, but not while this runs.
    let near = min(Self.nearTerm, pending / 10)
    try store.remove(group: "near")
    try store.insert(from: 0, to: near, dueAt: "90000 + i % 50000", group: "near")
    let site = try bench.site(on: store.site)
    defer {
      site.timerd.stop()
      // They would be due while something else is measured.
      _ = try? store.remove(group: "near")
    }
    bench.report.add("\(name): start to readiness", site.timerd.secondsToReadiness, "s", isCost: true)
    let start = Date()
    try Waiting.until("the near-term index is filled", within: 60, every: 100_000) {
      // The index stops within a page of its limit.
      try site.indexedTimers() >= near * 98 / 100
    }
    bench.report.add(
      "\(name): start to \(near) near-term timers in the index", Date().timeIntervalSince(start), "s",
      isCost: true)
    sleep(3)
    if let bytes = try site.indexBytes() {
      bench.report.add(
        "\(name): Redis per near-term timer", Double(bytes) / Double(try site.indexedTimers()), "bytes",
        isCost: true)
    }
    try reportIdle(site, bench)
    bench.report.add(
      "\(name): resident memory", Double(site.timerd.residentBytes()) / 1e6, "MB", isCost: true)
  }

  private func reportSizes(of store: any FilledStore, _ bench: Bench) throws {
    for (place, part) in try store.sizes().enumerated() {
      bench.report.add(
        "\(name): \(place == 0 ? "" : "of it ")\(part.name) per timer", part.bytes / Double(pending), "bytes",
        isCost: true)
    }
  }

  private func reportIdle(_ site: Site, _ bench: Bench) throws {
    let before = site.cpuSeconds()
    let idleSeconds: UInt32 = bench.options.isQuick ? 5 : 20
    sleep(idleSeconds)
    for (process, seconds) in site.cpuSeconds().sorted(by: { $0.key < $1.key }) {
      bench.report.add(
        "\(name): idle CPU of \(process)", (seconds - (before[process] ?? 0)) / Double(idleSeconds) * 100,
        "% of a core", isCost: true)
    }
  }
}
