import Glibc

/// The form of `Date` (RFC 9110, section 5.6.7).
enum HTTPDate {
  /// The present moment, in whole seconds of UTC.
  static var now: String {
    var seconds = time(nil)
    var parts = tm()
    gmtime_r(&seconds, &parts)
    var text = [CChar](repeating: 0, count: 64)
    // The process never leaves the locale C, whose names are those of the protocol.
    let count = strftime(&text, text.count, "%a, %d %b %Y %H:%M:%S GMT", &parts)
    return String(decoding: text.prefix(count).map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }
}
