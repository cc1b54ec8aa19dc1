import CHiredis

/// A reply, as a value.
enum RedisValue: Hashable, Sendable {
  case string(String)
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
    default: self = .string(Self.text(reply))
    }
  }

  private static func text(_ reply: redisReply) -> String {
    guard let start = reply.str else { return "" }
    return String(
      decoding: UnsafeRawBufferPointer(start: start, count: reply.len), as: UTF8.self)
  }

  var text: String? { if case .string(let text) = self { text } else { nil } }
  var elements: [RedisValue]? { if case .array(let elements) = self { elements } else { nil } }
  var number: Int64? { if case .integer(let number) = self { number } else { nil } }
}
