import Foundation

/// A steady load while a transaction with a snapshot stays open, so that PostgreSQL can remove no dead row.
struct HeldXminWorkload: Workload {
  let name = "held-xmin"
  let isLong = true

  mutating func round(_ number: Int, _ bench: Bench) throws {
    try DisturbedRun(name: name, seconds: bench.seconds(minutes: 30)).measure(bench) {
      site, postgres, seconds in
      try postgres.start(
        """
        BEGIN ISOLATION LEVEL REPEATABLE READ; SELECT count(*) FROM timerd.leases;
        SELECT pg_sleep(\(seconds)); COMMIT
        """, in: site.database, log: bench.folder.appending(path: "held.log"))
    }
  }
}
