import Glibc
import NIOCore
import NIOHTTP1

/// Notes the callbacks of one connection and answers them.
final class CallbackHandler: ChannelInboundHandler {
  typealias InboundIn = HTTPServerRequestPart
  typealias OutboundOut = HTTPServerResponsePart

  private let log: Arrivals<ReceivedCallback>
  /// For one arrival after the other; the last one is for all others as well.
  private let statuses: [HTTPResponseStatus]
  private var status = HTTPResponseStatus.ok
  private let delay: TimeAmount
  private var headers: [String: String] = [:]
  private var body: [UInt8] = []
  private var arrivedAt: Int64 = 0

  init(log: Arrivals<ReceivedCallback>, statuses: [HTTPResponseStatus], delay: TimeAmount) {
    self.log = log
    self.statuses = statuses
    self.delay = delay
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    switch unwrapInboundIn(data) {
    case .head(let head):
      arrivedAt = Self.milliseconds()
      headers = Dictionary(
        head.headers.map { ($0.name.lowercased(), $0.value) }, uniquingKeysWith: { $1 })
      body = []
    case .body(let part): body.append(contentsOf: part.readableBytesView)
    case .end:
      status = statuses[min(log.all.count, statuses.count - 1)]
      log.add(ReceivedCallback(headers: headers, body: body, arrivedAtMilliseconds: arrivedAt))
      guard delay > .zero else { return answer(context) }
      let bound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
      context.eventLoop.scheduleTask(in: delay) {
        let (handler, context) = bound.value
        if context.channel.isActive { handler.answer(context) }
      }
    }
  }

  private func answer(_ context: ChannelHandlerContext) {
    let head = HTTPResponseHead(version: .http1_1, status: status, headers: ["content-length": "0"])
    context.write(wrapOutboundOut(.head(head)), promise: nil)
    context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
  }

  private static func milliseconds() -> Int64 {
    var time = timespec()
    clock_gettime(CLOCK_REALTIME, &time)
    return Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000
  }
}
