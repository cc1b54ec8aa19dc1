import FoundationEssentials
import Yams

/// The values of a settings file, and those of its keys that are of no use.
struct SettingsFileKeys {
  private(set) var problems: [String] = []
  /// The texts of known keys, by the settings' names.
  private(set) var values: [String: String] = [:]

  /// Reads YAML, of which JSON is a part; nil if there is nothing but comments.
  init?(path: String) throws(FileError) {
    guard [".yaml", ".yml", ".json"].contains(where: path.hasSuffix) else {
      throw FileError("its name must end in .yaml, .yml or .json")
    }
    let text = try SettingsFile.text(path)
    let json = path.hasSuffix(".json") ? try Self.json(text) : nil
    guard let node = try Self.root(text) else { return nil }
    guard case .mapping(let mapping) = node else {
      throw FileError("it must be a mapping of keys to values")
    }
    let known = Dictionary(uniqueKeysWithValues: Setting.all.map { ($0.fileKey, $0.name) })
    for (key, value) in mapping {
      let name = key.string ?? "?"
      if let setting = known[name] {
        if let kind = Self.kind(value, isJSON: json != nil) {
          problems.append("key \(name) in \(path): must be text or a number, not \(kind)")
        } else {
          values[setting] = json?[name]?.text ?? value.string
        }
      } else {
        problems.append(SettingsLayer.unknown("key \(SettingsText.name(name)) in \(path)"))
      }
    }
  }

  private static func root(_ text: String) throws(FileError) -> Yams.Node? {
    guard SettingsFileShape(text).isFlat else { throw FileError("it must be a mapping of keys to values") }
    do {
      return try Parser(yaml: text).singleRoot()
    } catch YamlError.duplicatedKeysInMapping(let names, _) {
      let shown = names.map { "'\(SettingsText.name($0))'" }.joined(separator: ", ")
      throw FileError("it has more than once: \(shown)")
    } catch {
      throw FileError(parser: error)
    }
  }

  /// Returns the kind of a value that is not a single text or number.
  private static func kind(_ node: Yams.Node, isJSON: Bool) -> String? {
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

  private struct JSONText: Decodable {
    let text: String?

    init(from decoder: any Decoder) throws {
      guard let value = try? decoder.singleValueContainer() else {
        text = nil
        return
      }
      // Whatever is neither is a problem of its own.
      text =
        (try? value.decode(String.self)) ?? (try? value.decode(Int.self)).map { "\($0)" }
        ?? (try? value.decode(Double.self)).map { "\($0)" }
    }
  }

  private static func json(_ text: String) throws(FileError) -> [String: JSONText] {
    do {
      return try JSONDecoder().decode([String: JSONText].self, from: Data(text.utf8))
    } catch DecodingError.typeMismatch {
      throw FileError("it must be a mapping of keys to values")
    } catch {
      throw FileError("it is not valid JSON")
    }
  }
}
