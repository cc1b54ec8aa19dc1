import Testing

/// The conformance suite of stores that apply commands with their offsets and have an outbox; each adapter
/// runs all cases, each against a fresh, empty store.
public enum CommandLogConformance: String, CaseIterable, Sendable {
  /// A batch takes effect together with its offset, and only after the batch before it.
  case batchesMoveTheOffset
  /// The mark of a log is kept with its offset, and other groups' positions are told.
  case positionsKeepTheirMarks
  /// It is on record by which time timers have been purged.
  case purgesAreOnRecord
  /// A batch that another consumer was ahead of does nothing, and is told the offset on record.
  case staleBatchesDoNothing
  /// The results of a batch are those of its commands in order.
  case batchesKeepTheirOrder
  /// Messages made from results are written with them.
  case messagesOfResultsAreWritten
  /// Batches of several partitions do not stand in each other's way.
  case partitionsAreApart
  /// A cancel's messages are written by the cancel that took effect, and by no other.
  case messagesOfCancels
  /// A settlement's messages are written if it takes effect.
  case messagesOfSettlements
  /// Every field of a message survives.
  case messagesKeepEveryField
  /// Pages hold what was asked for, oldest first.
  case pages
  /// Removed messages are gone; unknown positions are skipped.
  case removal

  /// Runs the case.
  public func run(on bench: CommandLogBench) async throws {
    switch self {
    case .batchesMoveTheOffset: try await bench.batchesMoveTheOffset()
    case .positionsKeepTheirMarks: try await bench.positionsKeepTheirMarks()
    case .purgesAreOnRecord: try await bench.purgesAreOnRecord()
    case .staleBatchesDoNothing: try await bench.staleBatchesDoNothing()
    case .batchesKeepTheirOrder: try await bench.batchesKeepTheirOrder()
    case .messagesOfResultsAreWritten: try await bench.messagesOfResultsAreWritten()
    case .partitionsAreApart: try await bench.partitionsAreApart()
    case .messagesOfCancels: try await bench.messagesOfCancels()
    case .messagesOfSettlements: try await bench.messagesOfSettlements()
    case .messagesKeepEveryField: try await bench.messagesKeepEveryField()
    case .pages: try await bench.pages()
    case .removal: try await bench.removal()
    }
  }
}
