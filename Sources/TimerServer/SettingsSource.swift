import Configuration
import KafkaClient

/// The values of all settings with their origins: flag > variable > secret file > file > default.
struct SettingsSource: Sendable {
  struct Value: Sendable {
    let text: String
    let origin: String
    let isSecret: Bool
    /// Whether it is a list of librdkafka's properties, some of which may be secrets.
    var isPropertyList = false

    /// The value as people may see it.
    var shown: String {
      if isSecret && !text.isEmpty { return "(redacted)" }
      return isPropertyList ? KafkaProperties.redacted(text) : AddressPassword.redacted(text)
    }
  }

  private(set) var values: [String: Value] = [:]
  private(set) var problems: [String] = []

  /// Reads all sources; what is unknown or illegal becomes a problem.
  init(
    flags: [String: String], unknownFlags: [String] = [], environment: [String: String],
    secretsDirectory: String?, file: String?
  ) async {
    var layers: [SettingsLayer] = [
      .flags(flags, unknown: unknownFlags), .environment(environment),
    ]
    if let secretsDirectory { layers.append(await .secrets(directory: secretsDirectory)) }
    if let file { layers.append(await .file(file)) }
    layers.append(.defaults)
    problems = layers.flatMap(\.problems)
    layers.removeAll { $0.provider == nil }
    let winners = WinningProviders()
    let reader = ConfigReader(providers: layers.compactMap(\.provider), accessReporter: winners)
    for setting in Setting.all { take(setting, reader, layers, winners) }
  }

  private mutating func take(
    _ setting: Setting, _ reader: ConfigReader, _ layers: [SettingsLayer], _ winners: WinningProviders
  ) {
    guard let text = Self.text(setting, reader), let winner = winners[setting.name] else { return }
    let origin = layers[winner.position].origin(setting)
    if setting.isLegal(text) {
      values[setting.name] = Value(
        text: text, origin: origin, isSecret: winner.isSecret,
        isPropertyList: setting.name == "kafka-properties")
      return
    }
    let shown = winner.isSecret ? "" : " \"\(text)\""
    problems.append("\(origin): the value\(shown) of \(setting.name) must be \(setting.legalText)")
    // What depends on this setting is checked with its default.
    values[setting.name] = Value(text: setting.defaultValue, origin: "default", isSecret: false)
  }

  /// The numbers of a JSON file are the only values that are no text.
  private static func text(_ setting: Setting, _ reader: ConfigReader) -> String? {
    let key = ConfigKey([setting.name])
    return reader.string(forKey: key, isSecret: setting.isSecret)
      ?? reader.int(forKey: key, isSecret: setting.isSecret).map(String.init)
      ?? reader.double(forKey: key, isSecret: setting.isSecret).map { "\($0)" }
  }
}
