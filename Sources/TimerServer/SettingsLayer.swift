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
    let known = values.map { name, text in
      (AbsoluteConfigKey([name]), ConfigValue(.string(text), isSecret: Setting.secrets.contains(name)))
    }
    return SettingsLayer(
      provider: InMemoryProvider(name: "flags", values: Dictionary(uniqueKeysWithValues: known)),
      problems: unknown.map { Self.unknown("flag \($0)") },
      origin: { "flag \($0.flag)" })
  }

  /// The variables that begin with `TIMERD_`.
  static func environment(_ variables: [String: String]) -> SettingsLayer {
    let known = Set(Setting.all.map(\.variable)).union([fileVariable, secretsDirectoryVariable])
    let unknown = variables.keys.filter { $0.hasPrefix("TIMERD_") && !known.contains($0) }
    let secrets = Set(Setting.all.filter(\.isSecret).map(\.variable))
    let provider = EnvironmentVariablesProvider(
      environmentVariables: variables, secretsSpecifier: .specific(secrets))
    return SettingsLayer(
      provider: provider.prefixKeys(with: ["timerd"]),
      problems: unknown.sorted().map { Self.unknown("variable \($0)") },
      origin: { "variable \($0.variable)" })
  }

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
