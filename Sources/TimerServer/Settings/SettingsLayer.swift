import Configuration

/// One place that settings come from.
struct SettingsLayer: Sendable {
  /// The texts that it has, by the names of settings.
  var values: [String: String] = [:]
  /// The problems with the contents of this place.
  var problems: [String] = []
  /// True if all its values are secret, not only those of secret settings.
  var isSecret = false
  /// Describes the place of a setting.
  let origin: @Sendable (Setting) -> String

  /// Gives its values to a reader.
  var provider: any ConfigProvider {
    let known = values.map { name, text in
      (
        AbsoluteConfigKey([name]),
        ConfigValue(.string(text), isSecret: isSecret || Setting.secrets.contains(name))
      )
    }
    return InMemoryProvider(values: Dictionary(uniqueKeysWithValues: known))
  }

  /// Variables that say where settings are, and are none themselves.
  static let fileVariable = "TIMERD_CONFIG"
  static let secretsDirectoryVariable = "TIMERD_SECRETS_DIR"

  static func unknown(_ origin: String) -> String {
    "\(origin): unknown setting; `timerd serve --help` lists all settings\(AbsentAdapters.hint)"
  }

  /// The flags of the command line, by the names of settings.
  static func flags(_ values: [String: String], unknown: [String]) -> SettingsLayer {
    SettingsLayer(
      values: values,
      problems: unknown.map { Self.unknown("flag \(SettingsText.name($0))") },
      origin: { "flag \($0.flag)" })
  }

  /// The variables that begin with `TIMERD_`.
  ///
  /// Each is compared with each setting's name: one that is known is read, and one that is not is a problem, from the same look at it.
  static func environment(_ variables: [String: String]) -> SettingsLayer {
    var values: [String: String] = [:]
    var unknown: [String] = []
    for (name, text) in variables where name.hasPrefix("TIMERD_") {
      if let known = settings.first(where: { $0.variable == name }) {
        values[known.setting] = text
      } else if name != fileVariable, name != secretsDirectoryVariable {
        unknown.append(name)
      }
    }
    return SettingsLayer(
      values: values,
      problems: unknown.sorted().map { Self.unknown("variable \(SettingsText.name($0))") },
      origin: { "variable \($0.variable)" })
  }

  /// The variable of each setting.
  private static let settings = Setting.all.map { (variable: $0.variable, setting: $0.name) }
}
