/// Selects timers; a part that is empty or nil selects all.
public struct TimerFilter: Hashable, Sendable {
  /// The states that clients see; any of them.
  public var statuses: Set<TimerStatus> = []
  /// The tags that a timer must have; all of them.
  public var tags: [Tag] = []
  /// The earliest `executeAt`; among scheduled timers alone, the earliest time of the next attempt.
  public var executeAfter: Timestamp?
  /// The end of the range of `executeAt`, which is not part of it.
  public var executeBefore: Timestamp?
  /// The earliest end of a timer's life; timers that have not ended are left out.
  public var endedAfter: Timestamp?
  /// The end of the range of ends, which is not part of it; timers that have not ended are left out.
  public var endedBefore: Timestamp?
  /// Origins of URLs, as `Destination.origin` has them, and names of topics; any of them.
  public var destinations: Set<String> = []
  /// Results of the last attempt; any of them.
  public var lastStatuses: Set<LastStatus> = []
  /// The beginning of the id.
  public var idPrefix = ""
  /// A text that is part of the id, of a tag or of the URL or topic, in small or capital letters.
  public var text = ""

  /// Creates a filter that selects all timers.
  public init() {}

  /// True if the filter selects all timers.
  public var isEmpty: Bool { self == TimerFilter() }

  /// True if only timers whose life is over are selected.
  public var selectsEndedOnly: Bool {
    if endedAfter != nil || endedBefore != nil { return true }
    return !statuses.isEmpty && statuses.isDisjoint(with: [.scheduled, .delivering])
  }

  /// True if only timers whose life is not over are selected.
  public var selectsScheduledOnly: Bool {
    !statuses.isEmpty && statuses.isSubset(of: [.scheduled, .delivering])
  }

  /// Returns true if the filter selects `timer`, whose claim is valid if it has one.
  public func selects(_ timer: Timer) -> Bool {
    (statuses.isEmpty || statuses.contains(timer.status))
      && timer.key.timerID.utf8.starts(with: idPrefix.utf8)
      && tags.allSatisfy { timer.definition.tags[$0.name] == $0.value }
      && selects(executeAt: timer.definition.executeAt) && selectsEnd(of: timer)
      && (destinations.isEmpty || destinations.contains(timer.definition.destination.name))
      && (lastStatuses.isEmpty || selectsLastAttempt(of: timer)) && (text.isEmpty || containsText(timer))
  }

  private func selects(executeAt: Timestamp) -> Bool {
    executeAfter.map { executeAt >= $0 } ?? true && executeBefore.map { executeAt < $0 } ?? true
  }

  private func selectsEnd(of timer: Timer) -> Bool {
    guard endedAfter != nil || endedBefore != nil else { return true }
    guard let endedAt = timer.endedAt else { return false }
    return endedAfter.map { endedAt >= $0 } ?? true && endedBefore.map { endedAt < $0 } ?? true
  }

  private func selectsLastAttempt(of timer: Timer) -> Bool {
    guard let last = timer.attempts.last(where: \.isAttempt) else { return false }
    return lastStatuses.contains { $0.isResult(of: last) }
  }

  private func containsText(_ timer: Timer) -> Bool {
    let definition = timer.definition
    let wanted = Array(text.lowercased().utf8)
    let target =
      switch definition.destination {
      case .http(let http): http.url
      case .kafka(let kafka): kafka.topic
      }
    return [timer.key.timerID, target].contains { $0.containsLowercased(wanted) }
      || definition.tags.contains { $0.key.containsLowercased(wanted) || $0.value.containsLowercased(wanted) }
  }
}

extension Timer {
  /// The time at which its life ended; nil if it has not.
  public var endedAt: Timestamp? { phase == .scheduled ? nil : updatedAt }
}

extension Destination {
  /// The name by which filters and counts know it: the origin of a URL, or the topic.
  public var name: String {
    switch self {
    case .http(let http): http.origin
    case .kafka(let kafka): kafka.topic
    }
  }
}

extension String {
  /// Returns true if the text in small letters contains `wanted`.
  fileprivate func containsLowercased(_ wanted: [UInt8]) -> Bool {
    let text = Array(lowercased().utf8)
    guard let first = wanted.first, text.count >= wanted.count else { return wanted.isEmpty }
    return (0...text.count - wanted.count).contains { start in
      text[start] == first && text[start..<start + wanted.count].elementsEqual(wanted)
    }
  }
}
