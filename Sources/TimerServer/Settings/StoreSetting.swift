import PersistencePostgres
import SchedulerRedis

/// The store to use, and its settings.
enum StoreSetting: Sendable {
  case sqlite(path: String)
  case postgres(PostgresConfiguration)

  /// True if several nodes may share it.
  var isShared: Bool {
    switch self {
    case .sqlite: false
    case .postgres: true
    }
  }
}

/// The near-term index to use, and its settings.
enum IndexSetting: Sendable {
  case memory
  case redis(RedisConfiguration)
}
