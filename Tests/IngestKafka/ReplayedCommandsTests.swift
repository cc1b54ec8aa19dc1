import KafkaClient
import Logging
import Synchronization
import Testing
import TimerModel
import TimerTesting
import TimerWire

@testable import IngestKafka

/// Creations that are read a second time, after the timers that they made were purged.
@Suite struct ReplayedCommandsTests {
  private let clock = ManualClock()
  private let store: InMemoryTimerStore
  private let partition = KafkaPartition(topic: "timer-commands", number: 0)

  init() { store = InMemoryTimerStore(clock: clock) }

  private var now: Timestamp { clock.now().store }

  private func record(_ id: String, at offset: Int64, made: Timestamp?, url: String = "http://a/")
    -> KafkaRecord
  {
    let value = """
      {"command":"create","groupId":"g","timer":{"id":"\(id)","executeAt":"2020-01-01T00:00:00Z","callbackUrl":"\(url)"}}
      """
    return KafkaRecord(
      partition: partition, offset: offset, key: nil, value: Array(value.utf8),
      timestampMilliseconds: made?.milliseconds)
  }

  private func batch(_ records: [KafkaRecord], _ replay: LogReplay?, generation: Int = 0) -> RecordBatch {
    RecordBatch(
      partition: partition, expectedOffset: nil, log: LogState(generation: generation, replay: replay),
      records: records)
  }

  private func sifted(_ batch: RecordBatch) async throws -> (left: [String], rejections: [OutboxMessage]) {
    var decoded = DecodedBatch(batch, decoder: CommandDecoder(), now: now)
    decoded.exclude(try await ReplayedCommands(decoded, of: batch.log).verdicts(of: store))
    let results = await store.apply(decoded.commands)
    return (
      decoded.commands.map(\.key.timerID), decoded.rejections(results, topic: "rejected", shardCount: 64)
    )
  }

  /// Has `id` created, cancelled and purged.
  private func purge(_ id: String) async throws {
    let made = record(id, at: 0, made: now)
    let create = DecodedBatch(batch([made], nil), decoder: CommandDecoder(), now: now).commands
    _ = await store.apply(create + [.cancel(CancelTimer(key: TimerKey(groupID: "g", timerID: id)))])
    clock.advance(by: .seconds(100))
    #expect(await store.purge(endedBefore: now - .seconds(60), limit: 10) == 1)
  }

  @Test func creationOfPurgedTimerIsRejected() async throws {
    let made = now
    try await purge("a")
    let (left, rejections) = try await sifted(
      batch(
        [record("a", at: 0, made: made), record("b", at: 1, made: now)], LogReplay(until: 9, isCertain: false)
      ))
    #expect(left == ["b"], "what was made since the last purge is carried out")
    #expect(rejections.count == 1)
    let problem = rejections.first?.headers.first { $0.name == "timerd-problem" }?.value ?? ""
    #expect(problem.contains("urn:timerd:problem:command-too-old"))
  }

  @Test func repeatedCreationPassesWithoutPurge() async throws {
    let first = record("a", at: 0, made: now)
    _ = try await sifted(batch([first], nil))
    clock.advance(by: .seconds(1_000_000))
    let (left, rejections) = try await sifted(
      batch(
        [first, record("late", at: 1, made: now - .seconds(900_000))], LogReplay(until: 9, isCertain: false)))
    #expect(left == ["a", "late"] && rejections.isEmpty)
  }

  @Test func unreadRecordsPassDespiteAge() async throws {
    try await purge("a")
    let old = Timestamp(milliseconds: 0)
    let replayed = LogReplay(until: 5, isCertain: false)
    #expect(try await sifted(batch([record("x", at: 5, made: old)], replayed)).left == ["x"])
    #expect(try await sifted(batch([record("y", at: 4, made: old)], nil)).left == ["y"])
    #expect(try await sifted(batch([record("z", at: 4, made: old)], replayed)).left == [])
    #expect(try await sifted(batch([record("z", at: 4, made: nil)], replayed)).left == [])
  }

  @Test func creationReadByOtherGroupIsRejected() async throws {
    let (left, rejections) = try await sifted(
      batch([record("a", at: 0, made: now)], LogReplay(until: 5, isCertain: true)))
    #expect(left.isEmpty && rejections.count == 1)
  }

  @Test func repeatedCreationLeavesEndedTimerUnchanged() async throws {
    try await purge("other")
    let made = Timestamp(milliseconds: 1)
    _ = try await sifted(batch([record("ended", at: 0, made: made)], nil))
    _ = await store.apply([.cancel(CancelTimer(key: TimerKey(groupID: "g", timerID: "ended")))])
    let replay = LogReplay(until: 9, isCertain: false)
    let same = try await sifted(batch([record("ended", at: 0, made: made)], replay))
    #expect(same.left.isEmpty && same.rejections.isEmpty)
    let taken = try await sifted(batch([record("ended", at: 0, made: made, url: "http://b/")], replay))
    #expect(taken.left.isEmpty)
    #expect(taken.rejections.first?.headers.contains { $0.value.contains("id-taken") } == true)
  }

