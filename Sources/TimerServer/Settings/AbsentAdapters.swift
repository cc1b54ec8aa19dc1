/// The adapters with settings of their own that were left out of this build by its traits.
enum AbsentAdapters {
  static let names: [String] = {
    var names: [String] = []
    // The stores that nodes share have the same settings.
    #if !Postgres && !MySQL
    names.append("PostgreSQL")
    #endif
    #if !Redis
    names.append("Redis")
    #endif
    #if !Kafka
    names.append("Kafka")
    #endif
    return names
  }()

  /// The end of a message about a setting that this build does not know.
  static let hint = names.isEmpty ? "" : "; this build lacks \(names.joined(separator: ", "))"
}
