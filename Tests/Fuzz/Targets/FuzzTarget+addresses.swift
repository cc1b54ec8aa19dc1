import CLibcurl
import TimerModel

@testable import CurlClient
@testable import DeliveryHTTP
@testable import KafkaClient
@testable import PersistencePostgres
@testable import SchedulerRedis
@testable import TimerServer
@testable import TimerWire

extension FuzzTarget {
  /// A callback's URL, and the addresses of the store and of the index.
  static let url = FuzzTarget(name: "url", maxBytes: 256) { bytes in
    let text = bytes.text
    if CallbackURL.violation(of: text) == nil {
      try BrokenRule.unless(isReadableByLibcurl(text), "libcurl cannot read \"\(text)\"")
      _ = HTTPDestination(url: text).origin
    }
    _ = try? RedisConfiguration(url: text)
    _ = try? PostgresTarget.targets(of: text)
    _ = AddressPassword.redacted(text)
  }

  /// Ids, headers' names, topics, records' places, networks, secrets and librdkafka's properties.
  static let name = FuzzTarget(name: "name", maxBytes: 256) { bytes in
    let text = bytes.text
    if let id = FiringID(text) {
      try BrokenRule.unless(
        FiringID(id.description) == id, "a firing's id is written otherwise than it was read")
    }
    if let coordinates = KafkaCoordinates(text) {
      try BrokenRule.unless(
        KafkaCoordinates(coordinates.description) == coordinates,
        "a place is written otherwise than it was read")
    }
    let limits = CommandLimits()
    for rule in [HeaderRule.http, .kafka] {
      _ = rule.violation(ofName: text, limits: limits)
      _ = rule.violation(ofValue: text, limits: limits)
    }
    _ = TopicRule.allows(text)
    _ = JSONPointer.root.member(text).description(upTo: 512)
    _ = RedisKeys.key(text)
    if let cidr = CIDR(text), let again = CIDR(cidr.description) {
      try BrokenRule.unless(cidr == again, "\(cidr) is read as \(again)")
    }
    if let address = IPAddress(text) {
      try BrokenRule.unless(IPAddress(address.description) == address, "\(address) is read otherwise")
      _ = NetworkPolicy(allowing: []).allows(address)
    }
    _ = WebhookSecret(text)
    if let properties = try? KafkaProperties(text) { _ = properties.all.map(\.isSecret) }
    _ = KafkaProperties.redacted(text)
  }

  private static func isReadableByLibcurl(_ text: String) -> Bool {
    guard let url = curl_url() else { return false }
    defer { curl_url_cleanup(url) }
    return curl_url_set(url, CURLUPART_URL, text, 0) == CURLUE_OK
  }
}
