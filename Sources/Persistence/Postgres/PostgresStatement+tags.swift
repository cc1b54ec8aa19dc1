// The table in which timers are found by their tags; written only for timers that have some.
extension PostgresStatement {
  /// Parameters: tags, keys (groups, ids), firings. Timers that have another firing by now are passed over: somebody else wrote them.
  static let tag = PostgresStatement(
    name: "tag",
    sql: """
      INSERT INTO tags (tag, group_id, timer_id)
      SELECT w.tag, w.group_id, w.timer_id
      FROM unnest($1::bytea[], $2::bytea[], $3::bytea[], $4::uuid[]) WITH ORDINALITY
          AS w(tag, group_id, timer_id, firing_id, n)
        JOIN timers t ON \(hasKey) AND t.firing_id = w.firing_id
      ORDER BY w.n ON CONFLICT DO NOTHING
      """)

  /// Parameters: keys (groups, ids).
  static let untag = PostgresStatement(
    name: "untag",
    sql: """
      DELETE FROM tags t USING unnest($1::bytea[], $2::bytea[]) AS w(group_id, timer_id)
      WHERE \(hasKeyOfTag)
      """)

  /// True if the tag `t` is one of the timer `w`, by the second index of tags. Lists compare the bare columns, so that this index is of no
  /// use for them: PostgreSQL would read all tags of a group, or of all groups, by it.
  static let hasKeyOfTag = """
    (t.group_id || ''::bytea) = ANY (ARRAY[w.group_id]) AND (t.timer_id || ''::bytea) = w.timer_id
    """
}
