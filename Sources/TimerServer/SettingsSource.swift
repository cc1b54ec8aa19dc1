import FoundationEssentials
import Yams

/// The values of all settings with their origins: flag > variable > secret file > file > default.
struct SettingsSource: Sendable {
  struct Value: Sendable {
    let text: String
    let origin: String
  }

  private(set) var values: [String: Value] = [:]
  private(set) var problems: [String] = []

  /// Reads all sources; what is unknown or illegal becomes a problem.
  init(flags: [String: String], environment: [String: String], secretsDirectory: String?, file: String?) {
    for setting in Setting.all { values[setting.name] = Value(text: setting.defaultValue, origin: "default") }
    let byKey = Dictionary(uniqueKeysWithValues: Setting.all.map { ($0.fileKey, $0) })
    let byVariable = Dictionary(uniqueKeysWithValues: Setting.all.map { ($0.variable, $0) })
    for (key, text) in read(file: file).sorted(by: { $0.key < $1.key }) {
      take(byKey[key], text, "key \(key) in \(file ?? "")")
    }
    for (name, text) in read(directory: secretsDirectory).sorted(by: { $0.key < $1.key }) {
      take(Setting.all.first { $0.name == name }, text, "file \(name) in the secrets directory")
    }
    for (name, text) in environment.sorted(by: { $0.key < $1.key })
    where name.hasPrefix("TIMERD_") && !Self.locations.contains(name) {
      take(byVariable[name], text, "variable \(name)")
    }
    for (name, text) in flags { take(Setting.all.first { $0.name == name }, text, "flag --\(name)") }
  }

  /// Variables that say where settings are, and are none themselves.
  private static let locations = ["TIMERD_CONFIG", "TIMERD_SECRETS_DIR"]

  private mutating func take(_ setting: Setting?, _ text: String, _ origin: String) {
    guard let setting else {
      problems.append("\(origin): there is no such setting; `timerd config` lists them")
      return
    }
    guard setting.isLegal(text) else {
      let shown = setting.isSecret ? "" : " \"\(text)\""
      problems.append("\(origin): the value\(shown) of \(setting.name) must be \(setting.legalText)")
      return
    }
    values[setting.name] = Value(text: text, origin: origin)
  }

  /// YAML, of which JSON is a part.
  private mutating func read(file: String?) -> [String: String] {
    guard let file else { return [:] }
    do {
      let text = String(decoding: try Data(contentsOf: URL(filePath: file)), as: UTF8.self)
      guard let node = try Yams.compose(yaml: text) else { return [:] }
      guard let mapping = node.mapping else {
        problems.append("\(file): must be a mapping of keys to values")
        return [:]
      }
      return Dictionary(
        mapping.map { ($0.key.string ?? "?", $0.value.string ?? "") }, uniquingKeysWith: { $1 })
    } catch {
      problems.append("\(file): cannot be read: \(error)")
      return [:]
    }
  }

  private mutating func read(directory: String?) -> [String: String] {
    guard let directory else { return [:] }
    do {
      let names = try FileManager.default.contentsOfDirectory(atPath: directory).filter { !$0.hasPrefix(".") }
      return try Dictionary(
        uniqueKeysWithValues: names.map { name in
          let data = try Data(contentsOf: URL(filePath: directory).appending(path: name))
          return (
            name, String(decoding: data, as: UTF8.self).split(separator: "\n").first.map(String.init) ?? ""
          )
        })
    } catch {
      problems.append("\(directory): cannot be read: \(error)")
      return [:]
    }
  }
}
