import Configuration

/// One place that settings come from.
struct SettingsLayer: Sendable {
  /// Knows settings by their names; nil if there is nothing to read.
  var provider: (any ConfigProvider)?
  /// What is in this place and should not be.
  var problems: [String] = []
  /// Where this place has a setting, in words.
  let origin: @Sendable (Setting) -> String

  /// Variables that say where settings are, and are none themselves.
  static let fileVariable = "TIMERD_CONFIG"
  static let secretsDirectoryVariable = "TIMERD_SECRETS_DIR"

  static func unknown(_ origin: String) -> String {
    "\(origin): there is no such setting; `timerd serve --help` lists them"
  }

  /// The flags of the command line, by the names of settings.
  static func flags(_ values: [String: String], unknown: [String]) -> SettingsLayer {
    SettingsLayer(
      provider: provider("flags", values) { Setting.secrets.contains($0) },
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
      provider: provider("environment", values) { Setting.secrets.contains($0) },
      problems: unknown.sorted().map { Self.unknown("variable \(SettingsText.name($0))") },
      origin: { "variable \($0.variable)" })
  }

  /// The variable of each setting.
  private static let settings = Setting.all.map { (variable: $0.variable, setting: $0.name) }

  /// What is in effect where no other place says anything.
  static let defaults = SettingsLayer(
    provider: InMemoryProvider(
      name: "defaults",
      values: Dictionary(
        uniqueKeysWithValues: Setting.all.map {
          (AbsoluteConfigKey([$0.name]), ConfigValue(.string($0.defaultValue), isSecret: false))
        })),
    origin: { _ in "default" })
}
