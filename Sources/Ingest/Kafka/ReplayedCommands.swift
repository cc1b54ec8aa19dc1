import KafkaClient
import TimerModel

/// Commands of a log that may have been read before, and that must not let a timer fire once more.
///
/// As long as a timer is there, a repeated creation changes nothing. Once it is gone, nobody can tell its first creation from its second:
/// such a creation is rejected, for people to decide. So is a fire or a redrive that is older than the last change of its timer, which it
/// may have made. A younger one has not been carried out.
struct ReplayedCommands {
  /// For how long before the last purge a record may have been made that is purged in this moment, or by a clock that is behind. As long
  /// after a timer's last change a record may have been made before it, by a clock that is ahead.
  private static let margin = Duration.seconds(5)

  private let creations: [(command: Int, create: CreateTimer, timestamp: Int64?)]
  /// Fires and redrives.
  private let moves: [(command: Int, key: TimerKey, timestamp: Int64?)]
  private let isCertain: Bool

  /// Finds the commands of a batch that may have been carried out before.
  init(_ batch: DecodedBatch, of log: LogState) {
    isCertain = log.replay?.isCertain ?? false
    guard log.replay != nil else {
      (creations, moves) = ([], [])
      return
    }
    creations = batch.commands.indices.compactMap { index in
      let record = batch.recordOfCommand(index)
      guard case .create(let create) = batch.commands[index], log.mayRepeat(record) else { return nil }
      return (index, create, record.timestampMilliseconds)
    }
    moves = batch.commands.indices.compactMap { index in
      let record = batch.recordOfCommand(index)
      guard batch.commands[index].isMove, log.mayRepeat(record) else { return nil }
      return (index, batch.commands[index].key, record.timestampMilliseconds)
    }
  }

  /// Judges them by what the store has.
  ///
  /// - Returns: for each that is not to be carried out its place among the commands, and the rejection if it gets one.
  func verdicts(of store: any CommandLogStore) async throws -> [Int: Rejection?] {
    let moves = try await moveVerdicts(of: store)
    return try await creationVerdicts(of: store).merging(moves) { verdict, _ in verdict }
  }

  private func moveVerdicts(of store: any CommandLogStore) async throws -> [Int: Rejection?] {
    guard !moves.isEmpty else { return [:] }
    var verdicts: [Int: Rejection?] = [:]
    for (item, timer) in zip(moves, try await store.timers(moves.map(\.key))) {
      guard let timer else { continue }
      let changedAt = (timer.updatedAt + Self.margin).milliseconds
      if item.timestamp.map({ $0 < changedAt }) ?? true { verdicts[item.command] = .some(.overtaken) }
    }
    return verdicts
  }

  private func creationVerdicts(of store: any CommandLogStore) async throws -> [Int: Rejection?] {
    guard !creations.isEmpty else { return [:] }
    // In this order: what is purged in between was there when it was looked for, or is younger than the margin.
    guard let ambiguous = try await ambiguous(by: store), !ambiguous.isEmpty else { return [:] }
    let timers = try await store.timers(ambiguous.map(\.create.key))
    let now = try await store.time()
    var verdicts: [Int: Rejection?] = [:]
    for (item, timer) in zip(ambiguous, timers) {
      guard let timer else {
        verdicts[item.command] = .some(.tooOld)
        continue
      }
      // It may be purged at any moment: the store is not asked once more.
      guard timer.phase != .scheduled else { continue }
      var copy: Timer? = timer
      if case .rejected(let rejection) = Timer.apply(.create(item.create), to: &copy, at: now) {
        verdicts[item.command] = .some(Rejection(rejection))
      } else {
        verdicts[item.command] = .some(nil)
      }
    }
    return verdicts
  }

  private func ambiguous(
    by store: any CommandLogStore
  ) async throws -> [(command: Int, create: CreateTimer, timestamp: Int64?)]? {
    if isCertain { return creations }
    guard let purgedBefore = try await store.purgedBefore() else { return nil }
    let limit = (purgedBefore + Self.margin).milliseconds
    return creations.filter { $0.timestamp.map { $0 < limit } ?? true }
  }
}

extension TimerCommand {
  /// True for a command that gives a timer another due time, and would do so again.
  fileprivate var isMove: Bool {
    switch self {
    case .fire, .redrive: true
    case .create, .update, .cancel: false
    }
  }
}
