import KafkaClient
import TimerModel

/// A batch whose records have been read: commands, and what is no command.
struct DecodedBatch: Sendable {
  private enum Item: Sendable {
    case command
    case rejected(Rejection)
  }

  private(set) var commands: [TimerCommand]
  /// For each command, which of the records it came in.
  private let places: [Int]
  private let records: [KafkaRecord]
  private let items: [Item]

  /// Reads the records of a batch by the rules of the HTTP API.
  init(_ batch: RecordBatch, decoder: CommandDecoder, now: Timestamp) {
    var commands: [TimerCommand] = []
    commands.reserveCapacity(batch.records.count)
    var places: [Int] = []
    records = batch.records
    items = batch.records.enumerated().map { place, record in
      do throws(CommandProblem) {
        commands.append(
          try decoder.decodeRecord(
            key: record.key, value: record.value, drawnID: Self.drawnID(record), now: now,
            traceContext: TraceContext(
              validating: record.header("traceparent"), tracestate: record.header("tracestate")),
            record: record.place))
        places.append(place)
        return .command
      } catch {
        return .rejected(Rejection(error))
      }
    }
    self.commands = commands
    self.places = places
  }

  /// How many records are no commands.
  var invalidCount: Int { records.count - commands.count }

  /// The record that a command came in.
  func recordOfCommand(_ place: Int) -> KafkaRecord { records[places[place]] }

  /// Notes the span of a command, for the timer that it creates.
  mutating func trace(_ place: Int, _ context: TraceContext) {
    guard case .create(var create) = commands[place] else { return }
    create.traceContext = context
    commands[place] = .create(create)
  }

  /// What goes to the topic of rejected commands, in the order of the records; `results` are those of the commands.
  func rejections(_ results: [CommandResult], topic: String, shardCount: Int) -> [OutboxMessage] {
    var left = results[...]
    return zip(records, items).compactMap { record, item in
      switch item {
      case .rejected(let rejection):
        return rejection.message(for: record, topic: topic, shardCount: shardCount)
      case .command:
        guard case .refused(let refusal) = left.popFirst() else { return nil }
        return Rejection(refusal).message(for: record, topic: topic, shardCount: shardCount)
      }
    }
  }

  /// The id of a timer that has none: where its record stands, so that the record makes one timer however often it is read.
  private static func drawnID(_ record: KafkaRecord) -> String {
    "\(record.partition.topic.prefix(200))-\(record.partition.number)-\(record.offset)"
  }
}

extension KafkaRecord {
  /// Where it stands, as timers know it.
  fileprivate var place: RecordPlace {
    RecordPlace(topic: partition.topic, partition: partition.number, offset: offset)
  }
}
