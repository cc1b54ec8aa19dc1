import TimerModel

extension Destination {
  var isKafka: Bool {
    if case .kafka = self { true } else { false }
  }

  /// The name that timers share if they compete for the same receiver.
  var originName: String {
    switch self {
    case .http(let http):
      // The URL was checked when the timer was created, so that the text before the path says it all.
      var url = http.url
      let (length, hasCapitals) = url.withUTF8(Self.originExtent)
      let origin = url.utf8.prefix(length)
      // Most are written in small letters, and lowering these would cost more than all else that is done with a timer here.
      return hasCapitals ? String(Substring(origin)).lowercased() : String(Substring(origin))
    case .kafka(let kafka): return "kafka:" + kafka.topic
    }
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
