extension TimerSearch {
  /// Reads a page of a query.
  ///
  /// A page that examined many timers without being filled ends early and has a `next`, even if it is empty. A timer that keeps its place
  /// is shown once, whatever happens to others meanwhile; one whose place changes may be shown at both places or at neither.
  ///
  /// - Parameters:
  ///   - position: the end of the page before; nil begins at the beginning.
  ///   - size: the maximum number of timers.
  /// - Throws: `UnservedQueryError` for a combination that no index serves, and errors of the store.
  public func page(
    _ query: TimerQuery, after position: ScanPosition?, size: Int, limits: SearchLimits = SearchLimits()
  ) async throws -> TimerPage {
    let plan = try ScanPlan(query)
    let found =
      if let field = plan.sortedBy {
        try await sorted(plan, field, after: position, size: size, limits: limits)
      } else {
        try await filtered(plan, after: position, size: size, limits: limits)
      }
    return try await filled(found, plan.filter, limits)
  }

  /// Reads an index until there are enough timers.
  private func filtered(
    _ plan: ScanPlan, after position: ScanPosition?, size: Int, limits: SearchLimits
  ) async throws -> ScannedTimers {
    var scan = plan.scan
    scan.after = position
    var (found, examined): ([ScannedTimer], Int) = ([], 0)
    // Most filters select many. The others look at more timers each time.
    scan.limit = min(max(size + 1, 100), limits.examined)
    while examined < limits.examined {
      let part = try await self.scan(scan)
      examined += max(part.timers.count, scan.limit)
      found += part.timers.filter { plan.filter.selects($0) }
      if found.count > size || (found.count == size && part.next != nil) {
        return ScannedTimers(timers: Array(found.prefix(size)), next: found[size - 1].position)
      }
      guard let next = part.next else { return ScannedTimers(timers: found, next: nil) }
      scan.after = next
      scan.limit = min(scan.limit * 2, 1000)
    }
    return ScannedTimers(timers: found, next: scan.after)
  }

  /// Reads a small set as a whole, and sorts it.
  private func sorted(
    _ plan: ScanPlan, _ field: TimerOrder.Field, after position: ScanPosition?, size: Int,
    limits: SearchLimits
  ) async throws -> ScannedTimers {
    var isDescending = false
    var found: [ScannedTimer] = []
    var scan = plan.scan
    swap(&isDescending, &scan.isDescending)
    try await forEachPart(of: scan, upTo: limits.sorted) { part in
      found += part.filter { plan.filter.selects($0) }.compactMap { $0.placed(by: field) }
    } orElse: {
      let remedy = plan.filter.tags.isEmpty ? "a tag or idPrefix" : "idPrefix"
      return UnservedQueryError(
        "orderBy", "\(field.rawValue) sorts at most \(limits.sorted) timers; add \(remedy)")
    }
    let isBefore = { (a: ScanPosition, b: ScanPosition) in isDescending ? b < a : a < b }
    if let position { found.removeAll { !isBefore(position, $0.position) } }
    found.sort { isBefore($0.position, $1.position) }
    let page = Array(found.prefix(size))
    return ScannedTimers(timers: page, next: found.count > size ? page.last?.position : nil)
  }

  /// Reads an index to its end in parts.
  ///
  /// - Throws: `tooMany` once more than `limit` timers were read.
  func forEachPart(
    of scan: TimerScan, upTo limit: Int, _ body: ([ScannedTimer]) -> Void,
    orElse tooMany: () -> UnservedQueryError
  ) async throws {
    var scan = scan
    var examined = 0
    scan.limit = 1000
    while true {
      let part = try await self.scan(scan)
      examined += part.timers.count
      body(part.timers)
      guard let next = part.next else { return }
      guard examined < limit else { throw tooMany() }
      scan.after = next
    }
  }

  /// Reads the timers of a page with all that belongs to them, as far as their payloads fit.
  private func filled(
    _ page: ScannedTimers, _ filter: TimerFilter, _ limits: SearchLimits
  ) async throws -> TimerPage {
    var budget = ClaimBudget(bytes: limits.pageBytes)
    var timers: [Timer] = []
    var shown: ScanPosition?
    for start in stride(from: 0, to: page.timers.count, by: Self.filledAtOnce) {
      let part = page.timers[start..<min(start + Self.filledAtOnce, page.timers.count)]
      for (entry, timer) in zip(part, try await self.timers(part.map(\.position.key))) {
        // One that is gone since, or changed so that it is not selected any more, is left out.
        if let timer, filter.selects(timer) {
          guard budget.spend(timer.definition.payload?.count ?? 0) else {
            return TimerPage(timers: timers, next: shown)
          }
          timers.append(timer)
        }
        shown = entry.position
      }
    }
    return TimerPage(timers: timers, next: page.next)
  }

  private static var filledAtOnce: Int { 50 }
}

extension TimerFilter {
  /// Returns true if there is a timer at a place, and the filter selects it.
  func selects(_ entry: ScannedTimer) -> Bool { entry.timer.map { selects($0) } ?? false }
}

extension ScannedTimer {
  /// The timer at its place in the order of `field`; nil if it has no such time.
  fileprivate func placed(by field: TimerOrder.Field) -> ScannedTimer? {
    guard let timer else { return nil }
    let time =
      switch field {
      case .executeAt: Optional(timer.definition.executeAt)
      case .createdAt: Optional(timer.createdAt)
      case .endedAt: timer.endedAt
      }
    return time.map { ScannedTimer(position: ScanPosition(time: $0, key: timer.key), timer: timer) }
  }
}
