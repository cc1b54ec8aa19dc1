import JSONBytes
import KafkaClient
import Persistence
import TimerModel
import TimerWire

@testable import IngestKafka

extension FuzzTarget {
  /// The body of a creation, of a creation of many timers, as a whole and as one of them, of an update, of a fire and of a redrive.
  static let body = FuzzTarget(name: "body", maxBytes: 1024) { bytes in
    do {
      let create = try decoder.decodeCreate(body: bytes, groupID: "orders", now: now)
      try holds(create)
    } catch let problem as CommandError {
      try isReadable(ProblemDocument(problem).json(instance: "/groups/orders/timers"))
    }
    let inBatch = Array("{\"timers\":[".utf8) + bytes + Array(",{}]}".utf8)
    for body in [bytes, inBatch] {
      do {
        for creation in try decoder.decodeCreates(body: body, groupID: "orders", now: now) {
          switch creation {
          case .success(let create): try holds(create)
          case .failure(let problem): try isReadable(ProblemDocument(problem).json())
          }
        }
      } catch let problem as CommandError {
        try isReadable(ProblemDocument(problem).json())
      }
    }
    do {
      let update = try decoder.decodeUpdate(body: bytes, groupID: "orders", timerID: "o-17", now: now)
      try holds(update)
    } catch let problem as CommandError {
      try isReadable(ProblemDocument(problem).json())
    }
    do {
      _ = try decoder.decodeFire(body: bytes, groupID: "orders", timerID: "o-17")
      let redrive = try decoder.decodeRedrive(body: bytes, groupID: "orders", timerID: "o-17", now: now)
      try holds(redrive)
    } catch let problem as CommandError {
      try isReadable(ProblemDocument(problem).json())
    }
  }

  /// A record of the commands topic: its key, a line break and its value; a tombstone where there is none. Key and value are
  /// its `traceparent` and its `tracestate` as well.
  static let record = FuzzTarget(name: "record", maxBytes: 1024) { bytes in
    let (key, value) = bytes.divided(by: UInt8(ascii: "\n"))
    let partition = KafkaPartition(topic: "timer-commands", number: 3)
    let record = KafkaRecord(
      partition: partition, offset: .max - 1, key: key, value: value,
      headers: [KafkaHeader("traceparent", key), KafkaHeader("tracestate", value)],
      timestampMilliseconds: .max)
    let batch = RecordBatch(partition: partition, expectedOffset: nil, records: [record])
    let decoded = DecodedBatch(batch, decoder: decoder, now: now)
    for command in decoded.commands {
      if case .create(let create) = command { try holds(create) }
      if case .update(let update) = command { try holds(update) }
      if case .redrive(let redrive) = command { try holds(redrive) }
    }
    for message in decoded.rejections([], topic: "timer-commands-rejected", shardCount: 64) {
      _ = try StoredHeaders.decode(StoredHeaders.encode(message.headers))
      // The record's own trace is passed on.
      let told = message.headers.reduce(-bytes.count) { $0 + $1.name.utf8.count + $1.value.utf8.count }
      try BrokenRule.unless(told < 128 << 10, "a rejection tells \(told) bytes")
    }
  }

  /// Decodes with the limits that hold where an operator says nothing else.
  static let decoder = CommandDecoder(kafkaTopic: "timer-fired")
  static let now = Timestamp(milliseconds: 1_795_447_800_000)

  private static let answers = TimerJSON(defaultRetryPolicy: .standard, defaultCallbackTimeoutSeconds: 15)

  /// Checks that a command that was accepted can be kept, read again, shown and repeated.
  private static func holds(_ create: CreateTimer) throws {
    var timer: Timer?
    let result = Timer.apply(.create(create), to: &timer, at: StoreTime(now))
    guard case .created = result, let created = timer else { throw BrokenRule("a creation made \(result)") }
    guard case .repeated = Timer.apply(.create(create), to: &timer, at: StoreTime(now)) else {
      throw BrokenRule("a creation is not equal to itself")
    }
    try isReadable(answers.bytes(created))
    try canBeKept(create.definition.destination, create.definition.retryPolicy)
    if let payload = create.definition.payload { try isReadable(payload) }
    let latest = now.milliseconds + 11 * 366 * 86_400_000
    try BrokenRule.unless(
      (0...latest).contains(create.definition.executeAt.milliseconds), "executeAt is out of its range")
  }

  private static func holds(_ update: UpdateTimer) throws {
    try canBeKept(update.changes.destination, update.changes.retryPolicy ?? nil)
    var timer: Timer? = Timer(
      creating: CreateTimer(
        key: update.key,
        definition: TimerDefinition(executeAt: now, destination: .http(HTTPDestination(url: "http://a.b/")))),
      at: now)
    var update = update
    update.ifRevision = nil
    _ = Timer.apply(.update(update), to: &timer, at: StoreTime(now))
    guard case .unchanged = Timer.apply(.update(update), to: &timer, at: StoreTime(now)) else {
      throw BrokenRule("an update that was made is made again")
    }
    if let timer { try isReadable(answers.bytes(timer)) }
  }

  private static func holds(_ redrive: RedriveTimer) throws {
    try canBeKept(nil, redrive.retryPolicy ?? nil)
    var redrive = redrive
    redrive.ifRevision = nil
    let definition = TimerDefinition(
      executeAt: now, destination: .http(HTTPDestination(url: "http://a.b/")))
    var timer: Timer? = Timer(creating: CreateTimer(key: redrive.key, definition: definition), at: now)
    timer?.phase = .dead
    let result = Timer.apply(.redrive(redrive), to: &timer, at: StoreTime(now))
    guard case .updated(let redriven) = result else { throw BrokenRule("a redrive made \(result)") }
    try isReadable(answers.bytes(redriven))
    let latest = now.milliseconds + 11 * 366 * 86_400_000
    try BrokenRule.unless(
      (0...latest).contains(redriven.dueAt.milliseconds), "a due time is out of its range")
  }

  private static func canBeKept(_ destination: Destination?, _ policy: RetryPolicy?) throws {
    if let destination {
      let kept = try StoredDestination.decode(StoredDestination.encode(destination))
      try BrokenRule.unless(kept == destination, "a destination is kept as \(kept)")
    }
    if let policy {
      let kept = try StoredRetryPolicy.decode(StoredRetryPolicy.encode(policy))
      try BrokenRule.unless(kept == policy, "a retry policy is kept as \(kept)")
    }
  }

  /// Checks that what the service wrote is JSON.
  static func isReadable(_ bytes: [UInt8]) throws {
    do {
      _ = try JSONText(bytes, maxDepth: 80)
    } catch {
      throw BrokenRule("what was written is not JSON: \(error)")
    }
  }
}
