import Crypto
import FoundationEssentials

/// A secret that signs callbacks (Standard Webhooks 1.0.0).
package struct WebhookSecret: Sendable, CustomStringConvertible {
  private let key: SymmetricKey

  /// Reads `whsec_` and the base64 of 24 to 64 bytes; nil for anything else.
  package init?(_ text: some StringProtocol) {
    guard text.hasPrefix("whsec_"), let bytes = Data(base64Encoded: String(text.dropFirst(6))),
      (24...64).contains(bytes.count)
    else { return nil }
    key = SymmetricKey(data: bytes)
  }

  /// Says nothing of the secret.
  package var description: String { "whsec_…" }

  /// One entry of the `webhook-signature` header.
  func signature(id: String, timestamp: Int64, body: [UInt8]) -> String {
    var hmac = HMAC<SHA256>(key: key)
    hmac.update(data: Array("\(id).\(timestamp).".utf8))
    hmac.update(data: body)
    return "v1," + Data(hmac.finalize()).base64EncodedString()
  }
}
