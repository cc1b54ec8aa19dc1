import CLibcrypto
import FoundationEssentials

/// A secret that signs callbacks (Standard Webhooks 1.0.0).
package struct WebhookSecret: Sendable, CustomStringConvertible {
  private let key: [UInt8]

  /// Reads `whsec_` and the base64 of 24 to 64 bytes; nil for anything else.
  package init?(_ text: some StringProtocol) {
    guard text.hasPrefix("whsec_"), let bytes = Data(base64Encoded: String(text.dropFirst(6))),
      (24...64).contains(bytes.count)
    else { return nil }
    key = Array(bytes)
  }

  /// Says nothing of the secret.
  package var description: String { "whsec_…" }

  /// One entry of the `webhook-signature` header.
  func signature(id: String, timestamp: Int64, body: [UInt8]) -> String {
    "v1," + Data(hmac(Array("\(id).\(timestamp).".utf8) + body)).base64EncodedString()
  }

  /// The HMAC-SHA256 of `message` (RFC 2104).
  private func hmac(_ message: [UInt8]) -> [UInt8] {
    [UInt8](unsafeUninitializedCapacity: Int(EVP_MAX_MD_SIZE)) { code, count in
      var written: UInt32 = 0
      let result = HMAC(
        EVP_sha256(), key, Int32(key.count), message, message.count, code.baseAddress, &written)
      // It fails only for an unknown digest or without memory.
      precondition(result != nil, "libcrypto cannot compute an HMAC")
      count = Int(written)
    }
  }
}
