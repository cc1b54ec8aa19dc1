import KafkaClient

/// The expected effect of the records of a commands topic, if each counts once. It has a few rules of its
/// own, not those of the service.
struct CommandOracle: Sendable {
  private struct State {
    var revision = 1
    var payload: Int?
    var isCancelled = false
  }

  private var timers: [String: State] = [:]
  /// The kind of problem of each record that is rejected, by `partition/offset`.
  private(set) var rejected: [String: String] = [:]
  /// The end of each partition.
  private(set) var ends: [Int32: Int64] = [:]
  /// Records whose meaning is not known.
  private(set) var strangers = 0

  /// Takes a record; those of a partition in their order.
  mutating func take(_ record: SentCommand) {
    ends[record.partition] = record.offset + 1
    guard let meaning = CommandMix.Meaning(text: record.meaning) else {
      strangers += 1
      return
    }
    if let problem = Self.apply(meaning, to: &timers[record.key]) {
      rejected["\(record.partition)/\(record.offset)"] = problem
    }
  }

  /// The timers as the store is to have them: `id revision phase payload`.
  var rows: Set<String> {
    Set(
      timers.map { key, timer in
        let payload = timer.payload.map { "\($0)" } ?? ""
        return "\(key.dropFirst(2)) \(timer.revision) \(timer.isCancelled ? 3 : 0) \(payload)"
      })
  }

  /// Selects the timers of the store, in the form of `rows`.
  static let query = """
    SELECT concat(convert_from(timer_id, 'UTF8'), ' ', coalesce(revision, 1), ' ', phase, ' ', convert_from(payload, 'UTF8'))
    FROM timerd.timers
    """

  // These are static: a method would hold a copy of the table while one of its timers changes, and all of it would be copied.

  private static func apply(_ meaning: CommandMix.Meaning, to timer: inout State?) -> String? {
    switch meaning {
    case .bad(let kind): return kind
    case .create: return create(nil, &timer)
    case .createOther: return create(0, &timer)
    case .change, .insist, .cancel:
      guard var changed = timer else { return "timer-not-found" }
      defer { timer = changed }
      return change(meaning, &changed)
    }
  }

  private static func create(_ payload: Int?, _ timer: inout State?) -> String? {
    if let timer { return timer.payload == payload ? nil : "id-taken" }
    timer = State(payload: payload)
    return nil
  }

  private static func change(_ meaning: CommandMix.Meaning, _ timer: inout State) -> String? {
    switch meaning {
    case .insist: return "revision-mismatch"
    case .cancel: timer.isCancelled = true
    case .change where timer.isCancelled: return "not-scheduled"
    case .change(let payload) where timer.payload != payload:
      timer.payload = payload
      timer.revision += 1
    case .change, .create, .createOther, .bad: break
    }
    return nil
  }
}

/// The parts of a record that the oracle needs.
struct SentCommand: Sendable {
  let partition: Int32
  let offset: Int64
  let key: String
  let meaning: String

  init(_ record: KafkaRecord) {
    partition = record.partition.number
    offset = record.offset
    key = String(decoding: record.key ?? [], as: UTF8.self)
    meaning = record.header(CommandMix.header) ?? ""
  }
}
