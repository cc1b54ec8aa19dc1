// The table in which timers can be found by their tags; written only for timers that have some, or had.
extension MySQLStatement {
  /// Parameters: rows of tag, group, id. The timers are locked, and `untag` has left none of their tags.
  static let tag = MySQLStatement(name: "tag", sql: "INSERT INTO tags (tag, group_id, timer_id) VALUES ?")

  /// Parameters: keys. The form for several tables is the one that takes the name of an index.
  static let untag = MySQLStatement(
    name: "untag",
    sql: "DELETE t FROM tags t FORCE INDEX (tags_timer) WHERE (t.group_id, t.timer_id) IN ?")
}
