import NIOCore
import NIOPosix
import Synchronization

/// Stands before a broker whose newer ApiVersions answers librdkafka 2.0.2 cannot read: it refuses those requests as an old broker
/// would, so that the client asks in the old form, and passes all else through untouched.
final class KafkaProxy: KafkaEntrance {
  /// The port on 127.0.0.1.
  let port: Int
  private let listener: any Channel
  private let faults: Faults

  /// Starts a proxy of `target`, a port of 127.0.0.1.
  init(to target: Int) async throws {
    let faults = Faults()
    self.faults = faults
    listener = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
      .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
      .childChannelOption(.autoRead, value: false)
      .childChannelOption(.socketOption(.tcp_nodelay), value: 1)
      .childChannelInitializer { client in
        // One loop for both sides, so that the handlers need no locks.
        ClientBootstrap(group: client.eventLoop).channelOption(.socketOption(.tcp_nodelay), value: 1)
          .connect(host: "127.0.0.1", port: target).flatMap { server in
            client.eventLoop.makeCompletedFuture {
              try client.pipeline.syncOperations.addHandler(RequestHandler(broker: server, faults: faults))
              try server.pipeline.syncOperations.addHandler(AnswerHandler(client: client))
            }.flatMap { client.setOption(.autoRead, value: true) }
          }
      }
      .bind(host: "127.0.0.1", port: 0).get()
    port = listener.localAddress?.port ?? 0
  }

  deinit { listener.close(promise: nil) }

  /// Answers the next heartbeat of a group's member itself: another one has taken its place, which no client survives.
  func fenceNextMember() { faults.isArmed.store(true, ordering: .relaxed) }

  /// The number of members that were fenced.
  var fencings: Int { faults.count.load(ordering: .relaxed) }

  /// Lets no member of a group hear what it is assigned, or lets all of them hear it again.
  func withholdAssignments(_ withholds: Bool) { faults.withholds.store(withholds, ordering: .relaxed) }

  /// The number of assignments that were withheld.
  var withheldAssignments: Int { faults.withheld.load(ordering: .relaxed) }

  /// Says from now on that the logs of a topic begin at `offset`, as if what came before had been deleted.
  func begin(_ topic: String, at offset: Int64) { faults.beginnings.withLock { $0[topic] = offset } }
}

private final class Faults: Sendable {
  let isArmed = Atomic(false)
  let count = Atomic(0)
  let withholds = Atomic(false)
  let withheld = Atomic(0)
  let beginnings = Mutex<[String: Int64]>([:])

  func takes() -> Bool {
    guard isArmed.exchange(false, ordering: .relaxed) else { return false }
    count.add(1, ordering: .relaxed)
    return true
  }
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
  private static let heartbeat: Int16 = 12
  private static let syncGroup: Int16 = 14
  private static let fencedInstanceID: Int16 = 82
  /// "Unsupported version", as a broker of the oldest kind says it.
  private static let unsupported: Int16 = 35

  private let broker: any Channel
  private let faults: Faults
  private var received = ByteBuffer()
  /// Bytes of the present request that are still to be passed on.
  private var left = 0

  init(broker: any Channel, faults: Faults) {
    self.broker = broker
    self.faults = faults
  }

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
    if kind == Self.syncGroup, faults.withholds.load(ordering: .relaxed) {
      guard received.readableBytes >= Int(length) + 4 else { return false }
      received.moveReaderIndex(forwardBy: Int(length) + 4)
      faults.withheld.add(1, ordering: .relaxed)
      return true
    }
    let isWhole = received.readableBytes >= Int(length) + 4
    if kind == ListOffsetsRequest.kind, !isWhole { return false }
    guard let body = answer(to: kind, version) ?? offset(for: kind, version, length) else {
      left = Int(length) + 4
      return true
    }
    guard isWhole else { return false }
    received.moveReaderIndex(forwardBy: Int(length) + 4)
    var answer = context.channel.allocator.buffer(capacity: 8 + body.count)
    answer.writeInteger(Int32(4 + body.count))
    answer.writeInteger(number)
    answer.writeBytes(body)
    context.writeAndFlush(wrapOutboundOut(answer), promise: nil)
    return true
  }

  /// Returns the offset at which a log is said to begin, if this is requested; the whole request has arrived.
  private func offset(for kind: Int16, _ version: Int16, _ length: Int32) -> [UInt8]? {
    guard kind == ListOffsetsRequest.kind,
      let body = received.getSlice(at: received.readerIndex + 12, length: Int(length) - 8),
      let request = ListOffsetsRequest(body, version: version),
      request.timestamp == ListOffsetsRequest.earliest
    else { return nil }
    return faults.beginnings.withLock { $0[request.topic] }.map { request.answer($0) }
  }

  /// Returns an answer that is given here instead of by the broker, without the head.
  private func answer(to kind: Int16, _ version: Int16) -> [UInt8]? {
    switch kind {
    case Self.apiVersions where version >= 3: Self.bytes(of: Self.unsupported) + [0, 0, 0, 0]
    // From version 1 on, the time for which the client is held back comes first.
    case Self.heartbeat where faults.takes():
      (version >= 1 ? [0, 0, 0, 0] : []) + Self.bytes(of: Self.fencedInstanceID)
    default: nil
    }
  }

  private static func bytes(of code: Int16) -> [UInt8] { [UInt8(code >> 8), UInt8(code & 0xff)] }
}
