/// The way in which a query is served: the index that is read, or the order in which a small set is sorted.
struct ScanPlan: Hashable {
  /// The scan, from the beginning.
  var scan: TimerScan
  /// Selects timers of the scan: what the scan's own bounds do not.
  var filter: TimerFilter
  /// The field by which the timers are sorted after reading; nil if they come in their order.
  var sortedBy: TimerOrder.Field?

  /// Chooses the index of a query by its parameters alone, so that each page of it is served in the same way.
  ///
  /// - Throws: `UnservedQueryError` for a combination without an index.
  init(_ query: TimerQuery) throws(UnservedQueryError) {
    let filter = query.filter
    self.filter = filter
    try Self.check(query)
    let order = query.order ?? Self.naturalOrder(of: filter)
    let isDescending = order.isDescending
    switch order.field {
    case .executeAt where filter.selectsScheduledOnly && filter.tags.isEmpty && filter.idPrefix.isEmpty:
      // The index has the time of the next attempt, which is `executeAt` unless a retry waits.
      scan = TimerScan(
        .due, groupID: query.groupID, from: filter.executeAfter, before: filter.executeBefore,
        isDescending: isDescending)
      self.filter.executeAfter = nil
      self.filter.executeBefore = nil
    case .endedAt where filter.tags.isEmpty && filter.idPrefix.isEmpty:
      scan = TimerScan(
        .ended(filter.endedPhases), groupID: query.groupID, from: filter.endedAfter,
        before: filter.endedBefore, isDescending: isDescending)
    case nil: scan = Self.byKey(query)
    case let field?:
      guard query.groupID != nil || !filter.tags.isEmpty else {
        throw UnservedQueryError("orderBy", Self.advice(for: field))
      }
      scan = Self.byKey(query)
      sortedBy = field
      scan.isDescending = isDescending
    }
  }

  /// The order that the filter suggests: by the time that it limits, and dead letters by their end.
  private static func naturalOrder(of filter: TimerFilter) -> TimerOrder {
    guard filter.tags.isEmpty, filter.idPrefix.isEmpty else { return TimerOrder() }
    if filter.endedAfter != nil || filter.endedBefore != nil || filter.statuses == [.dead] {
      return TimerOrder(.endedAt)
    }
    if filter.selectsScheduledOnly, filter.executeAfter != nil || filter.executeBefore != nil {
      return TimerOrder(.executeAt)
    }
    return TimerOrder()
  }

  private static func byKey(_ query: TimerQuery) -> TimerScan {
    let prefix = query.filter.idPrefix
    guard let tag = query.filter.tags.first else { return TimerScan(.keys(prefix), groupID: query.groupID) }
    return TimerScan(.tag(tag, prefix), groupID: query.groupID)
  }

  private static func check(_ query: TimerQuery) throws(UnservedQueryError) {
    let filter = query.filter
    let isNarrow =
      query.groupID != nil || !filter.tags.isEmpty || filter.statuses == [.dead]
      || filter.endedAfter != nil || (filter.selectsScheduledOnly && filter.executeAfter != nil)
    guard !isNarrow else {
      if query.groupID == nil, filter.tags.isEmpty, !filter.idPrefix.isEmpty {
        throw UnservedQueryError("idPrefix", "needs a group or a tag")
      }
      return
    }
    let advice = "needs a group, a tag, status=dead, endedAfter, or executeAfter with status=scheduled"
    if !filter.text.isEmpty { throw UnservedQueryError("q", advice) }
    if !filter.lastStatuses.isEmpty { throw UnservedQueryError("lastStatus", advice) }
    if !filter.destinations.isEmpty { throw UnservedQueryError("destination", advice) }
    if !filter.idPrefix.isEmpty { throw UnservedQueryError("idPrefix", "needs a group or a tag") }
    if !filter.selectsScheduledOnly, filter.executeAfter != nil || filter.executeBefore != nil {
      throw UnservedQueryError(
        filter.executeAfter != nil ? "executeAfter" : "executeBefore",
        "needs status=scheduled, a group or a tag")
    }
  }

  private static func advice(for field: TimerOrder.Field) -> String {
    switch field {
    case .executeAt: "executeAt needs status=scheduled, a group or a tag"
    case .createdAt: "createdAt needs a group or a tag"
    case .endedAt: "endedAt with idPrefix needs a group or a tag"
    }
  }
}

extension TimerFilter {
  /// The phases of ended timers that the filter selects.
  fileprivate var endedPhases: Set<Timer.Phase> {
    let all: [TimerStatus: Timer.Phase] = [.delivered: .delivered, .dead: .dead, .cancelled: .cancelled]
    return Set(all.filter { statuses.isEmpty || statuses.contains($0.key) }.values)
  }
}
