#if Postgres
import PersistencePostgres
#endif
#if MySQL
import PersistenceMySQL
#endif
#if Redis
import SchedulerRedis
#endif

/// The store to use, and its settings.
enum StoreSetting: Sendable {
  case sqlite(path: String)
  #if Postgres
  case postgres(PostgresConfiguration)
  #endif
  #if MySQL
  case mysql(MySQLConfiguration)
  #endif

  /// True if several nodes may share it.
  var isShared: Bool {
    switch self {
    case .sqlite: false
    #if Postgres
    case .postgres: true
    #endif
    #if MySQL
    case .mysql: true
    #endif
    }
  }
}

/// The near-term index to use, and its settings.
enum IndexSetting: Sendable {
  case memory
  #if Redis
  case redis(RedisConfiguration)
  #endif
}
