import CLibcurl
import Glibc
import NodeRuntime
import Synchronization
import TimerModel

/// One request on an easy handle, until it has an answer or fails. Lives on the loop's thread only.
final class CurlTransfer {
  let easy: OpaquePointer
  private let request: CurlRequest
  private let sockets: SocketSet
  private let allowsAddress: @Sendable (IPAddress) -> Bool
  private let maxResponseBytes: Int
  private let cancellation: CurlLoop.Cancellation?
  private let completion: (Result<CurlResponse, CurlError>) -> Void
  /// Sending again gets no time of its own.
  private let deadline: MonotonicInstant
  private var headerList: UnsafeMutablePointer<curl_slist>?
  private var head = ResponseHead()
  private var responseBody: [UInt8] = []
  private var isBodyCut = false
  private var transmission = ResendPolicy.Transmission()
  private var sends = CurlSends()
  /// Kept where a connection of HTTP/2 may be new.
  private var trace: StreamTrace?
  private var deniedAddress: String?
  private var hasAllowedAddress = false
  private let errorBuffer = UnsafeMutablePointer<CChar>.allocate(capacity: Int(CURL_ERROR_SIZE))
  private let body: UnsafeMutableBufferPointer<UInt8>

  init(
    easy: OpaquePointer, request: CurlRequest, configuration: CurlConfiguration, sockets: SocketSet,
    cancellation: CurlLoop.Cancellation?, completion: @escaping (Result<CurlResponse, CurlError>) -> Void
  ) {
    self.easy = easy
    self.request = request
    self.sockets = sockets
    allowsAddress = configuration.allowsAddress
    self.maxResponseBytes = configuration.maxResponseBytes
    self.cancellation = cancellation
    self.completion = completion
    let now = SystemClock.monotonic()
    deadline = now + .milliseconds(min(max(request.timeoutMilliseconds, 0), Int(Int32.max)))
    errorBuffer.initialize(repeating: 0, count: Int(CURL_ERROR_SIZE))
    // libcurl reads the body while it sends: it must stay where it is.
    body = UnsafeMutableBufferPointer.allocate(capacity: request.body.count)
    _ = body.initialize(from: request.body)
    setUp()
    setMark(
      ConnectionMark.of(
        request.url, at: now.microseconds / 1_000_000,
        lifetime: configuration.connectionLifetime.components.seconds))
  }

  deinit {
    curl_slist_free_all(headerList)
    errorBuffer.deallocate()
    body.deallocate()
  }

  /// True if nobody waits for its end any more.
  var isCancelled: Bool { cancellation?.isSet.load(ordering: .relaxed) ?? false }

  /// True if another transfer may use the handle: libcurl counts how often it wanted to send again, and gives
  /// up after the fifth time in the life of a handle.
  var leavesHandleAsNew: Bool { sends.count < 2 && !transmission.wantsRetry }

  /// Takes libcurl's verdict; returns whether the request is to be sent again, for which the handle is then set up. Otherwise the
  /// transfer has ended.
  func finish(_ code: CURLcode) -> Bool {
    transmission.hasResponse = head.count > 0
    transmission.isConnectionBroken = Self.isBreak(code)
    transmission.isNotProcessed = trace?.isNotProcessed ?? false
    if let reason = ResendPolicy.reason(after: transmission, sends: sends) {
      let left = deadline.microseconds(since: SystemClock.monotonic()) / 1000
      if left > 0 {
        sends.reason = reason
        setUpAgain(millisecondsLeft: Int(left))
        return true
      }
    }
    if trace != nil { stopTracing() }
    completion(result(code))
    return false
  }

  /// Ends the transfer without one.
  func fail(_ error: CurlError) {
    if trace != nil { stopTracing() }
    var error = error
    error.sends = sends
    completion(.failure(error))
  }

