import ArgumentParser

/// One flag for each setting.
///
/// The parser finds options by reflection and reads them by decoding; both are answered from the table of settings, so
/// that help and completions know every setting without a second list.
struct SettingsFlags: ParsableArguments, CustomReflectable {
  /// All values given for each setting, by the setting's name.
  private(set) var given: [String: [String]] = [:]

  init() {}

  init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: Key.self)
    for setting in Setting.all {
      let values = try container.decode([String].self, forKey: Key(stringValue: setting.fileKey))
      if !values.isEmpty { given[setting.name] = values }
    }
  }

  var customMirror: Mirror {
    Mirror(self, children: Setting.all.map { (label: $0.fileKey, value: Self.option($0) as Any) })
  }

  private static func option(_ setting: Setting) -> Option<[String]> {
    let defaultValue = "default: \(setting.defaultValue.isEmpty ? "none" : setting.defaultValue)"
    let legal =
      if case .text = setting.legal { defaultValue } else { "\(setting.legalText); \(defaultValue)" }
    return Option(
      wrappedValue: [], name: .customLong(setting.name),
      help: ArgumentHelp("\(setting.help) (\(legal))", valueName: setting.valueName),
      completion: setting.completion)
  }

  private struct Key: CodingKey {
    let stringValue: String
    var intValue: Int? { nil }
    init(stringValue: String) { self.stringValue = stringValue }
    init?(intValue: Int) { nil }
  }
}

extension Setting {
  fileprivate var valueName: String {
    switch legal {
    case .text, .form: "text"
    case .integer, .number: "number"
    case .duration: "duration"
    case .oneOf, .oneOrSome: "choice"
    }
  }

  fileprivate var completion: CompletionKind {
    switch legal {
    case .oneOf(let choices): .list(choices)
    case .oneOrSome(let alone, let list): .list(alone + list)
    case .text where name.hasSuffix("-file"): .file()
    default: .default
    }
  }
}
