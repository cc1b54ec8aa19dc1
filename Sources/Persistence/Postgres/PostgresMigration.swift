/// One step of the schema. A step that was released is never changed.
///
/// While hosts are updated one by one, the version before works on the schema of the version after: a step adds,
/// and what the version before needs goes a release later. A step that cannot keep this says so by `compatibleFrom`,
/// and is made only once the nodes of the version before have stopped.
struct PostgresMigration: Sendable {
  let version: Int
  let name: String
  /// The oldest version of the schema whose programs can work with this one.
  let compatibleFrom: Int
  let sql: String

  static let all = [
    PostgresMigration(version: 1, name: "1-timers", compatibleFrom: 1, sql: timers),
    PostgresMigration(version: 2, name: "2-outbox", compatibleFrom: 1, sql: outbox),
    PostgresMigration(version: 3, name: "3-compact", compatibleFrom: 3, sql: compact),
    PostgresMigration(version: 4, name: "4-creators", compatibleFrom: 3, sql: creators),
    PostgresMigration(version: 5, name: "5-log-marks", compatibleFrom: 3, sql: logMarks),
    PostgresMigration(version: 6, name: "6-asked", compatibleFrom: 3, sql: asked),
    PostgresMigration(version: 7, name: "7-vacuum", compatibleFrom: 3, sql: vacuum),
    PostgresMigration(version: 8, name: "8-tags", compatibleFrom: 3, sql: tags),
    PostgresMigration(version: 9, name: "9-search", compatibleFrom: 3, sql: search),
  ]

  /// The schema version that this program was written for.
  static var current: Int { all.map(\.version).max() ?? 0 }

  /// Wide columns first: no padding. The columns of the claim are in no index, so that a claim is a HOT update wherever its
  /// page has room; the fill factor leaves some, and pruning makes more.
  private static let timers = """
    CREATE TABLE meta (name text PRIMARY KEY, value bigint NOT NULL);
    CREATE TABLE timers (
      due_at bigint NOT NULL, execute_at bigint NOT NULL, created_at bigint NOT NULL, updated_at bigint NOT NULL,
      claim_number bigint NOT NULL DEFAULT 0,
      firing_id uuid NOT NULL,
      claim_deadline bigint, first_attempt_at bigint, executed_at bigint,
      revision int NOT NULL DEFAULT 1, attempt int NOT NULL DEFAULT 0, callback_timeout int,
      shard smallint NOT NULL, phase smallint NOT NULL DEFAULT 0,
      group_id bytea NOT NULL, timer_id bytea NOT NULL, destination bytea NOT NULL, payload bytea,
      retry_policy bytea, traceparent bytea, tracestate bytea, claim_node bytea, attempts bytea[],
      PRIMARY KEY (group_id, timer_id)
    ) WITH (fillfactor = 85, autovacuum_vacuum_scale_factor = 0.05);
    CREATE INDEX timers_due ON timers (shard, due_at) WHERE phase = 0;
    CREATE INDEX timers_ended ON timers (updated_at) WHERE phase > 0;
    CREATE TABLE leases (shard smallint PRIMARY KEY, node bytea NOT NULL, deadline bigint NOT NULL);
    CREATE TABLE nodes (
      name bytea PRIMARY KEY, started_at bigint, version bytea, clock_offset bigint, seen_at bigint,
      deadline bigint NOT NULL, retired boolean NOT NULL DEFAULT false, draining boolean NOT NULL DEFAULT false
    );
    """

  /// An offset is written with every batch: the fill factor keeps that HOT. The outbox is a queue whose dead rows are all at its
  /// beginning, where each page of it is read: they are cleared away early.
  private static let outbox = """
    CREATE TABLE command_offsets (
      next_offset bigint NOT NULL, partition int NOT NULL, consumer_group bytea NOT NULL, topic bytea NOT NULL,
      PRIMARY KEY (consumer_group, topic, partition)
    ) WITH (fillfactor = 50);
    CREATE TABLE outbox (
      position bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, created_at bigint NOT NULL, id uuid NOT NULL,
      shard smallint NOT NULL, topic bytea NOT NULL, key bytea, headers bytea NOT NULL, value bytea
    ) WITH (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 5000,
      autovacuum_vacuum_insert_threshold = -1);
    """

  /// Columns that still have their creation value are NULL and cost a waiting timer nothing;
  /// `PostgresTimerRow` fills them in. Existing rows stay as they are.
  private static let compact = """
    ALTER TABLE timers
      ALTER execute_at DROP NOT NULL, ALTER updated_at DROP NOT NULL,
      ALTER claim_number DROP NOT NULL, ALTER claim_number DROP DEFAULT,
      ALTER revision DROP NOT NULL, ALTER revision DROP DEFAULT,
      ALTER attempt DROP NOT NULL, ALTER attempt DROP DEFAULT,
      SET (fillfactor = 90);
    """

  /// The record that a timer was created by; NULL, which takes no room, if it was a request.
  private static let creators = "ALTER TABLE timers ADD COLUMN creator bytea;"

  /// Tells a partition's log apart from another one. `purges` has the latest time by which timers were purged; a store that
  /// has been in use may have purged some already.
  private static let logMarks = """
    ALTER TABLE command_offsets ADD COLUMN mark bytea;
    CREATE TABLE purges (only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row), before bigint NOT NULL);
    INSERT INTO purges (before) SELECT (extract(epoch FROM clock_timestamp()) * 1000)::bigint
    WHERE EXISTS (SELECT 1 FROM timers) OR EXISTS (SELECT 1 FROM command_offsets);
    """

  /// Keeps what was asked for, where it differs from what holds: the time before a receiver named another, and which parts of the definition
  /// were left to the service. Elsewhere both are NULL, for which the row's bitmap of NULLs has room.
  private static let asked = "ALTER TABLE timers ADD COLUMN asked_at bigint, ADD COLUMN gaps smallint;"

  /// The dead entries of ended timers are at the beginning of each shard in the due index, where due timers are looked for. They are
  /// cleared away once a hundredth of the rows is dead, and without pauses, so that vacuum keeps up with a busy node.
  private static let vacuum = """
    ALTER TABLE timers SET (autovacuum_vacuum_scale_factor = 0.01, autovacuum_vacuum_cost_delay = 0);
    ALTER TABLE outbox SET (autovacuum_vacuum_cost_delay = 0);
    """

  /// Timers are found by their tags in a table of its own. It is a hint: a node of the version before leaves entries behind when it
  /// purges, so that readers look at the timer as well. A timer without tags has NULL, and nothing in that table. No reader can take the
  /// second index for the first.
  private static let tags = """
    ALTER TABLE timers ADD COLUMN tags bytea;
    CREATE TABLE tags (
      tag bytea NOT NULL, group_id bytea NOT NULL, timer_id bytea NOT NULL, PRIMARY KEY (tag, group_id, timer_id)
    );
    CREATE INDEX tags_timer ON tags ((group_id || ''::bytea), (timer_id || ''::bytea));
    """

  /// Lists of ended timers, and counts of them. A waiting timer is in neither index; the second one has dead letters only. The conditions
  /// are written in this way so that no statement can take one of these indexes for the other, or for the one that purges read.
  private static let search = """
    CREATE INDEX timers_over ON timers (group_id, phase, updated_at) WHERE phase + 0 > 0;
    CREATE INDEX timers_dead ON timers (updated_at, group_id, timer_id) WHERE phase - 2 = 0;
    """
}
