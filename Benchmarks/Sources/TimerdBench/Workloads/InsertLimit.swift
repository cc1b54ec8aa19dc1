import Foundation

/// The rate at which PostgreSQL inserts single prepared rows over TCP, by pgbench.
enum InsertLimit {
  static func perSecond(_ bench: Bench, clients: Int = 64) throws -> Double {
    let postgres = try bench.postgres()
    try postgres.renew("insert_limit")
    try postgres.query(
      "CREATE TABLE inserts (id bigserial PRIMARY KEY, due_at bigint NOT NULL, payload bytea NOT NULL)",
      in: "insert_limit")
    let script = bench.folder.appending(path: "insert.sql")
    let payload = String(repeating: "x", count: 100)
    try Data(
      "\\set due random(1, 1000000000)\nINSERT INTO inserts (due_at, payload) VALUES (:due, '\(payload)');\n"
        .utf8
    ).write(to: script)
    let output = try ChildProcess.run([
      "pgbench", "-n", "-M", "prepared", "-c", "\(clients)", "-j", "2", "-T",
      bench.options.isQuick ? "2" : "5", "-f", script.path, postgres.address(of: "insert_limit"),
    ])
    guard let line = output.split(separator: "\n").first(where: { $0.hasPrefix("tps = ") }),
      let rate = Double(line.split(separator: " ")[2])
    else { throw BenchError("pgbench printed no rate") }
    return rate
  }
}
