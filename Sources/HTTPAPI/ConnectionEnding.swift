import HTTPTypes
import NIOCore
import NIOHTTPTypes
import TimerModel

/// Ends connections whose answer says `Connection: close`, and words the answer to what is no HTTP.
final class ConnectionEnding: ChannelOutboundHandler, RemovableChannelHandler {
  typealias OutboundIn = HTTPResponsePart
  typealias OutboundOut = HTTPResponsePart

  /// How long a client has to read the last answer; closing at once could reset the connection before it has.
  private static let lingering = TimeAmount.seconds(2)

  private var isLast = false

  func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
    switch unwrapOutboundIn(data) {
    case .head(let head):
      isLast = head.headerFields[.connection] == "close"
      if isLast, head.status == .badRequest, head.headerFields[.contentLength] == "0" {
        writeProblem(context: context, promise: promise)
      } else {
        context.write(data, promise: promise)
      }
    case .body: context.write(data, promise: promise)
    case .end:
      context.write(data, promise: promise)
      if isLast { end(context: context) }
    }
  }

  /// The server answers bytes that are no HTTP with an empty 400; clients are promised a problem document.
  private func writeProblem(context: ChannelHandlerContext, promise: EventLoopPromise<Void>?) {
    let problem = Problem(.malformedRequest, detail: "The request is not valid HTTP/1.1.")
    let bytes = problem.json(instance: nil)
    var head = HTTPResponse(status: .badRequest)
    head.headerFields[.contentType] = Problem.contentType
    head.headerFields[.contentLength] = String(bytes.count)
    head.headerFields[.connection] = "close"
    context.write(wrapOutboundOut(.head(head)), promise: nil)
    context.write(wrapOutboundOut(.body(ByteBuffer(bytes: bytes))), promise: promise)
  }

  private func end(context: ChannelHandlerContext) {
    context.flush()
    let channel = context.channel
    context.close(mode: .output, promise: nil)
    let closing = context.eventLoop.scheduleTask(in: Self.lingering) { channel.close(promise: nil) }
    channel.closeFuture.whenComplete { _ in closing.cancel() }
  }
}
