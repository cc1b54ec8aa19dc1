import HummingbirdCore
import NIOCore
import NIOHTTPTypes
import Synchronization

/// A connection on its way from the listener to the task that serves it.
///
/// A server that stops drops those that it accepted last, and SwiftNIO ends the process when an asynchronous channel is dropped that
/// nobody has closed. So one that is dropped closes itself.
final class AcceptedConnection: ServerChildChannelValue {
  let asyncChannel: NIOAsyncChannel<HTTPRequestPart, HTTPResponsePart>
  private let isTaken = Atomic(false)

  var channel: any Channel { asyncChannel.channel }

  /// Takes over a channel whose handlers are in place; on its event loop.
  init(_ channel: any Channel) throws {
    asyncChannel = try NIOAsyncChannel(
      wrappingChannelSynchronously: channel, configuration: .init(isOutboundHalfClosureEnabled: true))
  }

  deinit {
    guard !isTaken.load(ordering: .acquiring) else { return }
    // Unstructured, since the task that should have served it is gone.
    Task { [asyncChannel] in try? await asyncChannel.executeThenClose { _, _ in } }
  }

  /// Returns the channel to the task that serves and closes it.
  func take() -> NIOAsyncChannel<HTTPRequestPart, HTTPResponsePart> {
    isTaken.store(true, ordering: .releasing)
    return asyncChannel
  }
}
