import TimerModel

/// The known assignment of hash slots to servers.
struct RedisRoutes {
  private let topology: RedisConfiguration.Topology
  private var master: RedisEndpoint?
  private var slots: [RedisEndpoint?] = []
  /// All of the cluster's nodes that were heard of.
  private var nodes: [RedisEndpoint] = []
  /// The endpoint to ask for slots that no server has named, if the user may not run CLUSTER SLOTS: each node
  /// redirects to the right one.
  private var fallbackNode: RedisEndpoint?
  /// True if what is known may be wrong.
  private(set) var isStale: Bool

  init(_ topology: RedisConfiguration.Topology) {
    self.topology = topology
    switch topology {
    case .single(let endpoint):
      master = endpoint
      isStale = false
    case .sentinel: isStale = true
    case .cluster:
      slots = Array(repeating: nil, count: HashSlot.count)
      isStale = true
    }
  }

  /// A warning for the operator about the way slots are found.
  var warning: String? {
    fallbackNode.map {
      "Redis at \($0) does not allow CLUSTER SLOTS (NOPERM): slots are found by redirection"
    }
  }

  var isCluster: Bool { if case .cluster = topology { true } else { false } }
  var discoveryPurpose: RedisConnection.Purpose { isCluster ? .data : .sentinel }

  func endpoint(of slot: Int) -> RedisEndpoint? { isCluster ? slots[slot] ?? fallbackNode : master }

  /// The endpoints to ask, and the commands.
  var candidates: [RedisEndpoint] {
    switch topology {
    case .single: []
    case .sentinel(let sentinels, _): sentinels
    case .cluster(let seeds): nodes + seeds.filter { !nodes.contains($0) }
    }
  }

  var discoveryCommand: RedisCommand {
    if case .sentinel(_, let name) = topology {
      RedisCommand(["SENTINEL", "get-master-addr-by-name", name])
    } else {
      RedisCommand(["CLUSTER", "SLOTS"])
    }
  }

  /// Invalidates the routes to a server that failed, or that no longer has its role.
  mutating func invalidate(_ endpoint: RedisEndpoint) {
    switch topology {
    case .single: return
    case .sentinel: if master == endpoint { (master, isStale) = (nil, true) }
    case .cluster:
      isStale = true
      guard fallbackNode != nil else { return }
      // Nobody will say who holds its slots now, but by redirecting.
      for slot in slots.indices where slots[slot] == endpoint { slots[slot] = nil }
      if fallbackNode == endpoint { fallbackNode = nil }
    }
  }

  mutating func move(_ slot: Int, to endpoint: RedisEndpoint) {
    guard slots.indices.contains(slot) else { return }
    slots[slot] = endpoint
    isStale = fallbackNode == nil
  }

  /// Learns from the reply to `discoveryCommand`; throws if it is of no use.
  mutating func learn(_ reply: RedisValue, from asked: RedisEndpoint) throws(IndexError) {
    if case .error(let text) = reply {
      guard isCluster, text.hasPrefix("NOPERM") else { throw IndexError(reply: text, from: asked) }
      (fallbackNode, isStale) = (asked, false)
      return
    }
    if isCluster { try learnSlots(reply, from: asked) } else { try learnMaster(reply, from: asked) }
    isStale = false
  }

  private mutating func learnMaster(_ reply: RedisValue, from asked: RedisEndpoint) throws(IndexError) {
    guard let parts = reply.elements, let host = parts.first?.text,
      let port = parts.last?.text.flatMap({ Int($0) }), RedisEndpoint.isPort(port), !host.isEmpty
    else {
      throw IndexError(
        code: .unavailable, message: "the Sentinel at \(asked) does not know the master's name")
    }
    master = .tcp(host: host, port: port)
  }

  private mutating func learnSlots(_ reply: RedisValue, from asked: RedisEndpoint) throws(IndexError) {
    var held: [(slots: ClosedRange<Int>, by: RedisEndpoint?)] = []
    var (seen, known): ([RedisEndpoint], Set<RedisEndpoint>) = ([], [])
    var covered = 0
    for range in reply.elements ?? [] {
      guard let parts = range.elements, parts.count >= 3, let first = parts[0].number,
        let last = parts[1].number,
        0 <= first, first <= last, last < HashSlot.count
      else { continue }
      let servers = parts.dropFirst(2).prefix(Self.copyLimit).compactMap {
        Self.server($0, reportedBy: asked)
      }
      held.append((Int(first)...Int(last), servers.first))
      for server in servers where known.insert(server).inserted { seen.append(server) }
      covered += Int(last - first) + 1
      // Each slot is held by one range.
      guard covered <= HashSlot.count, seen.count <= Self.serverLimit else {
        throw IndexError(
          code: .failed,
          message: "the cluster's node at \(asked) told of more slots or servers than there can be")
      }
    }
    guard !seen.isEmpty else {
      throw IndexError(code: .unavailable, message: "the cluster's node at \(asked) knows of no slots")
    }
    slots = Array(repeating: nil, count: HashSlot.count)
    for range in held {
      for slot in range.slots { slots[slot] = range.by }
    }
    (nodes, fallbackNode) = (seen, nil)
  }

  /// Redis Cluster is made for up to 1,000 nodes.
  private static let serverLimit = 2000
  /// The maximum number of copies of a slot that are considered.
  private static let copyLimit = 16

  private static func server(_ value: RedisValue, reportedBy asked: RedisEndpoint) -> RedisEndpoint? {
    guard let parts = value.elements, parts.count >= 2, let port = parts[1].number, RedisEndpoint.isPort(port)
    else { return nil }
    return endpoint(host: parts[0].text ?? "", port: Int(port), reportedBy: asked)
  }

  /// A node that does not know its own name means the one by which it was reached.
  static func endpoint(host: String, port: Int, reportedBy asked: RedisEndpoint) -> RedisEndpoint {
    guard host.isEmpty || host == "?", case .tcp(let known, _) = asked else {
      return .tcp(host: host, port: port)
    }
    return .tcp(host: known, port: port)
  }
}
