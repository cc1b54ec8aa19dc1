import Foundation
import NIOCore
import NIOPosix
import Synchronization

/// A TCP proxy that can let a request pass and lose its reply.
package final class CuttingProxy: Sendable {
  struct State {
    var trap: Trap?
    var cuts = 0
    /// Bytes that clients send, and those that the server gets instead.
    var replacement: (text: [UInt8], other: [UInt8])?
  }

  struct Trap {
    let text: [UInt8]
    /// The bytes that the same client must have sent before.
    let earlier: [UInt8]?
    /// True if the request itself is kept back, and not its reply.
    let swallows: Bool
  }

  /// The port on 127.0.0.1.
  package let port: Int
  private let state: SharedState
  private let listener: any Channel

  /// Starts a proxy of `target`, a port of 127.0.0.1.
  package init(to target: Int) async throws {
    let state = SharedState()
    self.state = state
    listener = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
      .childChannelOption(.autoRead, value: false)
      .childChannelInitializer { client in
        // One loop for both sides, so that the handlers need no locks.
        ClientBootstrap(group: client.eventLoop).connect(host: "127.0.0.1", port: target).flatMap { server in
          client.eventLoop.makeCompletedFuture {
            let link = CutLink()
            try client.pipeline.syncOperations.addHandler(
              ProxyHandler(peer: server, link: link, state: state, isClient: true))
            try server.pipeline.syncOperations.addHandler(
              ProxyHandler(peer: client, link: link, state: state, isClient: false))
          }.flatMap { client.setOption(.autoRead, value: true) }
        }
      }
      .bind(host: "127.0.0.1", port: 0).get()
    port = listener.localAddress?.port ?? 0
  }

  /// From now on, cuts the first connection whose client has sent `text`, after the server's reply to it has arrived here.
  ///
  /// - Parameter earlier: what the client must have sent before, from now on.
  package func cutReply(to text: String, after earlier: String? = nil) {
    set(Trap(text: Array(text.utf8), earlier: earlier.map { Array($0.utf8) }, swallows: false))
  }

  /// From now on, lets nothing more pass of the first connection whose client sends `text`, beginning with that; it counts as cut.
  package func swallowRequest(with text: String) {
    set(Trap(text: Array(text.utf8), earlier: nil, swallows: true))
  }

  /// From now on, the server gets `other` wherever a client sends `text`, which is as long.
  package func replace(_ text: String, with other: String) {
    precondition(text.utf8.count == other.utf8.count, "a message says how long it is")
    state.value.withLock { $0.replacement = (Array(text.utf8), Array(other.utf8)) }
  }

  /// The number of connections that it has cut.
  package var cuts: Int { state.value.withLock { $0.cuts } }

  /// Stops listening.
  package func close() async throws { try await listener.close() }

  private func set(_ trap: Trap) { state.value.withLock { $0.trap = trap } }
}

final class SharedState: Sendable {
  let value = Mutex(CuttingProxy.State())
}

/// The state that the two sides of a connection share; used on their event loop only.
private final class CutLink: @unchecked Sendable {
  var isCutting = false
  var isSwallowing = false
  var hasSentEarlier = false
}

private final class ProxyHandler: ChannelInboundHandler, @unchecked Sendable {
  typealias InboundIn = ByteBuffer
  typealias OutboundOut = ByteBuffer

  private let peer: any Channel
  private let link: CutLink
  private let state: SharedState
  private let isClient: Bool

  init(peer: any Channel, link: CutLink, state: SharedState, isClient: Bool) {
    self.peer = peer
    self.link = link
    self.state = state
    self.isClient = isClient
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    var buffer = unwrapInboundIn(data)
    if isClient {
      spring(buffer)
      if link.isSwallowing { return }
      replace(in: &buffer)
    } else if link.isCutting {
      state.value.withLock { $0.cuts += 1 }
      peer.close(promise: nil)
      return context.close(promise: nil)
    }
    peer.writeAndFlush(buffer, promise: nil)
  }

  func channelInactive(context: ChannelHandlerContext) { peer.close(promise: nil) }

  func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }

  private func replace(in buffer: inout ByteBuffer) {
    guard let (text, other) = state.value.withLock(\.replacement) else { return }
    var data = Data(buffer.readableBytesView)
    while let place = data.range(of: Data(text)) { data.replaceSubrange(place, with: other) }
    buffer = ByteBuffer(bytes: data)
  }

  /// Springs the trap if `buffer` has in it what it waits for.
  private func spring(_ buffer: ByteBuffer) {
    state.value.withLock { state in
      guard let trap = state.trap else { return }
      let data = Data(buffer.readableBytesView)
      func has(_ text: [UInt8]) -> Bool { data.range(of: Data(text)) != nil }
      if let earlier = trap.earlier, !link.hasSentEarlier {
        link.hasSentEarlier = has(earlier)
        return
      }
      guard has(trap.text) else { return }
      state.trap = nil
      if trap.swallows { state.cuts += 1 }
      (link.isSwallowing, link.isCutting) = (trap.swallows, !trap.swallows)
    }
  }
}
