import TimerModel

// The border: MySQL's numbers become StoreErrors here and nowhere else.
extension MySQLError {
  /// Returns true if nothing can be sent after an error: those of the client library, and the server's last words.
  static func isFatal(_ number: Int) -> Bool {
    (2000..<3000).contains(number) || lastWords.contains(number)
  }

  private static let lastWords: Set<Int> = [
    // Shutdown; aborted connection; a packet that does not arrive whole.
    1053, 1152, 1153, 1154, 1155, 1156, 1157, 1158, 1159, 1160, 1161, 1184,
    // Killed, by MariaDB and by MySQL; idle for too long.
    1927, 3169, 4031,
  ]

  /// True if the same transaction may succeed if it is tried again at once: a deadlock, a wait for a lock that took too long, or a
  /// row that somebody else has inserted since it was looked for.
  package var isConflict: Bool { number == 1213 || number == 1205 || isDuplicate }

  /// True if there is a row with the key of one that was to be inserted.
  var isDuplicate: Bool { number == 1062 }

  /// True if the server takes no writes: it has become a replica, or is set to be read-only.
  package var isReadOnlyServer: Bool { number == 1290 || number == 1836 || number == 1792 }

  /// True if the server does not know a variable, or does not let this user set it.
  var isRefusedSetting: Bool {
    switch number {
    case 1193, 1227, 1231, 1232, 1238: true
    default: false
    }
  }

  /// The error of a request that the server does not answer by its deadline.
  static let timeout = MySQLError("no answer in time", endsConnection: true)

  /// The error of a session that is not the one that was set up: a proxy has changed it.
  static let lostSettings = MySQLError(
    "the session lost its settings: a proxy before the server must not share sessions between clients",
    endsConnection: true)

  /// True if the next request needs a new connection: this one is lost, or leads to a server that takes no writes.
  var asksForAnotherConnection: Bool { endsConnection || isReadOnlyServer }

  /// The store's error; `outcome` is what is known of the request's effect.
  func storeError(outcome: StoreError.Outcome) -> StoreError {
    let (code, isRetriable) = classification
    let advice = isLackingPrivilege ? "; docs/databases.md lists what a user needs" : ""
    return StoreError(
      code: code, message: "MySQL: \(message)\(advice)", outcome: outcome, isRetriable: isRetriable,
      cause: self)
  }

  /// True if the user may not do what was asked for.
  var isLackingPrivilege: Bool {
    switch number {
    case 1044, 1142, 1143, 1227, 1370: true
    default: false
    }
  }

  private var classification: (StoreError.Code, isRetriable: Bool) {
    guard let number else { return (.unavailable, true) }
    switch number {
    // Unknown user, wrong password, an authentication that the client library cannot do.
    case 1045, 1130, 1251, 1698, 2049, 2054, 2059, 2061, 3118, 4151: return (.unavailable, false)
    case 1049, 1054, 1146, 1305: return (.incompatible, false)
    case _ where isConflict || endsConnection || isReadOnlyServer: return (.unavailable, true)
    // Too many connections, memory, disk, a full table.
    case 1021, 1037, 1038, 1040, 1041, 1114, 1203, 1226: return (.unavailable, true)
    // Interrupted, or given up after the time allowed.
    case 1317, 1969, 3024: return (.unavailable, true)
    default: return (.failed, false)
    }
  }
}
