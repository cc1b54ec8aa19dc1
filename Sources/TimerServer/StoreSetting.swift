import PersistencePostgres
import SchedulerRedis

/// Which store is to be used, and how.
enum StoreSetting: Sendable {
  case sqlite(path: String)
  case postgres(PostgresConfiguration)

  /// Whether several nodes may share it.
  var isShared: Bool {
    switch self {
    case .sqlite: false
    case .postgres: true
    }
  }
}

/// Which near-term index is to be used, and how.
enum IndexSetting: Sendable {
  case memory
  case redis(RedisConfiguration)
}
