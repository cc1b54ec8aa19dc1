import KafkaClient
import Logging
import Telemetry
import TimerModel

/// Finds out where partitions are read from: compares what the store has on record with what the broker has.
struct LogInspector: Sendable {
  let configuration: KafkaIngestConfiguration
  let store: (any CommandLogStore)?
  /// Looks at logs at the broker; a `KafkaLogProbe` in the service.
  let inspect: @Sendable ([KafkaLogQuery]) async throws -> [KafkaLogView?]
  let logger: Logger
  let observer: KafkaIngest.Observer

  /// Returns where each partition is read from, in order; nil where the store or the broker could not tell.
  ///
  /// What an incident changes is on record before it is told of, so that it is told of once.
  func starts(of partitions: [KafkaPartition]) async -> [LogStart?] {
    // Without offsets of its own the broker's count.
    guard let store else { return partitions.map { _ in LogStart(offset: nil, onRecord: nil) } }
    guard let found = await compare(partitions, store) else { return partitions.map { _ in nil } }
    var starts: [LogStart?] = []
    for (partition, start) in zip(partitions, found) {
      if let start { starts.append(await record(start, partition, store)) } else { starts.append(nil) }
    }
    return starts
  }

  /// Returns those partitions whose logs are not as the store remembers them.
  func suspects(among partitions: [KafkaPartition]) async -> [KafkaPartition] {
    guard let store, let starts = await compare(partitions, store) else { return [] }
    return zip(partitions, starts).filter { $1?.onRecord != nil && $1?.incident != nil }.map(\.0)
  }

  private func compare(
    _ partitions: [KafkaPartition], _ store: any CommandLogStore
  ) async -> [LogStart?]? {
    do {
      let positions = try await store.positions(
        of: partitions.map { CommandSource($0, of: configuration.group) })
      let queries = zip(partitions, positions).map { LogComparator.query($0, $1) }
      let views = try await inspect(queries)
      return zip(zip(partitions, positions), views).map { known, view in
        view.map { LogComparator.start(known.0, known.1, $0) }
      }
    } catch {
      logger.warning(
        "cannot determine where to read commands from; retrying",
        metadata: [LogKey.error: "\(error)"])
      return nil
    }
  }

  /// Puts a start on record that is not there already.
  ///
  /// - Returns: nil if another consumer was faster, or the store failed.
  private func record(
    _ start: LogStart, _ partition: KafkaPartition, _ store: any CommandLogStore
  ) async -> LogStart? {
    guard start.incident != nil || start.onRecord == nil && start.log.replay != nil, let offset = start.offset
    else {
      return start
    }
    let batch = CommandBatch(
      source: CommandSource(partition, of: configuration.group), expectedOffset: start.onRecord,
      nextOffset: offset, mark: start.log.mark(before: offset), commands: [])
    do {
      guard case .applied = try await store.apply(batch, messages: { _ in [] }) else { return nil }
    } catch {
      logger.warning(
        "cannot store the offset to read commands from; retrying",
        metadata: ["partition": "\(partition)", LogKey.error: "\(error)"])
      return nil
    }
    if let incident = start.incident {
      logger.warning("\(incident)", metadata: ["partition": "\(partition)", "offset": "\(offset)"])
      observer.incident(incident)
    }
    var recorded = start
    recorded.onRecord = offset
    return recorded
  }
}

extension CommandSource {
  init(_ partition: KafkaPartition, of group: String) {
    self.init(group: group, topic: partition.topic, partition: partition.number)
  }
}
