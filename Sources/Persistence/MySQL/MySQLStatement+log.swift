// Offsets of command partitions. The row of a partition is locked before any timer's, so that batches of one partition wait
// for each other, and those of several never in a circle.
extension MySQLStatement {
  /// Parameters: group, topic, partition. Rows: the offset on record, if there is one, locked.
  static let lockOffset = MySQLStatement(
    name: "lock_offset",
    sql: """
      SELECT next_offset FROM command_offsets WHERE consumer_group = ? AND topic = ? AND partition_number = ? FOR UPDATE
      """)

  /// Parameters: group, topic, partition, offset, mark. Fails if there is an offset on record.
  static let firstOffset = MySQLStatement(
    name: "first_offset",
    sql: """
      INSERT INTO command_offsets (consumer_group, topic, partition_number, next_offset, mark) VALUES (?, ?, ?, ?, ?)
      """)

  /// Parameters: offset, mark, group, topic, partition.
  static let nextOffset = MySQLStatement(
    name: "next_offset",
    sql: """
      UPDATE command_offsets SET next_offset = ?, mark = ?
      WHERE consumer_group = ? AND topic = ? AND partition_number = ?
      """)

  /// Parameters: topics with partitions. Rows: topic, partition, group, offset, mark; the furthest of a partition first.
  static let positions = MySQLStatement(
    name: "positions",
    sql: """
      SELECT topic, partition_number, consumer_group, next_offset, mark FROM command_offsets
      WHERE (topic, partition_number) IN ?
      ORDER BY topic, partition_number, next_offset DESC, consumer_group DESC
      """)
}
