// Offsets of command partitions. The row of a partition is locked before any timer's, so that batches of one partition wait
// for each other, and those of several never in a circle.
extension PostgresStatement {
  /// Parameters: group, topic, partition, offset, mark. No row if there is an offset on record.
  static let firstOffset = PostgresStatement(
    name: "first_offset",
    sql: """
      INSERT INTO command_offsets (consumer_group, topic, partition, next_offset, mark)
      VALUES ($1::bytea, $2::bytea, $3::int, $4::bigint, $5::bytea) ON CONFLICT DO NOTHING RETURNING next_offset
      """)

  /// Parameters: group, topic, partition, offset, mark, expected offset. No row if another one is on record.
  static let nextOffset = PostgresStatement(
    name: "next_offset",
    sql: """
      UPDATE command_offsets SET next_offset = $4::bigint, mark = $5::bytea
      WHERE consumer_group = $1::bytea AND topic = $2::bytea AND partition = $3::int AND next_offset = $6::bigint
      RETURNING next_offset
      """)

  /// Parameters: topics, partitions. Rows: position from 1, group, offset, mark; the furthest of a partition first.
  static let positions = PostgresStatement(
    name: "positions",
    sql: """
      SELECT w.n, o.consumer_group, o.next_offset, o.mark
      FROM unnest($1::bytea[], $2::int[]) WITH ORDINALITY AS w(topic, partition, n)
        JOIN command_offsets o ON o.topic = w.topic AND o.partition = w.partition
      ORDER BY w.n, o.next_offset DESC, o.consumer_group DESC
      """)

  /// No parameters. Rows: the latest time by which timers have been purged, or none.
  static let purgedBefore = PostgresStatement(
    name: "purged_before", sql: "SELECT before FROM purges")
}
