import NIOCore
import NIOPosix

/// A receiver that speaks no HTTP of its own: it sends given bytes to whoever connects.
public final class RawReceiver: Sendable {
  private let channel: any Channel

  /// Starts a receiver; after a request it sends `bytes`, again and again if `isEndless`, and closes if asked to.
  public static func start(bytes: String, isEndless: Bool = false, closes: Bool = false) async throws
    -> RawReceiver
  {
    let channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
      .childChannelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          try channel.pipeline.syncOperations.addHandler(
            RawHandler(bytes: bytes, isEndless: isEndless, closes: closes))
        }
      }
      .bind(host: "127.0.0.1", port: 0).get()
    return RawReceiver(channel: channel)
  }

  private init(channel: any Channel) { self.channel = channel }

  /// Its port on 127.0.0.1.
  public var port: Int { channel.localAddress?.port ?? 0 }

  /// Its address, such as `http://127.0.0.1:40000`.
  public var url: String { "http://127.0.0.1:\(port)" }

  /// Stops listening.
  public func stop() async throws { try await channel.close() }
}

private final class RawHandler: ChannelInboundHandler {
  typealias InboundIn = ByteBuffer
  typealias OutboundOut = ByteBuffer

  private let bytes: String
  private let isEndless: Bool
  private let closes: Bool

  init(bytes: String, isEndless: Bool, closes: Bool) {
    self.bytes = bytes
    self.isEndless = isEndless
    self.closes = closes
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
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
}
