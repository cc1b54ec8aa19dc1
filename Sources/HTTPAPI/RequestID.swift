import HTTPTypes
import Synchronization
import TimerModel

/// Names a request in logs and problem documents.
enum RequestID {
  static let headerName = HTTPField.Name("X-Request-Id")

  /// The client's id if it is short and plain, else a new one.
  static func of(_ head: HTTPRequest) -> String { of(headerName.flatMap { head.headerFields[$0] }) }

  /// The id that a client gave if it is short and plain, else a new one.
  static func of(_ given: String?) -> String {
    guard let given, (1...128).contains(given.utf8.count), given.utf8.allSatisfy(isPlain) else {
      return next()
    }
    return given
  }

  /// Unlike a firing's id it need not be hard to guess: random for the process, counted for the request.
  private static func next() -> String {
    FiringID(high: process, low: count.add(1, ordering: .relaxed).newValue).description
  }

  private static let process = UInt64.random(in: 0...UInt64.max)
  private static let count = Atomic<UInt64>(0)

  private static func isPlain(_ byte: UInt8) -> Bool {
    switch byte {
    case 0x30...0x39, 0x41...0x5a, 0x61...0x7a: true
    case UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "."), UInt8(ascii: ":"): true
    default: false
    }
  }
}
