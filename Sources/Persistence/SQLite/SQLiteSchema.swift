import GRDB

/// The tables, version by version. A version that was released is never changed.
enum SQLiteSchema {
  static let migrations: [(name: String, sql: String)] = [
    (
      "1-timers",
      """
      CREATE TABLE meta (name TEXT PRIMARY KEY, value INTEGER NOT NULL) WITHOUT ROWID;
      CREATE TABLE timers (
        id INTEGER PRIMARY KEY,
        group_id TEXT NOT NULL,
        timer_id TEXT NOT NULL,
        shard INTEGER NOT NULL,
        phase INTEGER NOT NULL,
        due_at INTEGER NOT NULL,
        execute_at INTEGER NOT NULL,
        destination TEXT NOT NULL,
        payload BLOB,
        retry_policy TEXT,
        callback_timeout INTEGER,
        traceparent TEXT,
        tracestate TEXT,
        revision INTEGER NOT NULL,
        firing_high INTEGER NOT NULL,
        firing_low INTEGER NOT NULL,
        attempt INTEGER NOT NULL,
        claim_number INTEGER NOT NULL,
        claim_run INTEGER,
        claim_node TEXT,
        claim_deadline INTEGER,
        created_at INTEGER NOT NULL,
        updated_at INTEGER NOT NULL,
        first_attempt_at INTEGER,
        executed_at INTEGER,
        attempts TEXT
      );
      CREATE UNIQUE INDEX timers_key ON timers (group_id, timer_id);
      CREATE INDEX timers_due ON timers (shard, due_at, group_id, timer_id) WHERE phase = 0;
      CREATE INDEX timers_ended ON timers (updated_at) WHERE phase > 0;
      -- Not used any more: only stores that several nodes share have leases.
      CREATE TABLE leases (shard INTEGER PRIMARY KEY, node TEXT NOT NULL, deadline INTEGER NOT NULL);
      """
    ),
    // AUTOINCREMENT: the position of a message that is gone is never given to another.
    (
      "2-outbox",
      """
      CREATE TABLE command_offsets (
        consumer_group TEXT NOT NULL, topic TEXT NOT NULL, partition INTEGER NOT NULL, next_offset INTEGER NOT NULL,
        PRIMARY KEY (consumer_group, topic, partition)
      ) WITHOUT ROWID;
      CREATE TABLE outbox (
        position INTEGER PRIMARY KEY AUTOINCREMENT,
        created_at INTEGER NOT NULL,
        id_high INTEGER NOT NULL,
        id_low INTEGER NOT NULL,
        shard INTEGER NOT NULL,
        topic TEXT NOT NULL,
        key BLOB,
        headers TEXT NOT NULL,
        value BLOB
      );
      """
    ),
    // Nothing but the name: the version before is to refuse a file in which a destination may be a bare URL.
    ("3-bare-urls", ""),
    // No change of the tables: `attempts` may begin with the record that created the timer, which versions before this step cannot
    // read. They refuse the file instead.
    ("4-creators", ""),
    // `mark` tells a partition's log apart from another one. A store that has been in use may have purged timers already.
    (
      "5-log-marks",
      """
      ALTER TABLE command_offsets ADD COLUMN mark TEXT;
      INSERT INTO meta SELECT 'purgedBefore', CAST(strftime('%s', 'now') AS INTEGER) * 1000
      WHERE EXISTS (SELECT 1 FROM timers) OR EXISTS (SELECT 1 FROM command_offsets);
      """
    ),
    // What was asked for, where it differs from what holds: the time before a receiver named another, and which parts of the definition
    // were left to the service.
    (
      "6-asked",
      "ALTER TABLE timers ADD COLUMN asked_at INTEGER; ALTER TABLE timers ADD COLUMN gaps INTEGER;"
    ),
    ("7-tags", tags), ("8-search", search),
  ]

  /// Timers are found by their tags in a table of its own, which triggers keep: whatever changes or deletes a timer, its tags follow. What
  /// is not JSON, which somebody else wrote, holds up no purge. A timer without tags has NULL, and nothing in that table.
  private static let tags = """
    ALTER TABLE timers ADD COLUMN tags TEXT;
    CREATE TABLE tags (
      tag TEXT NOT NULL, group_id TEXT NOT NULL, timer_id TEXT NOT NULL, PRIMARY KEY (tag, group_id, timer_id)
    ) WITHOUT ROWID;
    CREATE TRIGGER timers_tagged AFTER INSERT ON timers WHEN NEW.tags IS NOT NULL BEGIN
      INSERT INTO tags SELECT key || ':' || value, NEW.group_id, NEW.timer_id FROM json_each(NEW.tags);
    END;
    CREATE TRIGGER timers_retagged AFTER UPDATE OF tags ON timers WHEN OLD.tags IS NOT NEW.tags BEGIN
      DELETE FROM tags WHERE tag IN (SELECT key || ':' || value FROM json_each(CASE WHEN json_valid(OLD.tags) THEN OLD.tags ELSE '{}' END))
        AND group_id = OLD.group_id AND timer_id = OLD.timer_id;
      INSERT INTO tags SELECT key || ':' || value, NEW.group_id, NEW.timer_id FROM json_each(NEW.tags);
    END;
    CREATE TRIGGER timers_untagged AFTER DELETE ON timers WHEN OLD.tags IS NOT NULL BEGIN
      DELETE FROM tags WHERE tag IN (SELECT key || ':' || value FROM json_each(CASE WHEN json_valid(OLD.tags) THEN OLD.tags ELSE '{}' END))
        AND group_id = OLD.group_id AND timer_id = OLD.timer_id;
    END;
    """

  /// Lists of ended timers, and counts of them. A scheduled timer is in neither index; the second one has dead letters only. The condition
  /// of the first one cannot be taken for a range of its second column.
  private static let search = """
    CREATE INDEX timers_over ON timers (group_id, phase, updated_at) WHERE phase <> 0;
    CREATE INDEX timers_dead ON timers (updated_at) WHERE phase = 2;
    """

  static var migrator: DatabaseMigrator {
    var migrator = DatabaseMigrator()
    for migration in migrations {
      migrator.registerMigration(migration.name) { try $0.execute(sql: migration.sql) }
    }
    return migrator
  }
}
