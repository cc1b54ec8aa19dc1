import HummingbirdCore
import Logging
import NIOCore
import NIOHTTP1
import NIOHTTPTypes

/// An HTTP/1.1 connection all of whose tasks run on its event loop.
struct LoopBoundChannel: HTTPChannelHandler {
  /// The maximum size in bytes of the headers of one request, and their maximum number.
  static let maxHeaderBytes = 80 * 1024
  static let maxHeaderCount = 1000

  let responder: Responder
  let idleTimeout: Duration
  var shutdown = ShutdownNotice()
  var onRejection: @Sendable (APIError, String) -> Void = { _, _ in }
  /// Handlers that see requests and answers as the responder does.
  var additionalHandlers: @Sendable () -> [any ChannelHandler] = { [] }

  func setup(channel: any Channel, logger: Logger) -> EventLoopFuture<AcceptedConnection> {
    channel.eventLoop.makeCompletedFuture {
      var limits = NIOHTTPDecoderLimitConfiguration()
      limits.maxHeaderFieldSize = Self.maxHeaderBytes
      limits.maxHeaderListSize = Self.maxHeaderBytes
      limits.maxHeaderFieldCount = Self.maxHeaderCount
      let line = RequestLineObserver()
      let pipeline = channel.pipeline.syncOperations
      try pipeline.addHandlers(
        HTTPResponseEncoder(), line,
        ByteToMessageHandler(HTTPRequestDecoder(limitConfiguration: limits)),
        HTTPConnection(line: line, shutdown: shutdown, onRejection: onRejection))
      try pipeline.addHandlers(additionalHandlers())
      try pipeline.addHandler(HTTPConnectionStateHandler(idleTimeout: idleTimeout, logger: logger))
      return try AcceptedConnection(channel)
    }
  }

  func handle(value connection: AcceptedConnection, logger: Logger) async {
    let channel = connection.take()
    await withTaskExecutorPreference(LoopExecutor(channel.channel.eventLoop)) {
      await handleHTTP(asyncChannel: channel, logger: logger)
    }
  }
}
