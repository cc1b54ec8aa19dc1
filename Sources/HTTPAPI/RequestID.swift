import HTTPTypes
import TimerModel

/// Names a request in logs and problem documents.
enum RequestID {
  static let headerName = HTTPField.Name("X-Request-Id")

  /// The client's id if it is short and plain, else a new one.
  static func of(_ head: HTTPRequest) -> String {
    guard let name = headerName, let given = head.headerFields[name], (1...128).contains(given.utf8.count),
      given.utf8.allSatisfy(isPlain)
    else { return FiringID.random().description }
    return given
  }

  private static func isPlain(_ byte: UInt8) -> Bool {
    switch byte {
    case 0x30...0x39, 0x41...0x5a, 0x61...0x7a: true
    case UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "."), UInt8(ascii: ":"): true
    default: false
    }
  }
}
