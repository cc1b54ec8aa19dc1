import NIOCore

/// Sends what a `RawReceiver` was given to one connection, whatever that says.
final class RawHandler: ChannelInboundHandler {
  typealias InboundIn = ByteBuffer
  typealias OutboundOut = ByteBuffer

  private let connections: Arrivals<Void>
  private let bytes: String
  private let isEndless: Bool
  private let pause: TimeAmount
  private let closes: Bool
  private var isNoted = false

  init(connections: Arrivals<Void>, bytes: String, isEndless: Bool, pause: TimeAmount, closes: Bool) {
    self.connections = connections
    self.bytes = bytes
    self.isEndless = isEndless
    self.pause = pause
    self.closes = closes
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    if !isNoted { connections.add(()) }
    isNoted = true
    guard pause == .zero else { return drip(Substring(bytes), context) }
    context.writeAndFlush(wrapOutboundOut(ByteBuffer(string: bytes)), promise: nil)
    if isEndless { pour(context) }
    if closes { context.close(promise: nil) }
  }

  /// Sends on as fast as the other side takes it.
  private func pour(_ context: ChannelHandlerContext) {
    let bound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
    context.writeAndFlush(wrapOutboundOut(ByteBuffer(string: String(repeating: "x", count: 4096))))
      .whenSuccess {
        let (handler, context) = bound.value
        handler.pour(context)
      }
  }

  /// Sends one byte after the other, as long as there is somebody to read them.
  private func drip(_ rest: Substring, _ context: ChannelHandlerContext) {
    guard let first = rest.first, context.channel.isActive else { return }
    context.writeAndFlush(wrapOutboundOut(ByteBuffer(string: String(first))), promise: nil)
    let bound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
    context.eventLoop.scheduleTask(in: pause) {
      let (handler, context) = bound.value
      handler.drip(rest.dropFirst(), context)
    }
  }
}
