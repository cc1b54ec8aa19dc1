import NIOCore

/// Sees the bytes before they are parsed, so that a rejection can tell a method that nobody has from bytes that are not HTTP.
final class RequestLineObserver: ChannelInboundHandler {
  typealias InboundIn = ByteBuffer
  typealias InboundOut = ByteBuffer

  /// True if a line ended since the last request was whole: what is too long now is not the target.
  private(set) var hasLine = false
  /// The bytes that are being parsed at this moment.
  private var bytes: ByteBuffer?

  /// True if the bytes that are being parsed have a request line whose method only is unknown.
  var hasUnknownMethod: Bool {
    guard let bytes = bytes?.readableBytesView else { return false }
    return bytes.prefix(Self.searched).split(separator: 0x0a).contains(where: Self.isRequestLine)
  }

  /// A request line is looked for within as many bytes.
  private static let searched = 65_536

  /// Begins with the next request.
  func requestCompleted() { hasLine = false }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    let buffer = unwrapInboundIn(data)
    if !hasLine { hasLine = buffer.readableBytesView.contains(0x0a) }
    bytes = buffer
    context.fireChannelRead(data)
    // Held no longer, since the parser could not write into what it keeps of it without copying.
    bytes = nil
  }

  private static func isRequestLine(_ line: ByteBufferView) -> Bool {
    guard line.last == 0x0d else { return false }
    let words = line.dropLast().split(separator: 0x20, omittingEmptySubsequences: false)
    return words.count == 3 && !words[0].isEmpty && words[0].allSatisfy(isTokenByte)
      && (words[1].first == UInt8(ascii: "/") || words[1].elementsEqual("*".utf8))
      && (words[2].elementsEqual("HTTP/1.1".utf8) || words[2].elementsEqual("HTTP/1.0".utf8))
  }

  private static func isTokenByte(_ byte: UInt8) -> Bool {
    switch byte {
    case 0x30...0x39, 0x41...0x5a, 0x61...0x7a: true
    default: "!#$%&'*+-.^_`|~".utf8.contains(byte)
    }
  }
}
