import KafkaClient
import TimerModel
import TimerWire

/// A batch whose records have been read: commands, and invalid records.
struct DecodedBatch: Sendable {
  private enum Item: Sendable {
    case command
    case rejected(Rejection)
    /// It is carried out already.
    case done
  }

  private(set) var commands: [TimerCommand]
  /// For each command, the index of its record.
  private var recordIndices: [Int]
  private let records: [KafkaRecord]
  private var items: [Item]
  private let generation: Int

  /// Reads the records of a batch by the rules of the HTTP API.
  init(_ batch: RecordBatch, decoder: CommandDecoder, now: Timestamp) {
    var commands: [TimerCommand] = []
    commands.reserveCapacity(batch.records.count)
    var recordIndices: [Int] = []
    records = batch.records
    let generation = batch.log.generation
    self.generation = generation
    items = batch.records.enumerated().map { index, record in
      do throws(CommandError) {
        var command = try decoder.decodeRecord(
          key: record.key, value: record.value, generatedID: Self.generatedID(record, generation), now: now,
          traceContext: TraceContext(
            validating: record.header("traceparent"), tracestate: record.header("tracestate")))
        if case .create(var create) = command {
          // Kept with the timer that it creates.
          create.record = record.coordinates
          command = .create(create)
        }
        commands.append(command)
        recordIndices.append(index)
        return .command
      } catch {
        return .rejected(Rejection(error))
      }
    }
    self.commands = commands
    self.recordIndices = recordIndices
  }

  /// The number of records that are invalid, or were rejected before the store saw them.
  var invalidCount: Int { items.count { if case .rejected = $0 { true } else { false } } }

  /// Excludes commands, by their index: those with a rejection are rejected, the others are carried out already.
  mutating func exclude(_ verdicts: [Int: Rejection?]) {
    for (command, rejection) in verdicts {
      items[recordIndices[command]] = rejection.map { .rejected($0) } ?? .done
    }
    let left = commands.indices.filter { verdicts[$0] == nil }
    (commands, recordIndices) = (left.map { commands[$0] }, left.map { recordIndices[$0] })
  }

  /// The record that a command came in.
  func recordOfCommand(_ index: Int) -> KafkaRecord { records[recordIndices[index]] }

  /// Notes the span of a command, for the timer that it creates.
  mutating func setTraceContext(_ index: Int, _ context: TraceContext) {
    guard case .create(var create) = commands[index] else { return }
    create.traceContext = context
    commands[index] = .create(create)
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
        guard case .rejected(let rejection) = left.popFirst() else { return nil }
        return Rejection(rejection).message(
          for: record, generation: generation, topic: topic, shardCount: shardCount)
      case .done: return nil
      }
    }
  }

  /// The id of a timer that has none: where its record stands, so that the record makes one timer however often it is read.
  /// In another log of the same name the same place is another one.
  private static func generatedID(_ record: KafkaRecord, _ generation: Int) -> String {
    let id = "\(record.partition.topic.prefix(200))-\(record.partition.number)-\(record.offset)"
    return generation == 0 ? id : "\(id)-\(generation)"
  }
}

extension KafkaRecord {
  /// The coordinates of the record, as timers keep them.
  fileprivate var coordinates: KafkaCoordinates {
    KafkaCoordinates(topic: partition.topic, partition: partition.number, offset: offset)
  }
}
