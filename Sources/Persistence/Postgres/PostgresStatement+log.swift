// Offsets of command partitions. The row of a partition is locked before any timer's, so that batches of one partition wait
// for each other, and those of several never in a circle.
extension PostgresStatement {
  /// Parameters: group, topic, partition, offset. No row if there is an offset on record.
  static let firstOffset = PostgresStatement(
    name: "first_offset",
    sql: """
      INSERT INTO command_offsets (consumer_group, topic, partition, next_offset)
      VALUES ($1::bytea, $2::bytea, $3::int, $4::bigint) ON CONFLICT DO NOTHING RETURNING next_offset
      """)

  /// Parameters: group, topic, partition, offset, expected offset. No row if another one is on record.
  static let nextOffset = PostgresStatement(
    name: "next_offset",
    sql: """
      UPDATE command_offsets SET next_offset = $4::bigint
      WHERE consumer_group = $1::bytea AND topic = $2::bytea AND partition = $3::int AND next_offset = $5::bigint
      RETURNING next_offset
      """)

  /// Parameters: groups, topics, partitions. Rows: position from 1, offset.
  static let offsets = PostgresStatement(
    name: "offsets",
    sql: """
      SELECT w.n, o.next_offset
      FROM unnest($1::bytea[], $2::bytea[], $3::int[]) WITH ORDINALITY AS w(consumer_group, topic, partition, n)
        JOIN command_offsets o ON o.consumer_group = w.consumer_group AND o.topic = w.topic
          AND o.partition = w.partition
      """)
}
