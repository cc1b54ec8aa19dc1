extension SettingsLayer {
  /// The keys of a YAML or JSON file.
  static func file(_ path: String) -> SettingsLayer {
    var layer = SettingsLayer(origin: { "key \($0.fileKey) in \(path)" })
    do {
      guard let keys = try SettingsFileKeys(path: path) else { return layer }
      layer.problems = keys.problems
      layer.values = keys.values
    } catch {
      layer.problems = ["settings file \"\(path)\": \(error)"]
    }
    return layer
  }
}
