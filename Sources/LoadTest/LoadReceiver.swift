import NIOCore
import NIOHTTP1
import NIOPosix
import NodeRuntime

/// Takes callbacks, tells which timer each is of, and answers `200`.
struct LoadReceiver: Sendable {
  private let channel: any Channel

  /// Listens; `arrived` is called on an event loop with the number in the path and the wall clock in microseconds.
  static func start(
    host: String, port: Int, arrived: @escaping @Sendable (Int, Int64) -> Void
  ) async throws -> LoadReceiver {
    let channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
      .serverChannelOption(ChannelOptions.backlog, value: 1024)
      .childChannelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          try channel.pipeline.syncOperations.configureHTTPServerPipeline()
          try channel.pipeline.syncOperations.addHandler(Handler(arrived: arrived))
        }
      }
      .bind(host: host, port: port).get()
    return LoadReceiver(channel: channel)
  }

  /// The port that it listens on, also where the system chose it.
  var port: Int { channel.localAddress?.port ?? 0 }

  func stop() async throws { try await channel.close() }
}

private final class Handler: ChannelInboundHandler {
  typealias InboundIn = HTTPServerRequestPart
  typealias OutboundOut = HTTPServerResponsePart

  private let arrived: @Sendable (Int, Int64) -> Void
  private var number: Int?
  private var moment: Int64 = 0

  init(arrived: @escaping @Sendable (Int, Int64) -> Void) { self.arrived = arrived }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    switch unwrapInboundIn(data) {
    case .head(let head):
      moment = SystemClock.wallMicroseconds()
      number = head.uri.split(separator: "/").last.flatMap { Int($0) }
    case .body: break
    case .end:
      if let number { arrived(number, moment) }
      let head = HTTPResponseHead(version: .http1_1, status: .ok, headers: ["content-length": "0"])
      context.write(wrapOutboundOut(.head(head)), promise: nil)
      context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
    }
  }
}
