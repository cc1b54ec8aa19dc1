import Testing

/// The conformance suite of `TimerStore`; each adapter runs all cases, each against a fresh, empty store.
public enum TimerStoreConformance: String, CaseIterable, Sendable {
  /// A creation is applied once; other content under the same id is refused.
  case createsOnce
  /// Every field of a timer survives.
  case keepsEveryField
  /// A payload comes back byte by byte.
  case keepsPayloadBytes
  /// An update changes what it names, counts a revision and begins a new firing.
  case updatesOnlyNamedFields
  /// An update that asks for what is already so changes nothing.
  case identicalUpdateKeepsRevision
  /// Another revision than the expected one refuses updates and cancels.
  case revisionsAreCompared
  /// A confirmed cancel is final, and may be repeated.
  case cancelIsFinal
  /// A repeated update is answered like the first, whatever became of the timer since, but for a cancel.
  case updatesAreRepeatable
  /// A repeated creation is compared with what was asked for, not with the time that a receiver named since.
  case repeatedCreationIgnoresReschedules
  /// A repeated creation is compared with what was asked for, not with the defaults that a node filled in.
  case repeatedCreationIgnoresDefaults
  /// From the claim on, update and cancel are refused.
  case claimRefusesChanges
  /// Once a claim's lease has run out, the timer can be changed and claimed again.
  case expiredClaimFreesTimer
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

  /// Runs the case.
  public func run(on bench: StoreHarness) async throws {
    switch self {
    case .createsOnce: try await bench.createsOnce()
    case .keepsEveryField: try await bench.keepsEveryField()
    case .keepsPayloadBytes: try await bench.keepsPayloadBytes()
    case .updatesOnlyNamedFields: try await bench.updatesOnlyNamedFields()
    case .identicalUpdateKeepsRevision: try await bench.identicalUpdateKeepsRevision()
    case .revisionsAreCompared: try await bench.revisionsAreCompared()
    case .cancelIsFinal: try await bench.cancelIsFinal()
    case .updatesAreRepeatable: try await bench.updatesAreRepeatable()
    case .repeatedCreationIgnoresReschedules: try await bench.repeatedCreationIgnoresReschedules()
    case .repeatedCreationIgnoresDefaults: try await bench.repeatedCreationIgnoresDefaults()
    case .claimRefusesChanges: try await bench.claimRefusesChanges()
    case .expiredClaimFreesTimer: try await bench.expiredClaimFreesTimer()
    case .batchesKeepOrder: try await bench.batchesKeepOrder()
    case .claimVerdicts: try await bench.claimVerdicts()
    case .claimAheadIsBounded: try await bench.claimAheadIsBounded()
    case .payloadBudgetIsKept: try await bench.payloadBudgetIsKept()
    case .oneOfManyClaimsWins: try await bench.oneOfManyClaimsWins()
    case .endings: try await bench.endings()
    case .settlementsAreFenced: try await bench.settlementsAreFenced()
    case .lateSettlementCounts: try await bench.lateSettlementCounts()
    case .attemptsAreBounded: try await bench.attemptsAreBounded()
    case .claimsAreKept: try await bench.claimsAreKept()
    case .creatorsAreKept: try await bench.creatorsAreKept()
    case .duePages: try await bench.duePages()
    case .overdueTimers: try await bench.overdueTimers()
    case .purge: try await bench.purge()
    case .batchSizes: try await bench.batchSizes()
    }
  }
}
