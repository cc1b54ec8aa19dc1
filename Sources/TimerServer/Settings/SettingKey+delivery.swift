import CurlClient
import Delivery
import DeliveryHTTP
import TimerModel

/// Callbacks, and what holds for attempts to every destination.
extension SettingKey<Int> {
  private static var defaults: DeliveryConfiguration { DeliveryConfiguration() }

  static var maxInFlight: Self {
    .number(
      "max-in-flight", default: defaults.maxInFlight, in: 1...16_384, help: "Maximum attempts in flight.")
  }
  static var maxInFlightPerOrigin: Self {
    .number(
      "max-in-flight-per-origin", default: defaults.maxInFlightPerOrigin, in: 1...16_384,
      help: "Maximum attempts in flight to one origin (scheme, host and port).")
  }
  static var maxHeldPayloadBytes: Self {
    .number(
      "max-held-payload-bytes", default: defaults.maxHeldPayloadBytes, in: (1 << 20)...(1 << 34),
      help: "Maximum payload bytes of claimed timers in memory.")
  }
}

extension SettingKey<Duration> {
  private static var delivery: DeliveryConfiguration { DeliveryConfiguration() }
  private static var callbacks: HTTPDeliveryConfiguration { HTTPDeliveryConfiguration() }

  static var callbackTimeout: Self {
    .duration(
      "callback-timeout", default: delivery.attemptTimeout, in: .seconds(1)...(.seconds(30)),
      help: "Timeout of an attempt whose timer sets none.")
  }
  static var callbackConnectTimeout: Self {
    .duration(
      "callback-connect-timeout", default: callbacks.connectTimeout,
      in: .milliseconds(100)...(.seconds(30)), help: "Timeout for connecting to a receiver.")
  }
  static var callbackConnectionLifetime: Self {
    .duration(
      "callback-connection-lifetime", default: callbacks.connectionLifetime,
      in: .seconds(1)...(.seconds(3600)),
      help:
        "Maximum age of a reused connection to a receiver; the shorter, the sooner a receiver that moves is followed."
    )
  }
  static var retryAfterCeiling: Self {
    .duration(
      "retry-after-ceiling", default: delivery.retryAfterCeiling, in: .seconds(1)...(.seconds(86_400)),
      help: "Maximum delay that a receiver's Retry-After can cause.")
  }
  static var minFiringInterval: Self {
    .duration(
      "min-firing-interval", default: delivery.minFiringInterval,
      in: .milliseconds(10)...(.seconds(3600)),
      help: "Minimum time from the start of an attempt to the next firing that its answer asks for.")
  }
}

extension SettingKey<String> {
  static var callbackCAFile: Self {
    .text(
      "callback-ca-file", default: "", help: "File of CA certificates to trust instead of the system's.")
  }
}

extension SettingKey<[CIDR]> {
  static var callbackAllowNetworks: Self {
    .parsed(
      "callback-allow-networks", from: "", mustBe: "CIDRs such as 10.0.0.0/8, separated by commas",
      help:
        "Networks that callbacks may reach although they are not public: CIDR blocks, separated by commas."
    ) { text in SettingList.parse(text) { CIDR($0) } }
  }
}

extension SettingKey<[WebhookSecret]> {
  static var callbackSigningSecrets: Self {
    .parsed(
      "callback-signing-secrets", from: "",
      mustBe: "whsec_ and the base64 of 24 to 64 bytes, separated by commas",
      help: "Signing secrets (whsec_…), separated by commas; every callback is signed with each."
    ) { text in SettingList.parse(text) { WebhookSecret($0) } }.secret
  }
}

private enum SettingList {
  /// Parses elements separated by commas; nil if one cannot be parsed.
  static func parse<Element>(_ text: String, element: (Substring) -> Element?) -> [Element]? {
    let texts = text.split(separator: ",")
    let elements = texts.compactMap(element)
    return elements.count == texts.count ? elements : nil
  }
}
