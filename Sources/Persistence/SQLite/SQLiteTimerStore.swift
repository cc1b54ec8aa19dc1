import FoundationEssentials
import GRDB
package import Logging
import Persistence
package import TimerModel

/// The embedded store: one SQLite file, used by one process.
///
/// Its wall clock is the machine's; its lease clock is the monotonic one, since claims of an
/// earlier process are void in any case. GRDB runs every access on its own queues.
package final class SQLiteTimerStore: CommandLogStore, TimerOutbox {
  /// The number of shards that the store was created with.
  package let shardCount: Int
  let pool: DatabasePool
  /// Counts the openings of the file: claims of earlier ones are void.
  let run: Int64
  let logger: Logger
  private let clock: any NodeClock
  private let lock: FileLock

  private init(
    pool: DatabasePool, lock: FileLock, shardCount: Int, run: Int64, clock: any NodeClock, logger: Logger
  ) {
    self.logger = logger
    self.pool = pool
    self.lock = lock
    self.shardCount = shardCount
    self.run = run
    self.clock = clock
  }

  /// Opens the file, creates or migrates it, and voids what an earlier process has claimed.
  ///
  /// - Throws: `StoreError`: `inUse` if another process has it open, `incompatible` if it is newer than this
  ///   version, no database, or was created with another number of shards.
  package static func open(
    path: String, shardCount: Int = Shard.defaultCount, clock: any NodeClock, logger: Logger = silent
  ) async throws -> SQLiteTimerStore {
    try await open(path: path, shardCount: shardCount, clock: clock, logger: logger) { _ in }
  }

  /// Writes nothing.
  package static let silent = Logger(label: "timerd") { _ in SwiftLogNoOpLogHandler() }

  /// The same; `watch` gets each new connection, so that a test sees what is run on it.
  static func open(
    path: String, shardCount: Int = Shard.defaultCount, clock: any NodeClock, logger: Logger = silent,
    watch: @escaping @Sendable (Database) -> Void
  ) async throws -> SQLiteTimerStore {
    try await translatingErrors {
      let (pool, lock) = try connect(path, watch)
      try refuseNewer(pool)
      try SQLiteSchema.migrator.migrate(pool)
      let run = try await pool.write { db in
        try checkShardCount(shardCount, db)
        return try nextRun(db)
      }
      return SQLiteTimerStore(
        pool: pool, lock: lock, shardCount: shardCount, run: run, clock: clock, logger: logger)
    }
  }

  /// Brings the file to this version's schema.
  ///
  /// - Returns: the names of the migrations that were made, in order.
  package static func migrate(path: String, shardCount: Int = Shard.defaultCount) async throws -> [String] {
    try await translatingErrors {
      let (pool, lock) = try connect(path)
      defer { withExtendedLifetime(lock) {} }
      try refuseNewer(pool)
      let before = try await pool.read { try SQLiteSchema.migrator.appliedMigrations($0) }
      try SQLiteSchema.migrator.migrate(pool)
      try await pool.write { try checkShardCount(shardCount, $0) }
      try pool.close()
      return SQLiteSchema.migrations.map(\.name).filter { !before.contains($0) }
    }
  }

  /// Closes the file; nothing may run on it.
  package func close() throws {
    try Self.translating { try pool.close() }
    lock.release()
  }

  /// Refuses to write into a file that has been replaced or removed since it was opened: nobody would find there what is
  /// acknowledged now.
  func checkFile() throws {
    guard !lock.file.isInPlace else { return }
    throw StoreError(
      code: .unavailable,
      message: "\(lock.file.path) was replaced or removed while in use: put it back, or restart timerd",
      isRetriable: false)
  }

  /// Returns the node's clocks; leases follow the monotonic one.
  package func time() async throws -> StoreTime { now }

  var now: StoreTime {
    let moment = clock.now()
    return StoreTime(
      wall: moment.store, lease: Timestamp(milliseconds: moment.monotonic.microseconds / 1000))
  }

  /// After how many pages of 4 KiB the journal is written back. Timers of all shards touch the same pages again and again: the later
  /// it is done, the fewer times each is written, and the longer a start after a crash reads.
  private static let checkpointPages = 4000

  private static func connect(
    _ path: String, _ watch: @escaping @Sendable (Database) -> Void = { _ in }
  ) throws -> (DatabasePool, FileLock) {
    let folder = URL(filePath: path).deletingLastPathComponent().path
    if !folder.isEmpty { try create(folder) }
    let lock = try FileLock(ofDatabaseAt: path)
    // By the path without links: the file is the one that is locked, and every timerd finds the same journal.
    let path = lock.file.path
    var configuration = Configuration()
    configuration.maximumReaderCount = 2
    configuration.label = "timerd-sqlite"
    configuration.prepareDatabase { db in
      try db.execute(
        sql: """
          PRAGMA cache_size = -\(db.configuration.readonly ? 2000 : 16000);
          PRAGMA mmap_size = 0;
          PRAGMA journal_size_limit = 67108864;
          PRAGMA wal_autocheckpoint = \(Self.checkpointPages);
          """)
      watch(db)
    }
    let pool = try DatabasePool(path: path, configuration: configuration)
    // GRDB sets NORMAL when it turns a database to WAL, which would lose what was acknowledged before a power cut.
    try pool.writeWithoutTransaction { try $0.execute(sql: "PRAGMA synchronous = FULL") }
    guard lock.file.isInPlace else {
      throw DatabaseFile.refusal("\(path) was replaced while it was opened: start again")
    }
    return (pool, lock)
  }

  private static func create(_ folder: String) throws {
    guard !FileManager.default.fileExists(atPath: folder) else { return }
    do {
      try FileManager.default.createDirectory(
        atPath: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
    } catch {
      throw StoreError(
        code: .unavailable, message: "cannot make the folder \(folder)", isRetriable: false, cause: error)
    }
  }

  private static func refuseNewer(_ pool: DatabasePool) throws {
    let isNewer = try pool.read { try SQLiteSchema.migrator.hasBeenSuperseded($0) }
    guard isNewer else { return }
    throw StoreError(
      code: .incompatible, message: "the file was written by a newer version of timerd", isRetriable: false)
  }

  private static func checkShardCount(_ wanted: Int, _ db: Database) throws {
    try db.execute(
      sql: "INSERT INTO meta VALUES ('shardCount', ?) ON CONFLICT DO NOTHING", arguments: [wanted])
    let stored = try Int.fetchOne(db, sql: "SELECT value FROM meta WHERE name = 'shardCount'") ?? wanted
    guard stored != wanted else { return }
    throw StoreError(
      code: .incompatible,
      message: "the store was created with \(stored) shards and cannot be used with \(wanted)",
      isRetriable: false)
  }

  private static func nextRun(_ db: Database) throws -> Int64 {
    let sql = """
      INSERT INTO meta VALUES ('run', 1) ON CONFLICT DO UPDATE SET value = value + 1 RETURNING value
      """
    return try Int64.fetchOne(db, sql: sql) ?? 1
  }
}
