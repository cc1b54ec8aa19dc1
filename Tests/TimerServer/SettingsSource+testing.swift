import TimerModel

@testable import TimerServer

extension SettingsSource {
  /// The settings of exactly the given sources, not of the environment that the tests run in.
  static func reading(
    flags: [String: String] = [:], unknownFlags: [String] = [], environment: [String: String] = [:],
    secrets: String? = nil, file: String? = nil
  ) async -> SettingsSource {
    await SettingsSource(
      flags: flags, unknownFlags: unknownFlags, environment: environment, secretsDirectory: secrets,
      file: file)
  }
}

extension Setting {
  static func named(_ name: String) -> Setting? { all.first { $0.name == name } }

  /// A legal value that is not the default.
  var example: String {
    switch legal {
    case .integer(let range): "\(range.lowerBound + 1)"
    case .number(let range): "\(range.lowerBound + 0.5)"
    case .duration(let range): range.upperBound.text
    case .oneOf(let choices): choices.last ?? ""
    case .oneOrSome(_, let list): list.joined(separator: ",")
    case .form where name.hasSuffix("listen"): "127.0.0.1:1"
    case .form where name == "callback-allow-networks": "10.0.0.0/8"
    case .form where isSecret: "whsec_" + String(repeating: "A", count: 32)
    case .text, .form: "some-\(name)"
    }
  }
}
