import Testing

/// The conformance suite of stores that apply commands with their offsets and have an outbox; each adapter
/// runs all cases, each against a fresh, empty store.
public enum CommandLogConformance: String, CaseIterable, Sendable {
  /// A batch takes effect together with its offset, and only after the batch before it.
  case batchesAdvanceOffset
  /// The mark of a log is kept with its offset, and other groups' positions are told.
  case positionsKeepMarks
  /// It is on record by which time timers have been purged.
  case purgeTimeIsRecorded
  /// A batch that another consumer was ahead of does nothing, and is told the offset on record.
  case staleBatchesDoNothing
  /// The results of a batch are those of its commands in order.
  case batchesKeepOrder
  /// Messages made from results are written with them.
  case resultsWriteMessages
  /// Batches of several partitions do not stand in each other's way.
  case partitionsAreIndependent
  /// A cancel's messages are written by the cancel that took effect, and by no other.
  case cancelsWriteMessages
  /// A settlement's messages are written if it takes effect.
  case settlementsWriteMessages
  /// Every field of a message survives.
  case messagesKeepEveryField
  /// Pages hold what was asked for, oldest first.
  case pages
  /// Removed messages are gone; unknown positions are skipped.
  case removal

  /// Runs the case against a fresh store; what does not hold becomes an issue of the current test.
  ///
  /// - Throws: errors of the store that the case does not expect, and requirements that do not hold.
  public func run(on harness: CommandLogHarness) async throws {
    switch self {
    case .batchesAdvanceOffset: try await harness.batchesAdvanceOffset()
    case .positionsKeepMarks: try await harness.positionsKeepMarks()
    case .purgeTimeIsRecorded: try await harness.purgeTimeIsRecorded()
    case .staleBatchesDoNothing: try await harness.staleBatchesDoNothing()
    case .batchesKeepOrder: try await harness.batchesKeepOrder()
    case .resultsWriteMessages: try await harness.resultsWriteMessages()
    case .partitionsAreIndependent: try await harness.partitionsAreIndependent()
    case .cancelsWriteMessages: try await harness.cancelsWriteMessages()
    case .settlementsWriteMessages: try await harness.settlementsWriteMessages()
    case .messagesKeepEveryField: try await harness.messagesKeepEveryField()
    case .pages: try await harness.pages()
    case .removal: try await harness.removal()
    }
  }
}
