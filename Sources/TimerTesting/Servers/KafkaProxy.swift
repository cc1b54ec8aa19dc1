import NIOCore
import NIOPosix

/// Stands before a broker whose newer ApiVersions answers librdkafka 2.0.2 cannot read: it refuses those requests as an old broker
/// would, so that the client asks in the old form, and passes all else through untouched.
final class KafkaProxy: Sendable {
  /// Where it listens on 127.0.0.1.
  let port: Int
  private let listener: any Channel

  /// Starts a proxy of `target`, a port of 127.0.0.1.
  init(to target: Int) async throws {
    listener = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
      .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
      .childChannelOption(.autoRead, value: false)
      .childChannelOption(.socketOption(.tcp_nodelay), value: 1)
      .childChannelInitializer { client in
        // One loop for both sides, so that the handlers need no locks.
        ClientBootstrap(group: client.eventLoop).channelOption(.socketOption(.tcp_nodelay), value: 1)
          .connect(host: "127.0.0.1", port: target).flatMap { server in
            client.eventLoop.makeCompletedFuture {
              try client.pipeline.syncOperations.addHandler(RequestHandler(broker: server))
              try server.pipeline.syncOperations.addHandler(AnswerHandler(client: client))
            }.flatMap { client.setOption(.autoRead, value: true) }
          }
      }
      .bind(host: "127.0.0.1", port: 0).get()
    port = listener.localAddress?.port ?? 0
  }

  deinit { listener.close(promise: nil) }
}

private final class AnswerHandler: ChannelInboundHandler, Sendable {
  typealias InboundIn = ByteBuffer
  private let client: any Channel

  init(client: any Channel) { self.client = client }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    client.writeAndFlush(unwrapInboundIn(data), promise: nil)
  }
  func channelInactive(context: ChannelHandlerContext) { client.close(promise: nil) }
  func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }
}

/// Used on its channel's event loop only.
private final class RequestHandler: ChannelInboundHandler, @unchecked Sendable {
  typealias InboundIn = ByteBuffer
  typealias OutboundOut = ByteBuffer

  private static let apiVersions: Int16 = 18
  /// "Unsupported version", as a broker of the oldest kind says it.
  private static let unsupported: Int16 = 35

  private let broker: any Channel
  private var received = ByteBuffer()
  /// Bytes of the present request that are still to be passed on.
  private var left = 0

  init(broker: any Channel) { self.broker = broker }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    var news = unwrapInboundIn(data)
    received.writeBuffer(&news)
    while passOn() || takeHead(context) {}
    received.discardReadBytes()
    broker.flush()
  }

  func channelInactive(context: ChannelHandlerContext) { broker.close(promise: nil) }
  func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }

  /// Passes on what there is of the present request.
  private func passOn() -> Bool {
    guard left > 0, let part = received.readSlice(length: min(left, received.readableBytes)),
      part.readableBytes > 0
    else { return false }
    left -= part.readableBytes
    broker.write(part, promise: nil)
    return true
  }

  /// Looks at the beginning of the next request: length, kind, version, number.
  private func takeHead(_ context: ChannelHandlerContext) -> Bool {
    let start = received.readerIndex
    guard left == 0, received.readableBytes >= 12, let length: Int32 = received.getInteger(at: start),
      let kind: Int16 = received.getInteger(at: start + 4),
      let version: Int16 = received.getInteger(at: start + 6),
      let number: Int32 = received.getInteger(at: start + 8)
    else { return false }
    guard kind == Self.apiVersions, version >= 3 else {
      left = Int(length) + 4
      return true
    }
    guard received.readSlice(length: Int(length) + 4) != nil else { return false }
    var answer = context.channel.allocator.buffer(capacity: 14)
    answer.writeInteger(Int32(10))
    answer.writeInteger(number)
    answer.writeInteger(Self.unsupported)
    answer.writeInteger(Int32(0))
    context.writeAndFlush(wrapOutboundOut(answer), promise: nil)
    return true
  }
}
