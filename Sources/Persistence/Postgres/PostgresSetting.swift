import TimerModel

/// A parameter that each session sets for itself.
struct PostgresSetting: Sendable {
  let name: String
  let value: String
  /// True if the store cannot work on a server that does not take it.
  var isRequired = false

  var sql: String { "SET \(name) = \(value)" }

  /// Lists them. A server that is older, or only speaks PostgreSQL's protocol, may not know some; what is lost then is comfort, since
  /// every request has a deadline on this side as well.
  ///
  /// Only nested loops from the list of keys into an index, and pages in the order of an index: rows are locked in the order of the list,
  /// and no plan changes with the statistics.
  static func all(_ configuration: PostgresConfiguration) -> [PostgresSetting] {
    let timeout = "\(configuration.statementTimeout.millisecondsRoundedUp)"
    return [
      PostgresSetting(
        name: "search_path", value: PostgresName.quoted(configuration.schema), isRequired: true),
      PostgresSetting(name: "client_encoding", value: "'UTF8'", isRequired: true),
      PostgresSetting(name: "statement_timeout", value: timeout),
      PostgresSetting(name: "idle_in_transaction_session_timeout", value: timeout),
      PostgresSetting(name: "default_transaction_isolation", value: "'read committed'"),
      PostgresSetting(name: "client_connection_check_interval", value: "1000"),
      PostgresSetting(name: "plan_cache_mode", value: "force_generic_plan"),
      PostgresSetting(name: "jit", value: "off"), PostgresSetting(name: "enable_hashjoin", value: "off"),
      PostgresSetting(name: "enable_mergejoin", value: "off"),
      PostgresSetting(name: "enable_seqscan", value: "off"),
      PostgresSetting(name: "enable_bitmapscan", value: "off"),
    ]
  }

  /// SQLSTATEs of a server that does not know a parameter, does not have it here, or lets others set it only.
  static let refusals: Set<String> = ["42704", "42501", "0A000", "22023", "55P02"]
}

/// Names and texts as parts of a statement.
enum PostgresName {
  /// A name that may be anything, in quotes.
  static func quoted(_ name: String) -> String { "\"" + name.replacing("\"", with: "\"\"") + "\"" }

  /// A name as a person would write it: in quotes only where it needs them.
  static func plain(_ name: String) -> String {
    let isPlain = name.utf8.allSatisfy {
      (UInt8(ascii: "a")...UInt8(ascii: "z")).contains($0) || $0 == UInt8(ascii: "_")
        || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0)
    }
    let isNumber = name.utf8.first.map { $0 <= UInt8(ascii: "9") } ?? true
    return isPlain && !isNumber ? name : quoted(name)
  }

  /// A text that may be anything.
  static func literal(_ text: String) -> String {
    let quoted = "'" + text.replacing("'", with: "''") + "'"
    return text.contains("\\") ? "E" + quoted.replacing("\\", with: "\\\\") : quoted
  }
}
