extension Destination {
  /// The origin of which an attempt takes a slot until it has ended; nil if the transport queues attempts instead, with a budget of
  /// their own.
  public var origin: String? {
    switch self {
    case .http(let http): http.origin
    case .kafka: nil
    }
  }
}

extension HTTPDestination {
  /// Scheme, host and port of the URL, in small letters.
  public var origin: String {
    // The URL was checked when the timer was created, so that the text before the path says it all.
    var url = self.url
    let (length, hasCapitals) = url.withUTF8(Self.originExtent)
    let origin = url.utf8.prefix(length)
    // Most are written in small letters, and lowering these would cost more than all else that Delivery does with a timer.
    return hasCapitals ? String(Substring(origin)).lowercased() : String(Substring(origin))
  }

  /// Returns the number of a URL's bytes up to the third slash, the query or the fragment, and whether a capital letter is among them.
  private static func originExtent(of url: UnsafeBufferPointer<UInt8>) -> (length: Int, hasCapitals: Bool) {
    var (slashes, hasCapitals) = (0, false)
    for (offset, byte) in url.enumerated() {
      switch byte {
      case UInt8(ascii: "/"):
        slashes += 1
        if slashes == 3 { return (offset, hasCapitals) }
      case UInt8(ascii: "?"), UInt8(ascii: "#"): return (offset, hasCapitals)
      case UInt8(ascii: "A")...UInt8(ascii: "Z"): hasCapitals = true
      default: break
      }
    }
    return (url.count, hasCapitals)
  }
}
