import KafkaClient
import TimerModel

/// A batch whose records have been read: commands, and invalid records.
struct DecodedBatch: Sendable {
  private enum Item: Sendable {
    case command
    case rejected(Rejection)
    /// It is carried out already.
    case done
  }

  private(set) var commands: [TimerCommand]
  /// For each command, which of the records it came in.
  private var places: [Int]
  private let records: [KafkaRecord]
  private var items: [Item]
  private let generation: Int

  /// Reads the records of a batch by the rules of the HTTP API.
  init(_ batch: RecordBatch, decoder: CommandDecoder, now: Timestamp) {
    var commands: [TimerCommand] = []
    commands.reserveCapacity(batch.records.count)
    var places: [Int] = []
    records = batch.records
    let generation = batch.log.generation
    self.generation = generation
    items = batch.records.enumerated().map { place, record in
      do throws(CommandProblem) {
        commands.append(
          try decoder.decodeRecord(
            key: record.key, value: record.value, drawnID: Self.drawnID(record, generation), now: now,
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

  /// The number of records that are invalid, or were rejected before the store saw them.
  var invalidCount: Int { items.count { if case .rejected = $0 { true } else { false } } }

  /// Takes commands out, by their places: those with a rejection are rejected, the others are carried out already.
  mutating func takeOut(_ verdicts: [Int: Rejection?]) {
    for (command, rejection) in verdicts {
      items[places[command]] = rejection.map { .rejected($0) } ?? .done
    }
    let left = commands.indices.filter { verdicts[$0] == nil }
    (commands, places) = (left.map { commands[$0] }, left.map { places[$0] })
  }

  /// The record that a command came in.
  func recordOfCommand(_ place: Int) -> KafkaRecord { records[places[place]] }

  /// Notes the span of a command, for the timer that it creates.
  mutating func trace(_ place: Int, _ context: TraceContext) {
    guard case .create(var create) = commands[place] else { return }
    create.traceContext = context
    commands[place] = .create(create)
  }

  /// Returns the messages for the rejected topic, in the order of the records; `results` are those of the
  /// commands.
  func rejections(_ results: [CommandResult], topic: String, shardCount: Int) -> [OutboxMessage] {
    var left = results[...]
    return zip(records, items).compactMap { record, item in
      switch item {
      case .rejected(let rejection):
        return rejection.message(for: record, generation: generation, topic: topic, shardCount: shardCount)
      case .command:
        guard case .refused(let refusal) = left.popFirst() else { return nil }
        return Rejection(refusal).message(
          for: record, generation: generation, topic: topic, shardCount: shardCount)
      case .done: return nil
      }
    }
  }

  /// The id of a timer that has none: where its record stands, so that the record makes one timer however often it is read.
  /// In another log of the same name the same place is another one.
  private static func drawnID(_ record: KafkaRecord, _ generation: Int) -> String {
    let place = "\(record.partition.topic.prefix(200))-\(record.partition.number)-\(record.offset)"
    return generation == 0 ? place : "\(place)-\(generation)"
  }
}

extension KafkaRecord {
  /// The coordinates of the record, as timers keep them.
  fileprivate var place: RecordPlace {
    RecordPlace(topic: partition.topic, partition: partition.number, offset: offset)
  }
}
