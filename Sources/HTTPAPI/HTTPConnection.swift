import HTTPTypes
import NIOCore
import NIOExtras
import NIOHTTP1
import NIOHTTPTypes
import NIOHTTPTypesHTTP1
import TimerWire

/// One HTTP/1.1 connection: rejects requests that break RFC 9112, keeps answers in order, and decides when the connection ends.
///
/// A rejection waits for the answers to the requests before it. After the last answer the connection takes in what still comes,
/// without looking at it, until the client has closed or two seconds have passed: closing at once could cost the client the answer.
final class HTTPConnection: ChannelDuplexHandler, RemovableChannelHandler {
  typealias InboundIn = HTTPServerRequestPart
  typealias InboundOut = HTTPRequestPart
  typealias OutboundIn = HTTPResponsePart
  typealias OutboundOut = HTTPServerResponsePart

  /// Sent by who is about to read the body of the request that is answered next.
  struct ContinueRequested: Sendable {}

  private static let lingering = TimeAmount.seconds(2)
  /// The time that an idle connection stays open once the server stops. A request that the client has already sent is still answered.
  private static let idleCloseDelay = TimeAmount.milliseconds(50)

  private let line: RequestLineObserver
  private let shutdown: ShutdownNotice
  private let onRejection: @Sendable (APIError, String) -> Void

  private var exchanges = CircularBuffer<Exchange>(initialCapacity: 1)
  /// True if a request was handed on whose end has not come.
  private var isReading = false
  private var acceptsRequests = true
  /// The part of a body that came in one turn; small chunks are handed on together.
  private var body: ByteBuffer?
  private var rejection: (problem: APIError, requestID: String)?
  private var isDraining = false
  /// True if the answer that is being written is the last.
  private var isLastResponse = false
  private var hasEnded = false

  /// - Parameter onRejection: called with each rejection that no responder sees, and the request's id.
  init(
    line: RequestLineObserver, shutdown: ShutdownNotice,
    onRejection: @escaping @Sendable (APIError, String) -> Void
  ) {
    self.line = line
    self.shutdown = shutdown
    self.onRejection = onRejection
  }

