import Hummingbird
import NIOCore

/// The connection that a request came on.
struct RequestSource: InitializableFromSource {
  let eventLoop: any EventLoop

  init(source: ApplicationRequestContextSource) { eventLoop = source.channel.eventLoop }
}