  /// A fire or a redrive that is older than the timer's last change may have made it.
  @Test(arguments: ["fire", "redrive"])
  func moveBeforeLastChangeIsRejected(command: String) async throws {
    let made = batch([record("a", at: 0, made: now)], nil)
    _ = await store.apply(DecodedBatch(made, decoder: CommandDecoder(), now: now).commands)
    let changed = now
    clock.advance(by: .seconds(100))
    let replay = LogReplay(until: 9, isCertain: false)
    func move(made: Timestamp?, at offset: Int64 = 1) -> KafkaRecord {
      var move = record("a", at: offset, made: made)
      move.value = Array("{\"command\":\"\(command)\",\"groupId\":\"g\",\"timerId\":\"a\"}".utf8)
      return move
    }
    let early: [Timestamp?] = [changed - .seconds(1), changed + .seconds(1), nil]
    for made in early {
      let (left, rejections) = try await sifted(batch([move(made: made)], replay))
      #expect(left.isEmpty && rejections.count == 1)
      #expect(rejections.first?.headers.contains { $0.value.contains("command-too-old") } == true)
    }
    #expect(try await sifted(batch([move(made: now)], replay)).left == ["a"])
    #expect(try await sifted(batch([move(made: changed, at: 9)], replay)).left == ["a"])
    #expect(try await sifted(batch([move(made: changed)], nil)).left == ["a"])
  }

  @Test func generatedIDsDependOnLogGeneration() throws {
    let value = """
      {"command":"create","groupId":"g","timer":{"executeAt":"2020-01-01T00:00:00Z","callbackUrl":"http://a/"}}
      """
    var unnamed = record("", at: 7, made: now)
    unnamed.value = Array(value.utf8)
    var broken = unnamed
    broken.value = [0x7b]
    func names(_ generation: Int) -> (id: String?, message: FiringID?) {
      let decoded = DecodedBatch(
        batch([unnamed, broken], nil, generation: generation), decoder: CommandDecoder(), now: now)
      return (
        decoded.commands.first?.key.timerID, decoded.rejections([], topic: "r", shardCount: 64).first?.id
      )
    }
    #expect(names(0).id == "timer-commands-0-7" && names(1).id == "timer-commands-0-7-1")
    #expect(Set((0..<4).map { names($0).message }).count == 4)
  }

  @Test func storedIncidentIsReportedOnce() async throws {
    let incidents = Mutex<[LogIncident]>([])
    let inspector = LogInspector(
      configuration: KafkaIngestConfiguration(), store: store,
      inspect: { $0.map { _ in KafkaLogView(low: 30, end: 40, match: .outside) } },
      logger: Logger(label: "test"),
      observer: KafkaIngest.Observer(incident: { incident in incidents.withLock { $0.append(incident) } }))
    let source = CommandSource(group: "timerd", topic: "timer-commands", partition: 0)
    _ = await store.apply(CommandBatch(source: source, expectedOffset: nil, nextOffset: 10, commands: [])) {
      _ in []
    }
    #expect(await inspector.suspects(among: [partition]) == [partition])
    #expect(incidents.withLock(\.self).isEmpty)
    let starts = await inspector.starts(of: [partition])
    #expect(starts.first??.offset == 30 && starts.first??.onRecord == 30)
    #expect(await store.offsets(of: [source]) == [30])
    #expect(await inspector.starts(of: [partition]).first??.incident == nil)
    #expect(await inspector.suspects(among: [partition]).isEmpty)
    #expect(incidents.withLock { $0.map(\.kind) } == [.lost(20)])
  }

  @Test func lossDegradesReadinessForOneDay() async {
    let health = CommandLogHealth(clock: clock)
    #expect(await health.check().condition == .ok)
    health.record(LogIncident(.readByAnother("g"), of: partition, onRecord: nil, from: 0))
    #expect(await health.check().condition == .ok)
    health.record(LogIncident(.lost(.max), of: partition, onRecord: 10, from: .max))
    health.record(LogIncident(.lost(.max), of: partition, onRecord: 10, from: .max))
    let report = await health.check()
    #expect(report.condition == .degraded)
    #expect(report.detail?.contains("timer-commands/0 were deleted before they were read") == true)
    clock.advance(by: .seconds(86_401))
    #expect(await health.check().condition == .ok)
  }
}
