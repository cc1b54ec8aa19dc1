import TimerModel

/// A setting with the type of its value: `settings[.maxInFlight]` is an `Int`.
struct SettingKey<Value: Sendable>: Sendable {
  let setting: Setting
  /// The value if nobody sets it.
  let defaultValue: Value
  /// Parses a text that is legal.
  let parse: @Sendable (String) -> Value?
}

extension SettingsSource {
  /// The value of a setting. What is not legal has been reported as a problem, and its default is the value.
  subscript<Value>(_ key: SettingKey<Value>) -> Value {
    values[key.setting.name].flatMap { key.parse($0.text) } ?? key.defaultValue
  }
}

extension SettingKey<String> {
  /// A text without a form.
  static func text(
    _ name: String, default value: String, help: String, isSecret: Bool = false
  ) -> SettingKey {
    let setting = Setting(name: name, defaultValue: value, legal: .text, help: help, isSecret: isSecret)
    return SettingKey(setting: setting, defaultValue: value) { $0 }
  }

  /// A text that must pass `check`; `rule` completes "must be".
  static func text(
    _ name: String, default value: String, mustBe rule: String, help: String,
    check: @escaping @Sendable (String) -> Bool
  ) -> SettingKey {
    .parsed(name, from: value, mustBe: rule, help: help) { check($0) ? $0 : nil }
  }
}

extension SettingKey<Int> {
  /// A whole number within `range`.
  static func number(
    _ name: String, default value: Int, in range: ClosedRange<Int>, help: String
  ) -> SettingKey {
    let setting = Setting(name: name, defaultValue: "\(value)", legal: .integer(range), help: help)
    return SettingKey(setting: setting, defaultValue: value) { Int($0) }
  }
}

extension SettingKey<Double> {
  /// A number that may have a fraction.
  static func number(
    _ name: String, default value: Double, in range: ClosedRange<Double>, help: String
  ) -> SettingKey {
    let text = value == value.rounded() ? "\(Int64(value))" : "\(value)"
    let setting = Setting(name: name, defaultValue: text, legal: .number(range), help: help)
    return SettingKey(setting: setting, defaultValue: value) { Double($0) }
  }
}

extension SettingKey<Duration> {
  /// A duration such as `1m30s`.
  static func duration(
    _ name: String, default value: Duration, in range: ClosedRange<Duration>, help: String
  ) -> SettingKey {
    let setting = Setting(name: name, defaultValue: value.text, legal: .duration(range), help: help)
    return SettingKey(setting: setting, defaultValue: value) { Duration(text: $0) }
  }
}

extension SettingKey<Bool> {
  /// A boolean, written `true` or `false`.
  static func flag(_ name: String, default value: Bool, help: String) -> SettingKey {
    let setting = Setting(name: name, defaultValue: "\(value)", legal: .oneOf(["true", "false"]), help: help)
    return SettingKey(setting: setting, defaultValue: value) { Bool($0) }
  }
}

extension SettingKey where Value: RawRepresentable<String> & CaseIterable {
  /// One of several words.
  static func choice(_ name: String, default value: Value, help: String) -> SettingKey {
    let words = Value.allCases.map(\.rawValue)
    let setting = Setting(name: name, defaultValue: value.rawValue, legal: .oneOf(words), help: help)
    return SettingKey(setting: setting, defaultValue: value) { Value(rawValue: $0) }
  }
}

extension SettingKey {
  /// A value with a form of its own; `rule` completes "must be".
  ///
  /// - Precondition: `parse` accepts the default `text`.
  static func parsed(
    _ name: String, from text: String, mustBe rule: String, help: String,
    parse: @escaping @Sendable (String) -> Value?
  ) -> SettingKey {
    guard let value = parse(text) else { preconditionFailure("the default of \(name) is not legal") }
    let legal = Setting.Legal.form(rule) { parse($0) != nil }
    let setting = Setting(name: name, defaultValue: text, legal: legal, help: help)
    return SettingKey(setting: setting, defaultValue: value, parse: parse)
  }

  /// The same setting, whose value is never shown.
  var secret: SettingKey {
    var setting = setting
    setting.isSecret = true
    return SettingKey(setting: setting, defaultValue: defaultValue, parse: parse)
  }
}
