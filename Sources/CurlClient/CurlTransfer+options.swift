import CLibcurl
import Glibc
import TimerModel

// What is the same for all transfers of a client.
extension CurlTransfer {
  /// Creates a handle for one transfer after the other: what is the same for all of them is set once.
  static func makeHandle(
    _ configuration: CurlConfiguration, _ sockets: SocketSet,
    _ knownAddresses: UnsafeMutablePointer<curl_slist>?
  ) -> OpaquePointer? {
    guard let handle = curl_easy_init() else { return nil }
    setSafeOptions(handle, configuration)
    setLifetimes(handle, configuration)
    timerd_setopt_long(handle, CURLOPT_HTTP_VERSION, Int(CURL_HTTP_VERSION_2TLS))
    timerd_setopt_write(handle, CURLOPT_WRITEFUNCTION) { bytes, size, count, context in
      CurlTransfer.from(context).receive(bytes, size * count)
    }
    timerd_setopt_write(handle, CURLOPT_HEADERFUNCTION) { bytes, size, count, context in
      CurlTransfer.from(context).receiveHeader(bytes, size * count)
    }
    timerd_setopt_opensocket(handle) { context, _, address in
      CurlTransfer.from(context).openSocket(address)
    }
    timerd_setopt_prereq(handle) { context, _, _, _, _ in
      CurlTransfer.from(context).willSend() ? CURL_PREREQFUNC_OK : CURL_PREREQFUNC_ABORT
    }
    timerd_setopt_closesocket(handle) { context, socket in
      SocketSet.from(context).closed(socket)
      return close(socket)
    }
    if let knownAddresses { timerd_setopt_pointer(handle, CURLOPT_RESOLVE, knownAddresses) }
    // A connection outlives the transfer that made it, but not the set.
    timerd_setopt_pointer(handle, CURLOPT_CLOSESOCKETDATA, Unmanaged.passUnretained(sockets).toOpaque())
    return OpaquePointer(handle)
  }

  /// Forbids what no request may do, whatever its URL or the environment says.
  private static func setSafeOptions(
    _ handle: UnsafeMutableRawPointer, _ configuration: CurlConfiguration
  ) {
    timerd_setopt_string(handle, CURLOPT_PROTOCOLS_STR, "http,https")
    timerd_setopt_string(handle, CURLOPT_PROXY, "")
    timerd_setopt_long(handle, CURLOPT_FOLLOWLOCATION, 0)
    timerd_setopt_long(handle, CURLOPT_NETRC, 0)
    timerd_setopt_long(handle, CURLOPT_SSL_VERIFYPEER, 1)
    timerd_setopt_long(handle, CURLOPT_SSL_VERIFYHOST, 2)
    timerd_setopt_long(handle, CURLOPT_HTTP09_ALLOWED, 0)
    timerd_setopt_long(handle, CURLOPT_NOSIGNAL, 1)
    timerd_setopt_long(handle, CURLOPT_TCP_NODELAY, 1)
    // The bytes of the path are the client's: `/a/./b/../c` may mean something else to its server than `/a/c`.
    timerd_setopt_long(handle, CURLOPT_PATH_AS_IS, 1)
    // A transfer that ends while its name is still looked up would otherwise wait for that, and all others with it.
    timerd_setopt_long(handle, CURLOPT_QUICK_EXIT, 1)
    if let caFile = configuration.caFile { timerd_setopt_string(handle, CURLOPT_CAINFO, caFile) }
  }

  private static func setLifetimes(_ handle: UnsafeMutableRawPointer, _ configuration: CurlConfiguration) {
    timerd_setopt_long(
      handle, CURLOPT_CONNECTTIMEOUT_MS, Int(configuration.connectTimeout.millisecondsRoundedUp))
    timerd_setopt_long(
      handle, CURLOPT_MAXLIFETIME_CONN, Int(configuration.connectionLifetime.components.seconds))
    timerd_setopt_long(
      handle, CURLOPT_DNS_CACHE_TIMEOUT, Int(configuration.addressLifetime.components.seconds))
  }
}
