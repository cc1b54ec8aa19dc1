import Configuration

#if Kafka
import KafkaClient
#endif

/// The values of all settings with their origins: flag > variable > secret file > file > default.
struct SettingsSource: Sendable {
  struct Value: Sendable {
    let text: String
    let origin: String
    let isSecret: Bool
    /// True if it is a list of librdkafka's properties, some of which may be secrets.
    var isPropertyList = false

    /// The value as people may see it.
    var shown: String {
      if isSecret && !text.isEmpty { return "(redacted)" }
      #if Kafka
      if isPropertyList { return KafkaProperties.redacted(text) }
      #endif
      return AddressPassword.redacted(text)
    }

    /// The value as a message may repeat it, in quotation marks after a blank; nothing if it is secret.
    var quoted: String {
      isSecret || isPropertyList ? "" : " \"\(SettingsText.value(text))\""
    }
  }

  private(set) var values = Self.defaults
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
    problems = layers.flatMap(\.problems)
    let winners = WinningProviders()
    let reader = ConfigReader(providers: layers.map(\.provider), accessReporter: winners)
    let given = Set(layers.flatMap(\.values.keys))
    for setting in Setting.all where given.contains(setting.name) {
      resolve(setting, reader, layers, winners)
    }
  }

  /// The values of settings that no place names.
  private static let defaults = Dictionary(
    uniqueKeysWithValues: Setting.all.map {
      ($0.name, Value(text: $0.defaultValue, origin: "default", isSecret: false))
    })

  private mutating func resolve(
    _ setting: Setting, _ reader: ConfigReader, _ layers: [SettingsLayer], _ winners: WinningProviders
  ) {
    guard let text = Self.text(setting, reader), let winner = winners[setting.name] else { return }
    let value = Value(
      text: text, origin: layers[winner.position].origin(setting), isSecret: winner.isSecret,
      isPropertyList: setting.name == "kafka-properties")
    if setting.isLegal(text) {
      values[setting.name] = value
    } else {
      // The default stays: what depends on this setting is checked with it.
      problems.append(
        "\(value.origin): the value\(value.quoted) of \(setting.name) must be \(setting.legalText)")
    }
  }

  private static func text(_ setting: Setting, _ reader: ConfigReader) -> String? {
    reader.string(forKey: ConfigKey([setting.name]), isSecret: setting.isSecret)
  }
}
