import Hummingbird
import NIOCore

/// The context of a request: the connection that it came on.
struct APIRequestContext: InitializableFromSource {
  let channel: any Channel

  init(source: ApplicationRequestContextSource) { channel = source.channel }
}
