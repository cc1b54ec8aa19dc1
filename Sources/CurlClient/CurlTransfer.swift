import CLibcurl
import Glibc
import Synchronization
import TimerModel

/// One transfer on an easy handle. Lives on the loop's thread only.
final class CurlTransfer {
  let easy: OpaquePointer
  private let request: CurlRequest
  private let sockets: SocketSet
  private let allowsAddress: @Sendable (IPAddress) -> Bool
  private let maxAnswerBytes: Int
  private let cancellation: CurlLoop.Cancellation?
  private let completion: (Result<CurlAnswer, CurlError>) -> Void
  private var headerList: UnsafeMutablePointer<curl_slist>?
  private var answer = CurlAnswer(status: 0)
  private var headerBytes = 0
  private var deniedAddress: String?
  private let errorBuffer = UnsafeMutablePointer<CChar>.allocate(capacity: Int(CURL_ERROR_SIZE))
  private let body: UnsafeMutableBufferPointer<UInt8>

  init(
    easy: OpaquePointer, request: CurlRequest, configuration: CurlConfiguration, sockets: SocketSet,
    cancellation: CurlLoop.Cancellation?, completion: @escaping (Result<CurlAnswer, CurlError>) -> Void
  ) {
    self.easy = easy
    self.request = request
    self.sockets = sockets
    allowsAddress = configuration.allowsAddress
    self.maxAnswerBytes = configuration.maxAnswerBytes
    self.cancellation = cancellation
    self.completion = completion
    errorBuffer.initialize(repeating: 0, count: Int(CURL_ERROR_SIZE))
    // libcurl reads the body while it sends: it must stay where it is.
    body = UnsafeMutableBufferPointer.allocate(capacity: request.body.count)
    _ = body.initialize(from: request.body)
    setUp()
  }

  deinit {
    curl_slist_free_all(headerList)
    errorBuffer.deallocate()
    body.deallocate()
  }

  /// Whether nobody waits for its end any more.
  var isCancelled: Bool { cancellation?.isSet.load(ordering: .relaxed) ?? false }

  /// Ends the transfer with libcurl's verdict.
  func finish(_ code: CURLcode) { completion(result(code)) }

  /// Ends the transfer without one.
  func fail(_ error: CurlError) { completion(.failure(error)) }

  /// Where an answer's headers are too much to be an answer.
  private static let maxHeaderBytes = 64 << 10

  static func of(_ easy: OpaquePointer) -> CurlTransfer? {
    var pointer: UnsafeMutableRawPointer?
    timerd_getinfo_pointer(UnsafeMutableRawPointer(easy), CURLINFO_PRIVATE, &pointer)
    return pointer.map { Unmanaged<CurlTransfer>.fromOpaque($0).takeUnretainedValue() }
  }

  // MARK: Options

  private var handle: UnsafeMutableRawPointer { UnsafeMutableRawPointer(easy) }

  /// Makes a handle for one transfer after the other: what is the same for all of them is set once.
  static func makeHandle(_ configuration: CurlConfiguration, _ sockets: SocketSet) -> OpaquePointer? {
    guard let handle = curl_easy_init() else { return nil }
    setSafeOptions(handle, configuration)
    timerd_setopt_long(
      handle, CURLOPT_CONNECTTIMEOUT_MS, Int(configuration.connectTimeout.millisecondsRoundedUp))
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
    timerd_setopt_closesocket(handle) { context, socket in
      SocketSet.from(context).closed(socket)
      return close(socket)
    }
    // A connection outlives the transfer that made it, but not the set.
    timerd_setopt_pointer(handle, CURLOPT_CLOSESOCKETDATA, Unmanaged.passUnretained(sockets).toOpaque())
    return OpaquePointer(handle)
  }

  /// Sets all that another transfer may have left behind.
  private func setUp() {
    let context = Unmanaged.passUnretained(self).toOpaque()
    for header in request.headers {
      if let longer = curl_slist_append(headerList, header) { headerList = longer }
    }
    timerd_setopt_string(handle, CURLOPT_URL, request.url)
    timerd_setopt_pointer(handle, CURLOPT_HTTPHEADER, headerList)
    setMethod()
    timerd_setopt_long(handle, CURLOPT_TIMEOUT_MS, request.timeoutMilliseconds)
    timerd_setopt_pointer(handle, CURLOPT_ERRORBUFFER, errorBuffer)
    timerd_setopt_pointer(handle, CURLOPT_PRIVATE, context)
    timerd_setopt_pointer(handle, CURLOPT_WRITEDATA, context)
    timerd_setopt_pointer(handle, CURLOPT_HEADERDATA, context)
    timerd_setopt_pointer(handle, CURLOPT_OPENSOCKETDATA, context)
  }

