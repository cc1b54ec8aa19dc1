import HTTPTypes
import JSONBytes
import TimerWire

/// The resource that a path names.
enum Route: Equatable {
  case timers(TimerRoute)
  case administration(AdministrationRoute)

  private static let prefix = "/api/v1"
  private static let prefixWithSlash = prefix + "/"

  /// Takes a request's path apart.
  ///
  /// - Throws: `APIError` for an unknown path and for wrong percent-encoding.
  init(path: String, query: String?) throws(APIError) {
    let isPrefixed = path.hasPrefix(Self.prefixWithSlash)
    let rest = isPrefixed ? path.dropFirst(Self.prefix.utf8.count) : path[...]
    // By bytes: characters would be looked up in Unicode's tables one by one.
    let segments = rest.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
    let parts = segments.dropFirst().map { Substring($0) }
    switch (parts.count, parts.first) {
    case (1, "livez"): self = .administration(.live)
    case (1, "readyz"): self = .administration(.ready(isVerbose: Self.asksForDetail(query)))
    case (1, "metrics"): self = .administration(.metrics)
    case (1, "groups"): self = .timers(.groups)
    case (3, "groups") where parts[2] == "timers":
      let group = try Self.decode(parts[1])
      self = .timers(.collection(group: group, prefix: isPrefixed ? Self.prefix : ""))
    case (3, "groups") where parts[2] == "timers:batchCreate":
      self = .timers(.batchCreate(group: try Self.decode(parts[1])))
    case (3, "groups") where parts[2] == "timers:batchGet":
      self = .timers(.batchGet(group: try Self.decode(parts[1])))
    case (3, "groups") where parts[2] == "timers:count":
      self = .timers(.count(group: try Self.decode(parts[1])))
    case (3, "groups") where parts[2] == "timers:batchCancel":
      self = .timers(.batchCancel(group: try Self.decode(parts[1])))
    case (4, "groups") where parts[2] == "timers":
      self = .timers(.timer(group: try Self.decode(parts[1]), id: try Self.decode(parts[3])))
    case (5, "groups") where parts[2] == "timers" && parts[4] == "attempts":
      self = .timers(.attempts(group: try Self.decode(parts[1]), id: try Self.decode(parts[3])))
    case (5, "groups") where parts[2] == "timers" && parts[4] == "fire":
      self = .timers(.fire(group: try Self.decode(parts[1]), id: try Self.decode(parts[3])))
    case (5, "groups") where parts[2] == "timers" && parts[4] == "redrive":
      self = .timers(.redrive(group: try Self.decode(parts[1]), id: try Self.decode(parts[3])))
    default: throw APIError(.unknownPath, detail: "The path does not exist.")
    }
  }

  /// The methods that the path has.
  var methods: [String] {
    switch self {
    case .administration, .timers(.attempts), .timers(.count), .timers(.groups): ["GET", "HEAD"]
    case .timers(.collection): ["GET", "HEAD", "POST"]
    case .timers(.batchCreate), .timers(.batchGet), .timers(.batchCancel), .timers(.fire), .timers(.redrive):
      ["POST"]
    case .timers(.timer): ["GET", "HEAD", "PUT", "PATCH", "DELETE"]
    }
  }

  /// The methods that some path has.
  static let allMethods = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]

  private static func asksForDetail(_ query: String?) -> Bool {
    (query ?? "").split(separator: "&").contains { $0 == "verbose" || $0.hasPrefix("verbose=") }
  }

  private static func decode(_ segment: Substring) throws(APIError) -> String {
    guard segment.utf8.contains(UInt8(ascii: "%")) else { return String(segment) }
    guard let bytes = PercentEncoding.decode(segment.utf8),
      let text = String(validating: bytes, as: UTF8.self)
    else { throw malformedEncoding }
    return text
  }

  private static var malformedEncoding: APIError {
    APIError(.malformedRequest, detail: "The path is not valid percent-encoded UTF-8.")
  }
}

/// A resource of timers.
enum TimerRoute: Equatable {
  /// The timers of a group; `prefix` is the part of the path before them.
  case collection(group: String, prefix: String)
  case batchCreate(group: String)
  case batchGet(group: String)
  case batchCancel(group: String)
  case count(group: String)
  /// All groups.
  case groups
  case timer(group: String, id: String)
  case attempts(group: String, id: String)
  case fire(group: String, id: String)
  case redrive(group: String, id: String)

  /// Returns true for a list or a count, which may take much longer than a request about named timers.
  func isSearch(_ method: HTTPRequest.Method) -> Bool {
    switch self {
    case .count, .groups: true
    case .collection: method == .get || method == .head
    case .batchCreate, .batchGet, .batchCancel, .timer, .attempts, .fire, .redrive: false
    }
  }
}

/// A resource of the process: health and metrics.
enum AdministrationRoute: Equatable {
  case live
  case ready(isVerbose: Bool)
  case metrics
}
