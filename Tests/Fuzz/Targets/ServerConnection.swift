import Hummingbird
import HummingbirdCore
import Logging
import NIOCore
import NIOEmbedded
import Telemetry
import TimerModel
import TimerTesting
import TimerWire

@testable import HTTPAPI

/// One connection of the API's server, all of whose work is done in the caller's thread: on an event loop that runs when it is told.
struct ServerConnection {
  private let loop = EmbeddedEventLoop()
  private let channel: EmbeddedChannel
  private let server: LoopBoundChannel
  private static let logger = Logger(label: "fuzz") { _ in SwiftLogNoOpLogHandler() }

  init(maxBodyBytes: Int) {
    channel = EmbeddedChannel(loop: loop)
    let responder = Self.responder(maxBodyBytes: maxBodyBytes)
    server = LoopBoundChannel(
      responder: { request, writer, channel in
        let source = ApplicationRequestContextSource(channel: channel, logger: Self.logger)
        let response = try await responder.respond(to: request, context: APIRequestContext(source: source))
        try await writer.write(response: response.head, body: response.body)
      },
      idleTimeout: .seconds(60))
  }

  private static func responder(maxBodyBytes: Int) -> APIResponder {
    let clock = ManualClock(wall: FuzzTarget.now)
    var configuration = HTTPAPI.Configuration()
    configuration.maxBodyBytes = maxBodyBytes
    return APIResponder(
      timers: TimerRoutes(
        commands: DirectCommands(store: InMemoryTimerStore(clock: clock)), decoder: FuzzTarget.decoder,
        clock: clock, json: TimerJSON(defaultRetryPolicy: .standard, defaultCallbackTimeoutSeconds: 15),
        // Parameters are decoded all the same; only what finds timers has threads of its own.
        search: nil),
      health: HealthRoutes(checks: []), metrics: nil, endpoints: .all,
      meters: RequestMeters(configuration, nil), spans: .off,
      configuration: configuration, logger: logger)
  }

  /// Sends the parts one after the other, ends the sending side, lets two minutes pass and looks at the answers.
  func answer(_ parts: [UInt8]...) throws {
    let (channel, server) = (channel, server)
    channel.connect(to: try SocketAddress(ipAddress: "127.0.0.1", port: 1), promise: nil)
    let value = try server.setup(channel: channel, logger: Self.logger).wait()
    Task(executorPreference: LoopExecutor(loop)) { await server.handle(value: value, logger: Self.logger) }
    loop.run()
    for part in parts where channel.isActive {
      // An error of the decoder is the server's to answer.
      _ = try? channel.writeInbound(ByteBuffer(bytes: part))
      loop.run()
    }
    channel.pipeline.fireUserInboundEventTriggered(ChannelEvent.inputClosed)
    loop.run()
    for _ in 0..<12 where channel.isActive { loop.advanceTime(by: .seconds(10)) }
    try BrokenRule.unless(!channel.isActive, "the connection is open after two minutes")
    var sent: [UInt8] = []
    while let part = try channel.readOutbound(as: ByteBuffer.self) { sent += part.readableBytesView }
    _ = try? channel.finish(acceptAlreadyClosed: true)
    loop.run()
    try SentAnswers.check(sent)
  }
}

/// Carries commands out at once.
private struct DirectCommands: TimerCommands {
  let store: InMemoryTimerStore

  func apply(_ commands: [TimerCommand]) async throws -> [CommandResult] {
    let results = await store.apply(commands)
    try BrokenRule.unless(results.count == commands.count, "a command has no result")
    return results
  }

  func timer(_ key: TimerKey) async throws -> Timer? { await store.timers([key]).first ?? nil }
}