  private func setMethod() {
    timerd_setopt_string(handle, CURLOPT_CUSTOMREQUEST, request.method == .delete ? "DELETE" : nil)
    switch request.method {
    case .get, .delete: timerd_setopt_long(handle, CURLOPT_HTTPGET, 1)
    case .post:
      timerd_setopt_long(handle, CURLOPT_POST, 1)
      timerd_setopt_long(handle, CURLOPT_POSTFIELDSIZE, body.count)
      timerd_setopt_pointer(handle, CURLOPT_POSTFIELDS, body.baseAddress)
    }
  }

  /// What no request may do, whatever its URL says or the environment holds.
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
    if let caFile = configuration.caFile { timerd_setopt_string(handle, CURLOPT_CAINFO, caFile) }
  }

  // MARK: Callbacks

  private static func from(_ context: UnsafeMutableRawPointer?) -> CurlTransfer {
    guard let context else { preconditionFailure("libcurl hands back the context that it was given") }
    return Unmanaged<CurlTransfer>.fromOpaque(context).takeUnretainedValue()
  }

  /// Keeps the beginning of the body; ends the transfer once there is more than is read.
  private func receive(_ bytes: UnsafeMutablePointer<CChar>?, _ count: Int) -> Int {
    let room = maxAnswerBytes - answer.body.count
    UnsafeRawBufferPointer(start: bytes, count: min(count, room)).withMemoryRebound(to: UInt8.self) {
      answer.body.append(contentsOf: $0)
    }
    guard count > room else { return count }
    answer.isTruncated = true
    return 0
  }

  private func receiveHeader(_ bytes: UnsafeMutablePointer<CChar>?, _ count: Int) -> Int {
    headerBytes += count
    // libcurl itself would read headers for as long as the attempt may take.
    guard headerBytes <= Self.maxHeaderBytes else { return 0 }
    let line = UnsafeRawBufferPointer(start: bytes, count: count)
    if line.count > 12, String(decoding: line.prefix(12), as: UTF8.self).lowercased() == "retry-after:" {
      answer.retryAfter = String(decoding: line.dropFirst(12), as: UTF8.self)
    }
    return count
  }

  /// Judges the resolved address at the moment of connecting, so that no spelling and no second lookup can change it.
  private func openSocket(_ address: UnsafeMutablePointer<curl_sockaddr>?) -> curl_socket_t {
    guard let address else { return CURL_SOCKET_BAD }
    let target = withUnsafePointer(to: &address.pointee.addr) { IPAddress($0) }
    guard let target, allowsAddress(target) else {
      deniedAddress = target.map { "\($0)" } ?? "of an unknown family"
      return CURL_SOCKET_BAD
    }
    let opened = socket(
      address.pointee.family, address.pointee.socktype | Int32(SOCK_CLOEXEC.rawValue),
      address.pointee.protocol)
    sockets.opened(opened)
    return opened
  }

  // MARK: Result

  private func result(_ code: CURLcode) -> Result<CurlAnswer, CurlError> {
    if code == CURLE_OK || (code == CURLE_WRITE_ERROR && answer.isTruncated) {
      timerd_getinfo_long(handle, CURLINFO_RESPONSE_CODE, &answer.status)
      return .success(answer)
    }
    if let deniedAddress {
      return .failure(
        CurlError(code: .deniedAddress, message: "address \(deniedAddress) is not allowed for callbacks"))
    }
    let number = Int(code.rawValue)
    if headerBytes > Self.maxHeaderBytes {
      let message = "the answer has more than \(Self.maxHeaderBytes) bytes of headers"
      return .failure(CurlError(code: .failed, message: message, curlCode: number))
    }
    // An unsupported protocol is an answer that is no HTTP: whoever takes a URL from somebody else checks its scheme.
    let kind = code == CURLE_URL_MALFORMAT ? CurlError.Code.malformedURL : .failed
    return .failure(
      CurlError(code: kind, message: Self.text(code, String(cString: errorBuffer)), curlCode: number))
  }

  private static func text(_ code: CURLcode, _ detail: String) -> String {
    let name = String(cString: curl_easy_strerror(code))
    return detail.isEmpty ? name : "\(name): \(detail)"
  }
}
