import Configuration

extension SettingsLayer {
  /// The keys of a YAML or JSON file.
  static func file(_ path: String) -> SettingsLayer {
    var layer = SettingsLayer(origin: { "key \($0.fileKey) in \(path)" })
    do {
      guard let keys = try SettingsFileKeys(path: path) else { return layer }
      layer.problems = keys.problems
      layer.provider = provider("file", keys.values) { Setting.secrets.contains($0) }
    } catch {
      layer.problems = ["settings file \"\(path)\": \(error)"]
    }
    return layer
  }

  /// A provider of texts by the settings' names.
  static func provider(
    _ name: String, _ values: [String: String], isSecret: (String) -> Bool
  ) -> any ConfigProvider {
    let known = values.map { name, text in
      (AbsoluteConfigKey([name]), ConfigValue(.string(text), isSecret: isSecret(name)))
    }
    return InMemoryProvider(name: name, values: Dictionary(uniqueKeysWithValues: known))
  }
}
