import Glibc
import NIOCore
import NIOHTTP1
import NIOPosix
import Synchronization

/// A receiver that does with each request what a test says, down to the byte.
package final class ScriptedReceiver: Sendable {
  /// The connection and position of a request.
  package struct Place: Hashable, Sendable {
    /// The number of its connection, from 1.
    package let connection: Int
    /// Its number on the connection, from 1.
    package let request: Int
  }

  /// A request that arrived.
  package struct Request: Sendable {
    /// The connection and position of the request.
    package let place: Place
    package let method: String
    /// Its target, as it came.
    package let target: String
    /// Its headers, in order.
    package let headers: [(name: String, value: String)]
  }

  /// The reaction to a request.
  package enum Turn: Sendable {
    /// The bytes are sent, and the connection stays.
    case send(String)
    /// The bytes are sent after a while, and the connection stays.
    case sendLater(String, after: Duration)
    /// The bytes are sent, and the connection is closed in good order.
    case sendAndClose(String)
    /// The connection is reset.
    case reset
  }

  private let channel: any Channel
  private let log: Arrivals<Request>

  /// Starts a receiver on a port that the system chooses.
  package static func start(
    _ turn: @escaping @Sendable (Place) -> Turn
  ) async throws -> ScriptedReceiver {
    let log = Arrivals<Request>()
    let connections = Mutex(0)
    let channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
      .serverChannelOption(ChannelOptions.backlog, value: 1024)
      .childChannelInitializer { channel in
        let number = connections.withLock { count in
          count += 1
          return count
        }
        return channel.eventLoop.makeCompletedFuture {
          try channel.pipeline.syncOperations.addHandler(ByteToMessageHandler(HTTPRequestDecoder()))
          try channel.pipeline.syncOperations.addHandler(
            ScriptedHandler(connection: number, log: log, turn: turn))
        }
      }
      .bind(host: "127.0.0.1", port: 0).get()
    return ScriptedReceiver(channel: channel, log: log)
  }

  private init(channel: any Channel, log: Arrivals<Request>) {
    self.channel = channel
    self.log = log
  }

  /// Its port on 127.0.0.1.
  package var port: Int { channel.localAddress?.port ?? 0 }

  /// Its address, such as `http://127.0.0.1:40000`.
  package var url: String { "http://127.0.0.1:\(port)" }

  /// The requests that arrived so far, in order.
  package var requests: [Request] { log.all }

  /// Waits until `count` requests have arrived, or the task is cancelled.
  package func wait(forRequests count: Int) async { await log.wait { $0.count >= count } }

  /// Stops listening.
  package func stop() async throws { try await channel.close() }
}

/// Counts the requests of one connection and does what is to be done with each.
private final class ScriptedHandler: ChannelInboundHandler {
  typealias InboundIn = HTTPServerRequestPart
  typealias OutboundOut = ByteBuffer

  private let log: Arrivals<ScriptedReceiver.Request>
  private let turn: @Sendable (ScriptedReceiver.Place) -> ScriptedReceiver.Turn
  private let connection: Int
  private var count = 0
  private var head: HTTPRequestHead?

  init(
    connection: Int, log: Arrivals<ScriptedReceiver.Request>,
    turn: @escaping @Sendable (ScriptedReceiver.Place) -> ScriptedReceiver.Turn
  ) {
    self.connection = connection
    self.log = log
    self.turn = turn
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    switch unwrapInboundIn(data) {
    case .head(let head): self.head = head
    case .body: break
    case .end: answer(context)
    }
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }

  private func answer(_ context: ChannelHandlerContext) {
    guard let head else { return }
    count += 1
    let place = ScriptedReceiver.Place(connection: connection, request: count)
    log.add(
      ScriptedReceiver.Request(
        place: place, method: head.method.rawValue, target: head.uri, headers: head.headers.map { $0 }))
    switch turn(place) {
    case .send(let bytes): context.writeAndFlush(wrapOutboundOut(ByteBuffer(string: bytes)), promise: nil)
    case .sendLater(let bytes, let delay):
      let bound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
      context.eventLoop.scheduleTask(in: TimeAmount(delay)) {
        let (handler, context) = bound.value
        context.writeAndFlush(handler.wrapOutboundOut(ByteBuffer(string: bytes)), promise: nil)
      }
    case .sendAndClose(let bytes):
      context.writeAndFlush(wrapOutboundOut(ByteBuffer(string: bytes)), promise: nil)
      context.close(promise: nil)
    case .reset:
      // A socket that does not linger is closed by a reset.
      _ = (context.channel as? any SocketOptionProvider)?.setSoLinger(linger(l_onoff: 1, l_linger: 0))
      context.close(promise: nil)
    }
  }
}
