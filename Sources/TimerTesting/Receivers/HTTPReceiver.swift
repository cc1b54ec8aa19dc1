import Glibc
import NIOCore
import NIOHTTP1
import NIOPosix
import Synchronization

/// A callback that arrived.
public struct ReceivedCallback: Sendable {
  /// The `webhook-id` header.
  public let firingID: String
  /// The body.
  public let body: [UInt8]
  /// When it arrived, by the machine's wall clock.
  public let arrivedAtMilliseconds: Int64
}

/// A receiver of callbacks on 127.0.0.1 that remembers them and answers each with one status.
public final class HTTPReceiver: Sendable {
  private let channel: any Channel
  private let log: CallbackLog

  /// Starts a receiver on a port that the system chooses.
  public static func start(status: Int = 200) async throws -> HTTPReceiver {
    let log = CallbackLog()
    let channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
      .serverChannelOption(ChannelOptions.backlog, value: 1024)
      .childChannelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          try channel.pipeline.syncOperations.configureHTTPServerPipeline()
          try channel.pipeline.syncOperations.addHandler(
            CallbackHandler(log: log, status: HTTPResponseStatus(statusCode: status)))
        }
      }
      .bind(host: "127.0.0.1", port: 0).get()
    return HTTPReceiver(channel: channel, log: log)
  }

  private init(channel: any Channel, log: CallbackLog) {
    self.channel = channel
    self.log = log
  }

  /// Its address, such as `http://127.0.0.1:40000`.
  public var url: String { "http://127.0.0.1:\(channel.localAddress?.port ?? 0)" }

  /// What arrived so far, in order.
  public var callbacks: [ReceivedCallback] { log.callbacks }

  /// Waits until `condition` holds for what arrived; looks at every arrival.
  public func wait(until condition: @escaping @Sendable ([ReceivedCallback]) -> Bool) async {
    await log.wait(until: condition)
  }

  /// Stops listening.
  public func stop() async throws { try await channel.close() }
}

private final class CallbackLog: Sendable {
  private struct State {
    var callbacks: [ReceivedCallback] = []
    var waiter:
      (condition: @Sendable ([ReceivedCallback]) -> Bool, continuation: CheckedContinuation<Void, Never>)?
  }

  private let state = Mutex(State())

  var callbacks: [ReceivedCallback] { state.withLock { $0.callbacks } }

  func add(_ callback: ReceivedCallback) {
    state.withLock { state -> CheckedContinuation<Void, Never>? in
      state.callbacks.append(callback)
      guard let waiter = state.waiter, waiter.condition(state.callbacks) else { return nil }
      state.waiter = nil
      return waiter.continuation
    }?.resume()
  }

  func wait(until condition: @escaping @Sendable ([ReceivedCallback]) -> Bool) async {
    await withCheckedContinuation { continuation in
      let holds = state.withLock { state in
        if condition(state.callbacks) { return true }
        state.waiter = (condition, continuation)
        return false
      }
      if holds { continuation.resume() }
    }
  }
}

private final class CallbackHandler: ChannelInboundHandler {
  typealias InboundIn = HTTPServerRequestPart
  typealias OutboundOut = HTTPServerResponsePart

  private let log: CallbackLog
  private let status: HTTPResponseStatus
  private var firingID = ""
  private var body: [UInt8] = []

  init(log: CallbackLog, status: HTTPResponseStatus) {
    self.log = log
    self.status = status
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    switch unwrapInboundIn(data) {
    case .head(let head):
      firingID = head.headers.first(name: "webhook-id") ?? ""
      body = []
    case .body(let part): body.append(contentsOf: part.readableBytesView)
    case .end:
      var time = timespec()
      clock_gettime(CLOCK_REALTIME, &time)
      let milliseconds = Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000
      log.add(ReceivedCallback(firingID: firingID, body: body, arrivedAtMilliseconds: milliseconds))
      let head = HTTPResponseHead(version: .http1_1, status: status, headers: ["content-length": "0"])
      context.write(wrapOutboundOut(.head(head)), promise: nil)
      context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
    }
  }
}
