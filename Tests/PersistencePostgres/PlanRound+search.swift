import PersistencePostgres
import Testing
import TimerModel

// Tags, lists and counts.
extension PlanRound {
  /// A tag of every seventh timer of the filling.
  private static let tag = Tag(name: "customer", value: "1")
  /// A group with the 200th part of the filling.
  private static let group = "f7"

  /// Creates timers with tags, and gives them others.
  func tags(_ numbers: Range<Int>) async throws {
    let creates = numbers.map { number in
      var create = PostgresHarness.create(number)
      create.definition.tags = ["customer": "\(number)"]
      return TimerCommand.create(create)
    }
    let created = try await meter.count("create with tags", rows: 2 * numbers.count) {
      try await store.apply(creates)
    }
    #expect(created.count { if case .created = $0 { true } else { false } } == numbers.count)
    let changes = TimerChanges(tags: ["customer": "0", "kind": "plan"])
    let updated = try await meter.count("change tags", rows: 3 * numbers.count) {
      try await store.apply(
        numbers.map { .update(UpdateTimer(key: PostgresHarness.key($0), changes: changes)) })
    }
    #expect(updated.count { if case .updated = $0 { true } else { false } } == numbers.count)
  }

  /// Reads the beginning of each index in each direction, of one group and of all.
  func lists() async throws {
    // The timers of the rounds are due before, and end later. All of one time are read together.
    let from = Timestamp(milliseconds: PostgresHarness.past.milliseconds + 1)
    for group in [Self.group, nil] {
      for index in [TimerScan.Index.keys(""), .tag(Self.tag, "")] {
        try await scan(TimerScan(index, groupID: group, limit: Self.size), rows: Self.size)
      }
      for isDescending in [false, true] {
        for index in [TimerScan.Index.due, .ended([.delivered, .cancelled]), .ended([.dead])] {
          let scan = TimerScan(
            index, groupID: group, from: from, before: Self.horizon, isDescending: isDescending,
            limit: Self.size)
          // Eight of each shard, or as many of each phase; and the next one, which has another time.
          try await self.scan(scan, rows: 4 * Self.size)
        }
      }
    }
  }

  private func scan(_ scan: TimerScan, rows: Int) async throws {
    let order = scan.isDescending ? "descending" : "ascending"
    let name = "scan of \(scan.index), \(order), in \(scan.groupID ?? "all groups")"
    let found = try await meter.count(name, rows: rows) { try await store.scan(scan) }
    #expect(found.timers.count <= rows, "\(name)")
  }

  /// Counts up to a limit, and the group of the rounds as a whole, which comes after those of the filling.
  func counts() async throws {
    for group in [Self.group, nil] {
      _ = try await meter.count("count in \(group ?? "all groups")", rows: 3 * Self.size) {
        try await store.phaseCounts(groupID: group, limit: Self.size)
      }
    }
    let groups = try await meter.count("groups", rows: 20 * Self.size) {
      try await store.groups(after: "f~", limit: Self.size, entries: 1)
    }
    #expect(groups.map(\.groupID) == [PostgresHarness.key(0).groupID])
  }
}
