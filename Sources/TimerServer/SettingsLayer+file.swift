import Configuration
import FoundationEssentials
import SystemPackage

extension SettingsLayer {
  /// The keys of a YAML or JSON file.
  static func file(_ path: String) async -> SettingsLayer {
    var layer = SettingsLayer(origin: { "key \($0.fileKey) in \(path)" })
    do {
      guard let keys = try SettingsFileKeys(path: path) else { return layer }
      layer.problems = keys.problems
      layer.provider = try await provider(path, unusable: keys.unusable)
    } catch {
      // What the library refuses as a whole has been named more precisely if any key was wrong.
      if layer.problems.isEmpty {
        layer.problems = ["settings file \"\(path)\": \(error as? FileProblem ?? FileProblem(error))"]
      }
    }
    return layer
  }

  private static func provider(_ path: String, unusable: Set<String>) async throws -> any ConfigProvider {
    let secrets = Set(Setting.all.filter(\.isSecret).map(\.fileKey))
    let fileKeys = Dictionary(uniqueKeysWithValues: Setting.all.map { ($0.name, $0.fileKey) })
    let key: @Sendable (AbsoluteConfigKey) -> AbsoluteConfigKey = { key in
      let fileKey = fileKeys[key.components.joined()] ?? ""
      return AbsoluteConfigKey([unusable.contains(fileKey) ? "" : fileKey])
    }
    if path.hasSuffix(".json") {
      let options = JSONSnapshot.ParsingOptions(secretsSpecifier: .specific(secrets))
      return try await FileProvider<JSONSnapshot>(parsingOptions: options, filePath: FilePath(path))
        .mapKeys(key)
    }
    let options = YAMLSnapshot.ParsingOptions(secretsSpecifier: .specific(secrets))
    return try await FileProvider<YAMLSnapshot>(parsingOptions: options, filePath: FilePath(path)).mapKeys(
      key)
  }
}
