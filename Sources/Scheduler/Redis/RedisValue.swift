import CHiredis

/// A reply, as a value.
enum RedisValue: Hashable, Sendable {
  case string(String)
  /// Bytes that are not UTF-8, which this service has not written.
  case binary([UInt8])
  case integer(Int64)
  case array([RedisValue])
  case null
  /// The error's text, such as `MOVED 3999 127.0.0.1:6381`.
  case error(String)

  /// Copies what hiredis has read; the reply stays the caller's to free.
  init(copying reply: UnsafePointer<redisReply>) {
    let reply = reply.pointee
    switch reply.type {
    case REDIS_REPLY_INTEGER: self = .integer(reply.integer)
    case REDIS_REPLY_NIL: self = .null
    case REDIS_REPLY_ERROR: self = .error(Self.text(reply))
    case REDIS_REPLY_ARRAY:
      self = .array(
        (0..<reply.elements).map { index in
          reply.element?[index].map { RedisValue(copying: $0) } ?? .null
        })
    default:
      guard let start = reply.str else {
        self = .string("")
        return
      }
      let bytes = UnsafeRawBufferPointer(start: start, count: reply.len)
      self = String(validating: bytes, as: UTF8.self).map { .string($0) } ?? .binary(Array(bytes))
    }
  }

  private static func text(_ reply: redisReply) -> String {
    guard let start = reply.str else { return "" }
    // It is shown, whatever a server sends.
    return String(
      decoding: UnsafeRawBufferPointer(start: start, count: min(reply.len, 512)), as: UTF8.self)
  }

  /// The bytes of a string.
  var bytes: [UInt8]? {
    switch self {
    case .string(let text): Array(text.utf8)
    case .binary(let bytes): bytes
    case .integer, .array, .null, .error: nil
    }
  }

  var text: String? { if case .string(let text) = self { text } else { nil } }
  var elements: [RedisValue]? { if case .array(let elements) = self { elements } else { nil } }
  var number: Int64? { if case .integer(let number) = self { number } else { nil } }
}
