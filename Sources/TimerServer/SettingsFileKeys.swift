import FoundationEssentials
import Yams

/// Which keys a settings file has: the library cannot list them, and reads a null as text or not at all.
struct SettingsFileKeys {
  private(set) var problems: [String] = []
  /// Keys that hold something other than one value.
  private(set) var unusable: Set<String> = []

  /// Reads YAML, of which JSON is a part; nil if there is nothing but comments.
  init?(path: String) throws {
    guard [".yaml", ".yml", ".json"].contains(where: path.hasSuffix) else {
      throw FileProblem("its name must end in .yaml, .yml or .json")
    }
    let isJSON = path.hasSuffix(".json")
    let data = try Data(contentsOf: URL(filePath: path))
    guard let node = try Parser(yaml: data).singleRoot() else { return nil }
    guard case .mapping(let mapping) = node else {
      throw FileProblem("it must be a mapping of keys to values")
    }
    let known = Set(Setting.all.map(\.fileKey))
    for (key, value) in mapping {
      let name = key.string ?? "?"
      if !known.contains(name) {
        problems.append(SettingsLayer.unknown("key \(name) in \(path)"))
      } else if let kind = Self.kind(value, isJSON: isJSON) {
        problems.append("key \(name) in \(path): must be text or a number, not \(kind)")
        unusable.insert(name)
      }
    }
  }

  /// What a value is if it is no single text or number.
  private static func kind(_ node: Node, isJSON: Bool) -> String? {
    switch node {
    case .sequence: "a list"
    case .mapping: "a mapping"
    case .alias: "an alias"
    case .scalar(let scalar) where scalar.style == .plain:
      // In YAML true is as good a text as any other.
      node.null != nil ? "null" : isJSON && ["true", "false"].contains(scalar.string) ? scalar.string : nil
    case .scalar: nil
    }
  }
}