  static func of(_ easy: OpaquePointer) -> CurlTransfer? {
    var pointer: UnsafeMutableRawPointer?
    timerd_getinfo_pointer(UnsafeMutableRawPointer(easy), CURLINFO_PRIVATE, &pointer)
    return pointer.map { Unmanaged<CurlTransfer>.fromOpaque($0).takeUnretainedValue() }
  }

  // MARK: Options

  private var handle: UnsafeMutableRawPointer { UnsafeMutableRawPointer(easy) }

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
    timerd_setopt_pointer(handle, CURLOPT_PREREQDATA, context)
  }

  /// Prepares the handle for sending once more, on a connection that nobody used before or uses besides.
  private func setUpAgain(millisecondsLeft: Int) {
    if trace?.wantsHTTP1 == true {
      timerd_setopt_long(handle, CURLOPT_HTTP_VERSION, Int(CURL_HTTP_VERSION_1_1))
    }
    if trace != nil { stopTracing() }
    transmission = ResendPolicy.Transmission()
    deniedAddress = nil
    hasAllowedAddress = false
    errorBuffer[0] = 0
    timerd_setopt_long(handle, CURLOPT_FRESH_CONNECT, 1)
    timerd_setopt_long(handle, CURLOPT_FORBID_REUSE, 1)
    timerd_setopt_long(handle, CURLOPT_TIMEOUT_MS, millisecondsLeft)
    setMark(ConnectionMark.alone)
  }

  private func setMark(_ mark: Int) { timerd_setopt_long(handle, CURLOPT_GSSAPI_DELEGATION, mark) }

  private func setMethod() {
    switch request.method {
    case .get: timerd_setopt_long(handle, CURLOPT_HTTPGET, 1)
    case .post:
      timerd_setopt_long(handle, CURLOPT_POST, 1)
      timerd_setopt_long(handle, CURLOPT_POSTFIELDSIZE, body.count)
      timerd_setopt_pointer(handle, CURLOPT_POSTFIELDS, body.baseAddress)
    }
  }

  // MARK: What libcurl asks and tells

  static func from(_ context: UnsafeMutableRawPointer?) -> CurlTransfer {
    guard let context else { preconditionFailure("libcurl hands back the context that it was given") }
    return Unmanaged<CurlTransfer>.fromOpaque(context).takeUnretainedValue()
  }

  /// Judges the resolved address at the moment of connecting, so that no spelling and no second lookup can change it.
  func openSocket(_ address: UnsafeMutablePointer<curl_sockaddr>?) -> curl_socket_t {
    guard let address else { return CURL_SOCKET_BAD }
    guard !transmission.isSent else {
      // libcurl would send again by itself: how often, and where, is for `ResendPolicy` to say.
      transmission.wantsRetry = true
      return CURL_SOCKET_BAD
    }
    let target = withUnsafePointer(to: &address.pointee.addr) { IPAddress($0) }
    guard let target, allowsAddress(target) else {
      deniedAddress = target.map { "\($0)" } ?? "of an unknown family"
      return CURL_SOCKET_BAD
    }
    hasAllowedAddress = true
    transmission.isOnOwnConnection = true
    let opened = socket(
      address.pointee.family, address.pointee.socktype | Int32(SOCK_CLOEXEC.rawValue),
      address.pointee.protocol)
    sockets.opened(opened)
    return opened
  }

  /// A request is about to be sent; returns whether it may be.
  func willSend() -> Bool {
    guard !transmission.isSent else {
      transmission.wantsRetry = true
      return false
    }
    transmission.isSent = true
    sends.count += 1
    // A server refuses what comes first seldom, and nothing else tells it from one that broke.
    if transmission.isOnOwnConnection, ConnectionMark.isSecure(request.url) { startTracing() }
    return true
  }

  /// Keeps the beginning of the body; ends the transfer once there is more than is read.
  func receive(_ bytes: UnsafeMutablePointer<CChar>?, _ count: Int) -> Int {
    let room = maxResponseBytes - responseBody.count
    UnsafeRawBufferPointer(start: bytes, count: min(count, room)).withMemoryRebound(to: UInt8.self) {
      responseBody.append(contentsOf: $0)
    }
    guard count > room else { return count }
    isBodyCut = true
    return 0
  }

  func receiveHeader(_ bytes: UnsafeMutablePointer<CChar>?, _ count: Int) -> Int {
    head.read(UnsafeRawBufferPointer(start: bytes, count: count)) ? count : 0
  }

  private func startTracing() {
    trace = StreamTrace()
    timerd_setopt_pointer(handle, CURLOPT_DEBUGDATA, Unmanaged.passUnretained(self).toOpaque())
    timerd_setopt_debug(handle) { _, type, bytes, count, context in
      guard type == CURLINFO_TEXT else { return 0 }
      CurlTransfer.from(context).trace?.read(UnsafeRawBufferPointer(start: bytes, count: count))
      return 0
    }
    timerd_setopt_long(handle, CURLOPT_VERBOSE, 1)
  }

  private func stopTracing() {
    timerd_setopt_long(handle, CURLOPT_VERBOSE, 0)
    timerd_setopt_debug(handle, nil)
    trace = nil
  }

  // MARK: Result

  private func result(_ code: CURLcode) -> Result<CurlResponse, CurlError> {
    if let problem = head.problem {
      return failure(.failed, Self.text(problem), code)
    }
    if head.isComplete { return .success(response(code)) }
    if let deniedAddress, !hasAllowedAddress {
      return failure(.deniedAddress, "address \(deniedAddress) is not allowed for callbacks", nil)
    }
    if transmission.wantsRetry { return failure(.failed, "the connection ended before an answer came", code) }
    if code == CURLE_OK { return failure(.failed, "the answer ended within its head", code) }
    // An unsupported protocol is an answer that is not HTTP: a caller that takes a URL from somebody else checks its scheme.
    let kind = code == CURLE_URL_MALFORMAT ? CurlError.Code.malformedURL : .failed
    return failure(kind, Self.text(code, String(cString: errorBuffer)), code)
  }

  /// The answer whose head came in whole: its status counts, however its body ends.
  private func response(_ code: CURLcode) -> CurlResponse {
    var status = 0
    timerd_getinfo_long(handle, CURLINFO_RESPONSE_CODE, &status)
    let end: CurlResponse.BodyEnd =
      if isBodyCut {
        .limit
      } else if code == CURLE_OK {
        .complete
      } else {
        .broken(code == CURLE_OPERATION_TIMEDOUT ? "Timeout was reached" : Self.text(code, ""))
      }
    return CurlResponse(
      status: status, retryAfter: head.retryAfter, body: responseBody, bodyEnd: end,
      isDeclaredJSON: head.isDeclaredJSON, hasContentEncoding: head.hasContentEncoding, sends: sends)
  }

  private func failure(
    _ kind: CurlError.Code, _ message: String, _ code: CURLcode?
  ) -> Result<CurlResponse, CurlError> {
    var error = CurlError(code: kind, message: message, curlCode: code.map { Int($0.rawValue) })
    error.sends = sends
    return .failure(error)
  }

  private static func isBreak(_ code: CURLcode) -> Bool {
    switch code {
    case CURLE_GOT_NOTHING, CURLE_SEND_ERROR, CURLE_RECV_ERROR, CURLE_PARTIAL_FILE, CURLE_HTTP2: true
    default: false
    }
  }

  private static func text(_ problem: ResponseHead.Problem) -> String {
    switch problem {
    case .tooLong: "the answer has more than \(ResponseHead.maxBytes) bytes of headers"
    case .contentLength: "the answer's Content-Length is not one number"
    }
  }

  private static func text(_ code: CURLcode, _ detail: String) -> String {
    let name = String(cString: curl_easy_strerror(code))
    return detail.isEmpty ? name : "\(name): \(detail)"
  }
}
