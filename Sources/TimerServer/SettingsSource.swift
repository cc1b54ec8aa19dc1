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

    /// The value as a message may repeat it, in quotation marks after a blank; nothing if it is secret.
    var quoted: String {
      isSecret || isPropertyList ? "" : " \"\(SettingsText.value(text))\""
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
    if let secretsDirectory { layers.append(.secrets(directory: secretsDirectory)) }
    if let file { layers.append(.file(file)) }
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
    let value = Value(
      text: text, origin: layers[winner.position].origin(setting), isSecret: winner.isSecret,
      isPropertyList: setting.name == "kafka-properties")
    if setting.isLegal(text) {
      values[setting.name] = value
      return
    }
    problems.append(
      "\(value.origin): the value\(value.quoted) of \(setting.name) must be \(setting.legalText)")
    // What depends on this setting is checked with its default.
    values[setting.name] = Value(text: setting.defaultValue, origin: "default", isSecret: false)
  }

  private static func text(_ setting: Setting, _ reader: ConfigReader) -> String? {
    reader.string(forKey: ConfigKey([setting.name]), isSecret: setting.isSecret)
  }
}
