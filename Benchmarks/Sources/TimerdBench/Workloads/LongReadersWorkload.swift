import Foundation

/// A steady load while four connections run one long read after another.
struct LongReadersWorkload: Workload {
  let name = "long-readers"
  let isLong = true
  private static let connections = 4

  mutating func round(_ number: Int, _ bench: Bench) throws {
    try DisturbedRun(name: name, seconds: bench.seconds(minutes: 5)).measure(bench) {
      site, postgres, seconds in
      let script = bench.folder.appending(path: "read.sql")
      try Data(Self.read(seconds: min(10, seconds / 6)).utf8).write(to: script)
      return try ChildProcess(
        [
          "pgbench", "-n", "-c", "\(Self.connections)", "-j", "1", "-T", "\(Int(seconds))", "-f", script.path,
          postgres.address(of: site.database),
        ], log: bench.folder.appending(path: "readers.log"))
    }
  }

  /// Returns a read of the whole table by a snapshot that is so old. It waits, since it is the snapshot that the load has to bear and not
  /// the readers' CPU.
  private static func read(seconds: Double) -> String {
    """
    WITH held AS MATERIALIZED (SELECT pg_sleep(\(seconds))) \
    SELECT count(*), sum(octet_length(payload)) FROM timerd.timers, held;

    """
  }
}
