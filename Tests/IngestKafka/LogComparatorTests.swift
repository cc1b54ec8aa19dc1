import KafkaClient
import Testing
import TimerModel

@testable import IngestKafka

/// Decisions about a log that may be shorter, younger or another one than the one that was read.
@Suite struct LogComparatorTests {
  private static let partition = KafkaPartition(topic: "c", number: 3)
  /// The timestamp of the last record that was read.
  private static let readAt: Int64 = 1_795_000_000_000

  private static func own(_ offset: Int64, markAt: Int64? = nil, replay: LogReplay? = nil) -> LogPositions {
    LogPositions(own: position(offset, markAt: markAt, replay: replay))
  }

  private static func position(
    _ offset: Int64, group: String = "g", markAt: Int64? = nil, replay: LogReplay? = nil
  ) -> LogPosition {
    let record = LogMark.Record(
      offset: markAt ?? (offset > 0 ? offset - 1 : 0), timestamp: readAt, digest: 7)
    return LogPosition(group: group, offset: offset, mark: LogMark(record: record, replay: replay))
  }

  private static func start(_ positions: LogPositions, _ view: KafkaLogView) -> LogStart {
    LogComparator.start(partition, positions, view)
  }

  @Test func lastReadRecordIsLookedUp() {
    let query = LogComparator.query(Self.partition, Self.own(100))
    #expect(
      query == KafkaLogQuery(Self.partition, offset: 99, digest: 7, timestamp: Self.readAt))
    let moved = LogComparator.query(Self.partition, Self.own(120, markAt: 99))
    #expect(
      moved == KafkaLogQuery(Self.partition, offset: 119),
      "an older version has moved the offset without the mark")
    #expect(
      LogComparator.query(Self.partition, LogPositions()) == KafkaLogQuery(Self.partition, offset: nil))
  }

  @Test(arguments: [Int64.min, -1001, -1, .max])
  func impossibleOffsetRestartsFromBeginning(offset: Int64) {
    #expect(LogComparator.query(Self.partition, Self.own(offset)).offset == nil)
    let start = Self.start(Self.own(offset), KafkaLogView(low: 2, end: 9))
    #expect(start.offset == 2 && start.onRecord == offset)
    #expect(start.incident?.kind == .unreadable)
    #expect(start.log.replay == LogReplay(until: 9, isCertain: false))
  }

  @Test func unchangedLogContinues() {
    let start = Self.start(Self.own(100), KafkaLogView(low: 0, end: 140, match: .same))
    #expect(start == LogStart(offset: 100, onRecord: 100))
  }

  @Test func lostCommandsAreCounted() {
    let start = Self.start(Self.own(100), KafkaLogView(low: 130, end: 140, match: .outside))
    #expect(start.offset == 130 && start.onRecord == 100)
    #expect(start.incident?.kind == .lost(30))
    #expect(start.incident?.lostRecords == 30)
    #expect(start.incident.map { "\($0)".contains("up to 30 commands") } == true)
    // Nothing had been read.
    #expect(Self.start(Self.own(0), KafkaLogView(low: 5, end: 9)).incident?.kind == .lost(5))
    #expect(Self.start(LogPositions(), KafkaLogView(low: 5, end: 9)).incident?.kind == .lost(5))
  }

  @Test(
    arguments: [
      KafkaLogView(low: 100, end: 100, match: .outside), KafkaLogView(low: 100, end: 140, match: .outside),
      KafkaLogView(low: 0, end: 140, match: .gap), KafkaLogView(low: 0, end: 100, match: .end(100)),
    ])
  func retentionAndCompactionAreNoIncident(view: KafkaLogView) {
    #expect(Self.start(Self.own(100), view) == LogStart(offset: 100, onRecord: 100))
  }

  @Test(
    arguments: [
      KafkaLogView(low: 0, end: 3, match: .end(3), firstTimestamp: readAt + 60_000),
      KafkaLogView(low: 0, end: 3, match: .outside, firstTimestamp: readAt + 60_000),
      KafkaLogView(low: 0, end: 0, match: .outside),
      KafkaLogView(low: 0, end: 300, match: .different, firstTimestamp: readAt - 1000),
    ])
  func recreatedTopicIsReadFromBeginning(view: KafkaLogView) {
    let start = Self.start(Self.own(100), view)
    #expect(start.offset == 0 && start.onRecord == 100)
    #expect(start.incident?.kind == .replaced)
    #expect(start.log.generation == 1, "the same place is another record's now")
    #expect(start.log.replay == (view.end > 0 ? LogReplay(until: view.end, isCertain: false) : nil))
  }

  @Test func truncatedLogRereadsRecentRecords() {
    let cut = KafkaLogView(
      low: 0, end: 80, match: .end(80), firstTimestamp: Self.readAt - 3_600_000, younger: 76)
    let start = Self.start(Self.own(100), cut)
    #expect(start.offset == 76 && start.incident?.kind == .cutOff)
    #expect(start.log == LogState(generation: 0, replay: LogReplay(until: 80, isCertain: false)))
    var old = cut
    old.younger = nil
    #expect(Self.start(Self.own(100), old).offset == 80, "all that is left was read long before")
    var copied = cut
    copied.match = .different
    #expect(Self.start(Self.own(100), copied).incident?.kind == .replaced)
    #expect(Self.start(Self.own(100), copied).offset == 76)
  }

  @Test func newGroupKnowsOtherGroupsPosition() {
    let other = LogPositions(other: Self.position(100, group: "before"))
    #expect(LogComparator.query(Self.partition, other).offset == 99)
    let start = Self.start(other, KafkaLogView(low: 40, end: 140, match: .same))
    #expect(start.offset == 40 && start.onRecord == nil)
    #expect(start.log.replay == LogReplay(until: 100, isCertain: true))
    #expect(start.incident?.kind == .readByAnother("before"))
    #expect(start.incident?.needsAttention == false)
    let lost = Self.start(other, KafkaLogView(low: 130, end: 140, match: .outside))
    #expect(lost.incident?.kind == .lost(30))
    let remade = Self.start(other, KafkaLogView(low: 0, end: 3, match: .end(3)))
    #expect(remade.log == LogState(generation: 1, replay: LogReplay(until: 3, isCertain: false)))
  }

  @Test func returningGroupKnowsOtherGroupsPosition() {
    var positions = Self.own(100)
    positions.other = Self.position(120, group: "between")
    let start = Self.start(positions, KafkaLogView(low: 0, end: 140, match: .same))
    #expect(start.offset == 100 && start.incident == nil)
    #expect(start.log.replay == LogReplay(until: 120, isCertain: false))
  }

  @Test func firstGroupTreatsLogAsReplay() {
    let start = Self.start(LogPositions(), KafkaLogView(low: 0, end: 140))
    #expect(
      start
        == LogStart(offset: 0, onRecord: nil, log: LogState(replay: LogReplay(until: 140, isCertain: false))))
    #expect(Self.start(LogPositions(), KafkaLogView(low: 0, end: 0)) == LogStart(offset: 0, onRecord: nil))
  }

  @Test(arguments: [
    LogMark(), LogMark(generation: 3),
    LogMark(record: LogMark.Record(offset: .max, timestamp: .min, digest: .max), generation: 1),
    LogMark(
      record: LogMark.Record(offset: 0, timestamp: nil, digest: 0),
      replay: LogReplay(until: .max, isCertain: true)),
    LogMark(replay: LogReplay(until: 12, isCertain: false)),
  ])
  func marksRoundTrip(mark: LogMark) { #expect(LogMark("\(mark)") == mark) }

  @Test(arguments: [
    "", "/", "0", "0/////", "x/////", "-1/////", "0/1//1/1/1", "0/1/some///", "0///y/1/1", "0///1/1/g",
    "0/1/all///x/",
    "99999999999999999999/////", "0/99999999999999999999/all///",
  ])
  func invalidMarksAreRejected(text: String) {
    #expect(text == "0/////" ? LogMark(text) == LogMark() : LogMark(text) == nil)
  }

  @Test func digestCoversTimeKeyAndValue() {
    let record = KafkaRecord(
      partition: Self.partition, offset: 1, key: [1], value: [2], timestampMilliseconds: 3)
    var others = Array(repeating: record, count: 5)
    others[0].key = [1, 2]
    others[0].value = []
    others[1].key = nil
    others[2].value = nil
    others[3].timestampMilliseconds = 4
    others[4].timestampMilliseconds = nil
    #expect(Set((others + [record]).map(\.digest)).count == 6)
    var elsewhere = record
    elsewhere.offset = .max
    #expect(elsewhere.digest == record.digest)
  }
}
