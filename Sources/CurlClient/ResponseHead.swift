/// Reads the lines of an answer's head, interim answers before it and trailers after it included.
package struct ResponseHead {
  /// The reason why a head is not accepted.
  package enum Problem: Hashable, Sendable {
    /// It is longer than `maxBytes`.
    case tooLong
    /// It says in two ways how long the body is (RFC 9112, section 6.3).
    case contentLength
  }

  /// The maximum size of heads and trailers in bytes: libcurl itself would read them for as long as the
  /// attempt may take.
  package static let maxBytes = 64 << 10

  /// The number of bytes received.
  package private(set) var count = 0
  /// True if the head of the final answer came in whole.
  package private(set) var isComplete = false
  /// The reason why the head is not accepted; nil if it is.
  package private(set) var problem: Problem?
  /// The lines of `Retry-After`, with commas between.
  package private(set) var retryAfter: String?
  /// True if `Content-Type` is JSON.
  package private(set) var isDeclaredJSON = false
  /// True if there is a `Content-Encoding` other than `identity`.
  package private(set) var hasContentEncoding = false

  private var status: Int?
  private var contentLength: [UInt8]?
  private var isContentLengthAmbiguous = false
  private var hasTransferEncoding = false

  package init() {}

  /// Reads the next line with its end; returns false where reading is to stop.
  package mutating func read(_ line: UnsafeRawBufferPointer) -> Bool {
    count += line.count
    guard count <= Self.maxBytes else {
      if !isComplete { problem = .tooLong }
      return false
    }
    // Trailers may come too late to be heeded, so that none is (RFC 9110, section 6.5.1).
    guard !isComplete, let first = line.first else { return true }
    switch first {
    case UInt8(ascii: "\r"), UInt8(ascii: "\n"): return end()
    case UInt8(ascii: "H") where line.starts(with: "HTTP/".utf8): begin(line)
    case UInt8(ascii: "r"), UInt8(ascii: "R"):
      if let value = Self.value(of: "retry-after:", in: line) { addRetryAfter(value) }
    case UInt8(ascii: "c"), UInt8(ascii: "C"): readContentHeader(line)
    case UInt8(ascii: "t"), UInt8(ascii: "T"):
      if Self.value(of: "transfer-encoding:", in: line) != nil { hasTransferEncoding = true }
    default: break
    }
    return true
  }

  // MARK: One head

  /// Begins a head; what an interim answer said is forgotten.
  private mutating func begin(_ line: UnsafeRawBufferPointer) {
    let (read, problem) = (count, problem)
    self = ResponseHead()
    (count, self.problem) = (read, problem)
    let digits = line.drop { $0 != 0x20 }.dropFirst().prefix(3)
    guard digits.count == 3, digits.allSatisfy({ (0x30...0x39).contains($0) }) else { return }
    status = digits.reduce(0) { $0 * 10 + Int($1 - 0x30) }
  }

  private mutating func end() -> Bool {
    // Of the interim ones only a switch of protocols is followed by no other answer; none was asked for.
    guard let status, status >= 200 || status == 101 else { return true }
    if isContentLengthAmbiguous, !hasTransferEncoding, status != 204, status != 304 {
      problem = .contentLength
      return false
    }
    isComplete = true
    return true
  }

  private mutating func readContentHeader(_ line: UnsafeRawBufferPointer) {
    if let value = Self.value(of: "content-length:", in: line) {
      for part in value.split(separator: UInt8(ascii: ","), omittingEmptySubsequences: false) {
        addContentLength(part.trimmingASCIIWhitespace())
      }
    } else if let value = Self.value(of: "content-type:", in: line) {
      let type = value.prefix { $0 != UInt8(ascii: ";") }.map { $0 | 0x20 }
      isDeclaredJSON = type.starts(with: "application/json".utf8) || type.ends(with: "+json".utf8)
    } else if let value = Self.value(of: "content-encoding:", in: line) {
      hasContentEncoding =
        hasContentEncoding || !value.isEmpty && !value.map { $0 | 0x20 }.elementsEqual("identity".utf8)
    }
  }

  private mutating func addContentLength(_ digits: Slice<UnsafeRawBufferPointer>) {
    let number = Array(digits.drop { $0 == 0x30 })
    let isNumber = !digits.isEmpty && digits.allSatisfy { (0x30...0x39).contains($0) }
    if !isNumber || number != contentLength ?? number { isContentLengthAmbiguous = true }
    contentLength = number
  }

  private mutating func addRetryAfter(_ value: Slice<UnsafeRawBufferPointer>) {
    let text = String(decoding: value, as: UTF8.self)
    retryAfter = retryAfter.map { $0 + "," + text } ?? text
  }

  // MARK: One line

  /// The value of a line whose name, in small letters and with its colon, is `name`; nil for other lines.
  private static func value(
    of name: StaticString, in line: UnsafeRawBufferPointer
  ) -> Slice<UnsafeRawBufferPointer>? {
    let length = name.utf8CodeUnitCount
    guard line.count >= length else { return nil }
    let matches = name.withUTF8Buffer { letters in
      (0..<length).allSatisfy {
        letters[$0] == line[$0] || letters[$0] == line[$0] | 0x20 && letters[$0] >= 0x61
      }
    }
    return matches ? line[length...].trimmingASCIIWhitespace() : nil
  }
}

extension Array where Element == UInt8 {
  fileprivate func ends(with text: String.UTF8View) -> Bool { suffix(text.count).elementsEqual(text) }
}
