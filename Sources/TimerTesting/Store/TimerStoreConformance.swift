import Testing

/// The conformance suite of `TimerStore`; each adapter runs all cases, each against a fresh, empty store.
public enum TimerStoreConformance: String, CaseIterable, Sendable {
  /// A creation is applied once; other content under the same id is rejected.
  case createsOnce
  /// Every field of a timer survives.
  case keepsEveryField
  /// A payload comes back byte by byte.
  case keepsPayloadBytes
  /// An update changes what it names, counts a revision and begins a new firing.
  case updatesOnlyNamedFields
  /// An update that asks for what is already so changes nothing.
  case identicalUpdateKeepsRevision
  /// Another revision than the expected one rejects updates and cancels.
  case revisionsAreCompared
  /// A confirmed cancel is final, and may be repeated.
  case cancelIsFinal
  /// A repeated update is answered like the first, whatever became of the timer since, but for a cancel.
  case updatesAreRepeatable
  /// A repeated creation is compared with what was asked for, not with the time that a receiver named since.
  case repeatedCreationIgnoresReschedules
  /// A repeated creation is compared with what was asked for, not with the defaults that a node filled in.
  case repeatedCreationIgnoresDefaults
  /// From the claim on, update and cancel are rejected.
  case claimRejectsChanges
  /// Once a claim's lease has run out, the timer can be changed and claimed again.
  case expiredClaimFreesTimer
  /// A fire makes a scheduled timer due now, in the firing that it has, and may be repeated.
  case firesAreDueNow
  /// A fire of a timer that waits for a retry changes nothing but its due time.
  case firesKeepAttempts
  /// A redriven timer keeps its firing and its history, and counts attempts from one.
  case redrivesKeepTheirFiring
  /// A redrive may name a time and a retry policy; without them it is due at once, by the policy that it has.
  case redrivesSayWhenAndHow
  /// A timer that is not dead is not redriven.
  case onlyDeadTimersAreRedriven
  /// The commands of one batch take effect in order.
  case batchesKeepOrder
  /// Each claim verdict is given where it belongs.
  case claimVerdicts
  /// A claim may run ahead of the store's clock by what the request says, and no further.
  case claimAheadIsBounded
  /// The payload budget is kept, and the first timer is claimed whatever its size.
  case payloadBudgetIsKept
  /// However many nodes ask at once, one gets the claim.
  case oneOfManyClaimsWins
  /// Each ending leads to its state.
  case endings
  /// A settlement of another claim changes nothing; neither does a repeated one.
  case settlementsAreFenced
  /// A settlement after the lease still counts if nobody has claimed the timer since.
  case lateSettlementCounts
  /// The log of attempts keeps the latest.
  case attemptsAreBounded
  /// Claims that were given back, or taken over, are kept with the attempts.
  case claimsAreKept
  /// The record that created a timer stays with it.
  case creatorsAreKept
  /// Pages of due timers are complete, in order and without overlap.
  case duePages
  /// Overdue timers without a valid claim are found.
  case overdueTimers
  /// Only what ended before the given time is purged.
  case purge
  /// Empty batches do nothing, large ones all.
  case batchSizes
  /// A batch that failed in part, as far as the store declares, can be repeated.
  case partialBatchesAreRepeatable

  /// Runs the case against a fresh store; what does not hold becomes an issue of the current test.
  ///
  /// - Throws: errors of the store that the case does not expect, and requirements that do not hold.
  public func run(on harness: StoreHarness) async throws {
    switch self {
    case .createsOnce: try await harness.createsOnce()
    case .keepsEveryField: try await harness.keepsEveryField()
    case .keepsPayloadBytes: try await harness.keepsPayloadBytes()
    case .updatesOnlyNamedFields: try await harness.updatesOnlyNamedFields()
    case .identicalUpdateKeepsRevision: try await harness.identicalUpdateKeepsRevision()
    case .revisionsAreCompared: try await harness.revisionsAreCompared()
    case .cancelIsFinal: try await harness.cancelIsFinal()
    case .updatesAreRepeatable: try await harness.updatesAreRepeatable()
    case .repeatedCreationIgnoresReschedules: try await harness.repeatedCreationIgnoresReschedules()
    case .repeatedCreationIgnoresDefaults: try await harness.repeatedCreationIgnoresDefaults()
    case .claimRejectsChanges: try await harness.claimRejectsChanges()
    case .expiredClaimFreesTimer: try await harness.expiredClaimFreesTimer()
    case .firesAreDueNow: try await harness.firesAreDueNow()
    case .firesKeepAttempts: try await harness.firesKeepAttempts()
    case .redrivesKeepTheirFiring: try await harness.redrivesKeepTheirFiring()
    case .redrivesSayWhenAndHow: try await harness.redrivesSayWhenAndHow()
    case .onlyDeadTimersAreRedriven: try await harness.onlyDeadTimersAreRedriven()
    case .batchesKeepOrder: try await harness.batchesKeepOrder()
    case .claimVerdicts: try await harness.claimVerdicts()
    case .claimAheadIsBounded: try await harness.claimAheadIsBounded()
    case .payloadBudgetIsKept: try await harness.payloadBudgetIsKept()
    case .oneOfManyClaimsWins: try await harness.oneOfManyClaimsWins()
    case .endings: try await harness.endings()
    case .settlementsAreFenced: try await harness.settlementsAreFenced()
    case .lateSettlementCounts: try await harness.lateSettlementCounts()
    case .attemptsAreBounded: try await harness.attemptsAreBounded()
    case .claimsAreKept: try await harness.claimsAreKept()
    case .creatorsAreKept: try await harness.creatorsAreKept()
    case .duePages: try await harness.duePages()
    case .overdueTimers: try await harness.overdueTimers()
    case .purge: try await harness.purge()
    case .batchSizes: try await harness.batchSizes()
    case .partialBatchesAreRepeatable: try await harness.partialBatchesAreRepeatable()
    }
  }
}
