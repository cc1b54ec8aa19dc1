// Leases of shards and lives of nodes. Rows are locked in the order of shards.
extension PostgresStatement {
  /// Parameters: shards, node, duration, time. Rows: the shards that the node holds now.
  static let acquire = PostgresStatement(
    name: "acquire",
    sql: """
      WITH \(clock("$4"))
      INSERT INTO leases SELECT s.shard, $2::bytea, clock.ms + $3::bigint
      FROM unnest($1::smallint[]) AS s(shard), clock
      ON CONFLICT (shard) DO UPDATE SET node = excluded.node, deadline = excluded.deadline
      WHERE leases.node = excluded.node OR leases.deadline <= excluded.deadline - $3::bigint RETURNING shard
      """)

  /// Parameters: node, duration, time. Rows: the shards that the node still holds.
  static let renew = PostgresStatement(
    name: "renew",
    sql: """
      WITH \(clock("$3")), held AS MATERIALIZED (
        SELECT l.shard, clock.ms FROM leases l, clock WHERE l.node = $1::bytea AND l.deadline > clock.ms
        ORDER BY l.shard FOR UPDATE OF l)
      UPDATE leases l SET deadline = held.ms + $2::bigint FROM held WHERE l.shard = ANY (ARRAY[held.shard]) RETURNING l.shard
      """)

  /// Parameters: shards, node. No rows; leases of other nodes are left alone.
  static let release = PostgresStatement(
    name: "release",
    sql: """
      DELETE FROM leases WHERE shard = ANY (ARRAY(
        SELECT shard FROM leases WHERE shard = ANY ($1::smallint[]) AND node = $2::bytea ORDER BY shard FOR UPDATE))
      """)

  /// Parameters: time. Rows: shard, node, deadline.
  static let leases = PostgresStatement(
    name: "leases",
    sql:
      "WITH \(clock("$1")) SELECT shard, node, deadline FROM leases, clock WHERE deadline > ms ORDER BY shard"
  )

  /// Parameters: name, start, version, clock offset, duration, time, whether it is stopping (not zero).
  static let heartbeat = PostgresStatement(
    name: "heartbeat",
    sql: """
      WITH \(clock("$6"))
      INSERT INTO nodes (name, started_at, version, clock_offset, seen_at, deadline, draining)
      SELECT $1::bytea, $2::bigint, $3::bytea, $4::bigint, ms, ms + $5::bigint, $7::bigint <> 0 FROM clock
      ON CONFLICT (name) DO UPDATE SET started_at = excluded.started_at, version = excluded.version,
        clock_offset = excluded.clock_offset, seen_at = excluded.seen_at, deadline = excluded.deadline,
        draining = excluded.draining
      WHERE NOT nodes.retired
      """)

  /// Parameters: how long to remember nodes that are gone, time.
  static let forget = PostgresStatement(
    name: "forget",
    sql: """
      WITH \(clock("$2")) DELETE FROM nodes WHERE name = ANY (ARRAY(
        SELECT name FROM nodes, clock WHERE deadline + $1::bigint <= ms ORDER BY name FOR UPDATE OF nodes SKIP LOCKED))
      """)

  /// Parameters: time. Rows: name, start, version, clock offset, when seen, whether it is stopping (not zero).
  static let nodes = PostgresStatement(
    name: "nodes",
    sql: """
      WITH \(clock("$1"))
      SELECT name, started_at, version, clock_offset, seen_at, draining::int::bigint FROM nodes, clock
      WHERE deadline > ms AND NOT retired ORDER BY name
      """)

  /// Parameters: name, time. No rows; a node that has retired before is left alone.
  static let retire = PostgresStatement(
    name: "retire",
    sql: """
      WITH \(clock("$2")) INSERT INTO nodes (name, deadline, retired) SELECT $1::bytea, ms, true FROM clock
      ON CONFLICT (name) DO UPDATE SET retired = true, deadline = excluded.deadline WHERE NOT nodes.retired
      """)

  /// Parameters: node. No rows.
  static let releaseAll = PostgresStatement(
    name: "release-all",
    sql: """
      DELETE FROM leases WHERE shard = ANY (ARRAY(
        SELECT shard FROM leases WHERE node = $1::bytea ORDER BY shard FOR UPDATE))
      """)
}
