import Persistence

/// One step of the schema. A step that was released is never changed.
///
/// While hosts are updated one by one, the version before works on the schema of the version after: a step adds, and what the version
/// before needs goes a release later. MySQL commits each change of a schema at once, so that a step may stop halfway: each of its
/// statements can be run again.
struct MySQLMigration: Sendable {
  let version: Int
  let name: String
  /// The oldest version of the schema whose programs can work with this one.
  let compatibleFrom: Int
  let statements: [String]

  static let all = [
    MySQLMigration(
      version: 1, name: "1-timers", compatibleFrom: 1,
      statements: [timers, leases, nodes, offsets, outbox, purges, tags])
  ]

  /// The schema version that this program was written for.
  static var current: Int { all.map(\.version).max() ?? 0 }

  /// The end of the definition of every table. Keys are bytes, and compared as such.
  static let options = "ENGINE = InnoDB DEFAULT CHARSET = binary"

  /// Columns that still have their creation value are NULL and cost a waiting timer nothing; `MySQLTimerRow` fills them in.
  ///
  /// MySQL has no partial indexes. A generated column stands in for the condition: it is NULL for a timer that the index is not to list.
  private static let timers = """
    CREATE TABLE IF NOT EXISTS timers (
      group_id VARBINARY(255) NOT NULL, timer_id VARBINARY(255) NOT NULL,
      shard SMALLINT NOT NULL, phase SMALLINT NOT NULL DEFAULT \(PhaseCode.scheduled),
      due_at BIGINT NOT NULL, created_at BIGINT NOT NULL, firing_id BINARY(16) NOT NULL,
      execute_at BIGINT, updated_at BIGINT, first_attempt_at BIGINT, executed_at BIGINT, asked_at BIGINT,
      revision BIGINT, attempt BIGINT, claim_number BIGINT, claim_deadline BIGINT,
      claim_token BIGINT, conflict_token BIGINT, callback_timeout INT, gaps SMALLINT,
      claim_node BLOB, creator BLOB, traceparent BLOB, tracestate BLOB, retry_policy BLOB, tags BLOB,
      destination MEDIUMBLOB NOT NULL, payload MEDIUMBLOB, attempts MEDIUMBLOB,
      due_key BIGINT GENERATED ALWAYS AS (CASE WHEN \(PhaseCode.scheduledCondition) THEN due_at END) VIRTUAL,
      ended_key BIGINT GENERATED ALWAYS AS (CASE WHEN \(PhaseCode.endedCondition) THEN updated_at END) VIRTUAL,
      PRIMARY KEY (group_id, timer_id),
      INDEX timers_due (shard, due_key, group_id, timer_id),
      INDEX timers_ended (ended_key)
    ) \(options) ROW_FORMAT = DYNAMIC
    """

  private static let leases = """
    CREATE TABLE IF NOT EXISTS leases (
      shard SMALLINT NOT NULL PRIMARY KEY, node VARBINARY(255) NOT NULL, deadline BIGINT NOT NULL
    ) \(options)
    """

  private static let nodes = """
    CREATE TABLE IF NOT EXISTS nodes (
      name VARBINARY(255) NOT NULL PRIMARY KEY, started_at BIGINT, version BLOB, clock_offset BIGINT, seen_at BIGINT,
      deadline BIGINT NOT NULL, retired SMALLINT NOT NULL DEFAULT 0, draining SMALLINT NOT NULL DEFAULT 0
    ) \(options)
    """

  private static let offsets = """
    CREATE TABLE IF NOT EXISTS command_offsets (
      consumer_group VARBINARY(255) NOT NULL, topic VARBINARY(255) NOT NULL, partition_number INT NOT NULL,
      next_offset BIGINT NOT NULL, mark BLOB, PRIMARY KEY (consumer_group, topic, partition_number)
    ) \(options)
    """

  private static let outbox = """
    CREATE TABLE IF NOT EXISTS outbox (
      position BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY, created_at BIGINT NOT NULL, id BINARY(16) NOT NULL,
      shard SMALLINT NOT NULL, topic VARBINARY(255) NOT NULL, record_key MEDIUMBLOB, headers MEDIUMBLOB NOT NULL,
      value MEDIUMBLOB
    ) \(options)
    """

  private static let purges = """
    CREATE TABLE IF NOT EXISTS purges (only_row SMALLINT NOT NULL PRIMARY KEY, before_at BIGINT NOT NULL) \(options)
    """

  /// The table in which timers can be found by their tags: `name:value`, whose longest has 64 + 1 + 4 * 256 bytes. Nothing reads it yet.
  /// It is written from the first version on, so that lists to come miss no timer of a node that does not know them.
  private static let tags = """
    CREATE TABLE IF NOT EXISTS tags (
      tag VARBINARY(1089) NOT NULL, group_id VARBINARY(255) NOT NULL, timer_id VARBINARY(255) NOT NULL,
      PRIMARY KEY (tag, group_id, timer_id),
      INDEX tags_timer (group_id, timer_id)
    ) \(options) ROW_FORMAT = DYNAMIC
    """
}
