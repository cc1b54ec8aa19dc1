import Hummingbird
import NIOCore

/// The connection that a request came on.
struct RequestSource: InitializableFromSource {
  let channel: any Channel

  init(source: ApplicationRequestContextSource) { channel = source.channel }
}