  // MARK: Requests

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    switch unwrapInboundIn(data) {
    case .head(let head): if acceptsRequests { begin(head, context: context) }
    case .body(var part):
      guard isReading else { return }
      exchanges[offset: exchanges.count - 1].hasBody = true
      if body?.writeBuffer(&part) == nil { body = part }
    case .end(let trailers):
      line.requestCompleted()
      guard isReading else { return }
      isReading = false
      exchanges[offset: exchanges.count - 1].isComplete = true
      forwardBody(context: context)
      let fields = trailers.map { HTTPFields($0, splitCookie: false) }
      context.fireChannelRead(wrapInboundOut(.end(fields)))
    }
  }

  func channelReadComplete(context: ChannelHandlerContext) {
    forwardBody(context: context)
    context.fireChannelReadComplete()
    // Nobody else asks for more from a connection that has ended.
    if hasEnded { context.read() }
  }

  private func begin(_ head: HTTPRequestHead, context: ChannelHandlerContext) {
    do throws(APIError) {
      let checked = try RequestHead(head)
      let request = try Self.request(head, checked)
      exchanges.append(Exchange(checked))
      isReading = true
      acceptsRequests = !checked.endsConnection
      context.fireChannelRead(wrapInboundOut(.head(request)))
    } catch {
      let given = RequestID.headerName.flatMap { head.headers.first(name: $0.rawName) }
      reject(error, requestID: RequestID.of(given), context: context)
    }
  }

  private static func request(_ head: HTTPRequestHead, _ checked: RequestHead) throws(APIError) -> HTTPRequest
  {
    guard let method = try? HTTPRequest.Method(head.method) else {
      throw APIError(.malformedRequest, detail: "The method must be a token.")
    }
    var fields = HTTPFields(head.headers, splitCookie: false)
    if checked.isHTTP10 { fields[.expect] = nil }
    return HTTPRequest(
      method: method, scheme: "http", authority: head.headers.first(name: "host"), path: checked.target,
      headerFields: fields)
  }

  private func forwardBody(context: ChannelHandlerContext) {
    guard let part = body else { return }
    body = nil
    context.fireChannelRead(wrapInboundOut(.body(part)))
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    guard let error = error as? HTTPParserError else {
      context.fireErrorCaught(error)
      return
    }
    if isReading {
      // Its responder waits for the body, and words the rejection; if it does not, the answer ends the connection anyhow.
      (isReading, acceptsRequests) = (false, false)
      forwardBody(context: context)
      context.fireErrorCaught(error)
    } else if acceptsRequests {
      let problem = APIError(error, line: line)
      reject(problem, requestID: RequestID.of(nil), context: context)
    }
  }

  func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
    switch event {
    case is ChannelShouldQuiesceEvent:
      isDraining = true
      closeWhenIdle(context: context)
    case ChannelEvent.inputClosed where hasEnded: context.close(promise: nil)
    default: context.fireUserInboundEventTriggered(event)
    }
  }

  // MARK: Answers

  func triggerUserOutboundEvent(
    context: ChannelHandlerContext, event: Any, promise: EventLoopPromise<Void>?
  ) {
    guard event is ContinueRequested else {
      context.triggerUserOutboundEvent(event, promise: promise)
      return
    }
    if let exchange = exchanges.first, exchange.expectsContinue, !exchange.hasBody, !exchange.isComplete {
      exchanges[exchanges.startIndex].expectsContinue = false
      context.writeAndFlush(wrapOutboundOut(.head(.init(version: .http1_1, status: .continue))), promise: nil)
    }
    promise?.succeed()
  }

  func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
    guard !hasEnded, let exchange = exchanges.first else {
      // The server answers a parser's error that comes after the answer.
      promise?.fail(ChannelError.outputClosed)
      if !hasEnded { end(context: context) }
      return
    }
    switch unwrapOutboundIn(data) {
    case .head(let head):
      let response = finish(HTTPResponseHead(head), for: exchange)
      context.write(wrapOutboundOut(.head(response)), promise: promise)
    case .body(let part): context.write(wrapOutboundOut(.body(.byteBuffer(part))), promise: promise)
    case .end(let trailers):
      context.write(wrapOutboundOut(.end(trailers.map { HTTPHeaders($0) })), promise: promise)
      exchanges.removeFirst()
      if isLastResponse {
        end(context: context)
      } else if exchanges.isEmpty, rejection != nil {
        writeRejection(context: context)
      }
    }
  }

  /// Says in an answer's head what becomes of the connection.
  private func finish(_ response: HTTPResponseHead, for exchange: Exchange) -> HTTPResponseHead {
    var response = response
    let isOnlyOne = exchanges.count == 1 && rejection == nil
    // A body that was not read would have to be read to its end before the next request.
    isLastResponse =
      exchange.endsConnection || !exchange.isComplete || response.headers.contains(name: "connection")
      || (isOnlyOne && (isDraining || shutdown.windsDown))
    if isLastResponse {
      acceptsRequests = false
      response.headers.replaceOrAdd(name: "Connection", value: "close")
    } else if exchange.isHTTP10 {
      response.headers.replaceOrAdd(name: "Connection", value: "keep-alive")
    }
    return response
  }

  // MARK: Ends

  /// Closes the connection after `idleCloseDelay`. If a request is being answered then, its answer closes the connection.
  private func closeWhenIdle(context: ChannelHandlerContext) {
    let closing = context.eventLoop.assumeIsolated().scheduleTask(in: Self.idleCloseDelay) {
      if self.exchanges.isEmpty, !self.hasEnded { context.close(promise: nil) }
    }
    context.channel.closeFuture.assumeIsolated().whenComplete { _ in closing.cancel() }
  }

  private func reject(_ problem: APIError, requestID: String, context: ChannelHandlerContext) {
    (acceptsRequests, isReading) = (false, false)
    rejection = (problem, requestID)
    if exchanges.isEmpty { writeRejection(context: context) }
  }

  private func writeRejection(context: ChannelHandlerContext) {
    guard let (problem, requestID) = rejection else { return }
    onRejection(problem, requestID)
    let bytes = problem.json(instance: nil)
    var head = HTTPResponseHead(
      version: .http1_1, status: .init(statusCode: problem.kind.status))
    head.headers.add(name: "Content-Type", value: APIError.contentType)
    head.headers.add(name: "Content-Length", value: String(bytes.count))
    if let name = RequestID.headerName { head.headers.add(name: name.rawName, value: requestID) }
    head.headers.add(name: "Date", value: HTTPDate.now)
    head.headers.add(name: "Connection", value: "close")
    context.write(wrapOutboundOut(.head(head)), promise: nil)
    context.write(wrapOutboundOut(.body(.byteBuffer(ByteBuffer(bytes: bytes)))), promise: nil)
    context.write(wrapOutboundOut(.end(nil)), promise: nil)
    end(context: context)
  }

  private func end(context: ChannelHandlerContext) {
    (hasEnded, acceptsRequests, isReading) = (true, false, false)
    context.flush()
    let channel = context.channel
    context.close(mode: .output, promise: nil)
    let closing = context.eventLoop.scheduleTask(in: Self.lingering) { channel.close(promise: nil) }
    channel.closeFuture.whenComplete { _ in closing.cancel() }
    context.read()
  }
}

/// A request that was handed on and whose answer has not ended.
private struct Exchange {
  let endsConnection: Bool
  let isHTTP10: Bool
  var expectsContinue: Bool
  var hasBody = false
  var isComplete = false

  init(_ head: RequestHead) {
    endsConnection = head.endsConnection
    isHTTP10 = head.isHTTP10
    expectsContinue = head.expectsContinue
  }
}

extension APIError {
  /// The rejection of a head that the parser does not take.
  fileprivate init(_ error: HTTPParserError, line: RequestLineObserver) {
    switch error {
    case .headerOverflow where line.hasLine:
      self.init(.headersTooLarge, detail: "The headers are too large or too many.")
    case .headerOverflow: self.init(.uriTooLong, detail: "The request line is too long.")
    case .invalidMethod where line.hasUnknownMethod:
      self.init(.notImplemented, detail: "The method is not implemented. Methods are in upper case.")
    default: self.init(.malformedRequest, detail: "The request is not valid HTTP/1.1.")
    }
  }
}
