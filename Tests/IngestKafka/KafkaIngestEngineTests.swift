import IngestKafka
import KafkaClient
import Testing
import TimerModel

@Suite struct KafkaIngestEngineTests {
  private let partition = IngestHarness.partition
  private let other = IngestHarness.other

  @Test func assignedPartitionsStartAtStoredOffsets() {
    var bench = IngestHarness()
    bench.hear(.consumer(.assigned([partition, other])))
    #expect(bench.actions == [.findStarts([partition, other])])
    bench.hear(
      .startsFound(
        [partition, other], [LogStart(offset: 17, onRecord: 17), LogStart(offset: nil, onRecord: nil)]))
    #expect(
      bench.actions == [.assign([KafkaPosition(partition, offset: 17), KafkaPosition(other, offset: nil)])])
  }

  @Test func emptyRebalancesAreAnswered() {
    var bench = IngestHarness()
    bench.hear(.consumer(.assigned([])))
    #expect(bench.actions == [.assign([])])
    bench.hear(.consumer(.revoked([], isLost: false)))
    #expect(bench.actions == [.unassign([])])
  }

  @Test func failedOffsetLookupIsRetried() {
    var bench = IngestHarness()
    bench.hear(.consumer(.assigned([partition])))
    bench.hear(.startsFound([partition], [nil]))
    #expect(bench.actions.isEmpty)
    #expect(bench.engine.wakeAtMonotonicMicroseconds == 100_000)
    bench.pass(.milliseconds(100))
    #expect(bench.actions == [.findStarts([partition])])
  }

  @Test func partitionHasOneBatchInFlight() {
    var bench = IngestHarness { $0.batchLimit = 3 }
    bench.read(partition, from: 17)
    bench.hear(IngestHarness.records(17..<22))
    let first = bench.batches
    #expect(first.map(\.expectedOffset) == [17])
    #expect(first.map { $0.records.map(\.offset) } == [[17, 18, 19]])
    bench.hear(IngestHarness.records(22..<23))
    #expect(bench.batches.isEmpty)
    bench.hear(.applied(first[0], .applied))
    #expect(bench.actions.contains(.commit([KafkaPosition(partition, offset: 20)])))
    #expect(bench.batches.map(\.expectedOffset) == [20])
    #expect(bench.batches.map { $0.records.map(\.offset) } == [[20, 21, 22]])
  }

  @Test func firstRecordMayExceedBatchBytes() {
    var bench = IngestHarness { $0.batchBytes = 1000 }
    bench.read(partition, from: nil)
    bench.hear(IngestHarness.records(0..<3, bytes: 2000))
    #expect(bench.batches.map(\.records.count) == [1])
  }

  @Test func failedBatchIsRetriedUnchanged() {
    var bench = IngestHarness()
    bench.read(partition, from: 5)
    bench.hear(IngestHarness.records(5..<8))
    let batch = bench.batches[0]
    bench.hear(.applied(batch, .failed))
    #expect(bench.actions.isEmpty)
    bench.pass(.milliseconds(100))
    #expect(bench.batches == [batch])
  }

  @Test func staleBatchSeeksToStoredOffset() {
    var bench = IngestHarness()
    bench.read(partition, from: 5)
    bench.hear(IngestHarness.records(5..<8))
    let batch = bench.batches[0]
    bench.hear(IngestHarness.records(8..<9))
    bench.hear(.applied(batch, .stale(30)))
    #expect(bench.actions == [.findStarts([partition])], "its log is looked at as well")
    bench.hear(.startsFound([partition], [LogStart(offset: 30, onRecord: 30)]))
    #expect(bench.actions == [.seek([KafkaPosition(partition, offset: 30)])])
    bench.hear(IngestHarness.records(9..<12))
    #expect(bench.batches.isEmpty, "these are from before the seek")
    bench.hear(.consumer(.sought([partition])), IngestHarness.records(30..<31))
    #expect(bench.batches.map(\.expectedOffset) == [30])
  }

  @Test func alreadyAppliedBatchIsSkipped() {
    var bench = IngestHarness { $0.batchLimit = 3 }
    bench.read(partition, from: 5)
    bench.hear(IngestHarness.records(5..<9))
    bench.hear(.applied(bench.batches[0], .stale(8)))
    #expect(bench.batches.map(\.expectedOffset) == [8])
    #expect(bench.batches.map { $0.records.map(\.offset) } == [[8]])
  }

  @Test func unknownOutcomeRereadsStoredOffset() {
    var bench = IngestHarness()
    bench.read(partition, from: 5)
    bench.hear(IngestHarness.records(5..<8))
    bench.hear(.applied(bench.batches[0], .unknown))
    bench.pass(.milliseconds(100))
    #expect(bench.actions == [.findStarts([partition])])
    bench.hear(.startsFound([partition], [LogStart(offset: 8, onRecord: 8)]))
    #expect(bench.actions == [.seek([KafkaPosition(partition, offset: 8)])])
  }

  @Test func revokedPartitionFinishesItsBatch() {
    var bench = IngestHarness { $0.batchLimit = 2 }
    bench.read(partition, from: 0)
    bench.hear(IngestHarness.records(0..<4))
    let batch = bench.batches[0]
    bench.hear(.consumer(.revoked([partition], isLost: false)))
    #expect(bench.actions.isEmpty)
    bench.hear(IngestHarness.records(4..<6))
    bench.hear(.applied(batch, .applied))
    #expect(
      bench.actions == [.commit([KafkaPosition(partition, offset: 2)]), .unassign([partition])],
      "and nothing of it is begun any more")
    bench.hear(IngestHarness.records(6..<8))
    #expect(bench.actions.isEmpty)
    bench.hear(.consumer(.assigned([partition])))
    #expect(bench.actions == [.findStarts([partition])])
  }

  @Test func fullBufferPausesPartition() {
    var bench = IngestHarness {
      $0.batchLimit = 10
      $0.bufferLimit = 20
    }
    bench.read(partition, from: 0)
    bench.hear(IngestHarness.records(0..<30))
    #expect(bench.actions.contains(.pause([partition])))
    bench.hear(.applied(bench.batches[0], .applied))
    #expect(bench.actions.contains(.resume([partition])))
    #expect(bench.engine.waitingRecords == 10)
  }

  @Test func byteBacklogPausesBufferedPartitions() {
    var bench = IngestHarness { $0.bufferBytes = 10_000 }
    bench.read(partition, from: 0)
    bench.read(other, from: 0)
    bench.hear(IngestHarness.records(0..<1, bytes: 1), IngestHarness.records(0..<1, of: other, bytes: 1))
    let batches = bench.batches
    bench.hear(IngestHarness.records(1..<3, bytes: 8000))
    #expect(bench.actions == [.pause([partition])])
    for batch in batches { bench.hear(.applied(batch, .applied)) }
    #expect(bench.engine.waitingRecords == 0)
  }

  @Test func partitionsTakeTurns() {
    var bench = IngestHarness {
      $0.maxBatchesInFlight = 1
      $0.batchLimit = 1
    }
    bench.read(partition, from: 0)
    bench.read(other, from: 0)
    bench.hear(IngestHarness.records(0..<3), IngestHarness.records(0..<3, of: other))
    var seen: [KafkaPartition] = []
    for _ in 0..<4 {
      let batch = bench.batches[0]
      seen.append(batch.partition)
      bench.hear(.applied(batch, .applied))
    }
    #expect(seen == [partition, other, partition, other] || seen == [other, partition, other, partition])
  }

  @Test func shutdownFinishesRunningBatches() {
    var bench = IngestHarness { $0.batchLimit = 1 }
    bench.read(partition, from: 0)
    bench.hear(IngestHarness.records(0..<3))
    let batch = bench.batches[0]
    bench.hear(.drain)
    #expect(!bench.engine.isFinished)
    bench.hear(.applied(batch, .applied))
    #expect(bench.batches.isEmpty)
    #expect(bench.engine.isFinished)
  }

  @Test func failedLookupBlocksNoOtherPartition() {
    var bench = IngestHarness()
    bench.hear(.consumer(.assigned([partition, other])))
    bench.hear(.startsFound([partition, other], [nil, LogStart(offset: 4, onRecord: 4)]))
    #expect(bench.actions == [.assign([KafkaPosition(other, offset: 4)])])
    bench.pass(.milliseconds(100))
    #expect(bench.actions == [.findStarts([partition])])
    bench.hear(.startsFound([partition], [LogStart(offset: 2, onRecord: 2)]))
    #expect(bench.actions == [.assign([KafkaPosition(partition, offset: 2)])])
  }

  @Test func failedBatchBlocksNoOtherPartition() {
    var bench = IngestHarness()
    bench.read(partition, from: 0)
    bench.read(other, from: 0)
    bench.hear(IngestHarness.records(0..<1))
    bench.hear(.applied(bench.batches[0], .failed))
    bench.hear(IngestHarness.records(0..<1, of: other))
    #expect(bench.batches.map(\.partition) == [other])
  }

  @Test func outOfRangeOffsetInspectsLog() {
    var bench = IngestHarness()
    bench.read(partition, from: 17)
    bench.hear(.consumer(.outOfRange(partition)))
    #expect(bench.actions.isEmpty)
    bench.pass(.milliseconds(100))
    #expect(bench.actions == [.findStarts([partition])])
    bench.hear(.startsFound([partition], [LogStart(offset: 30, onRecord: 30)]))
    #expect(bench.actions == [.seek([KafkaPosition(partition, offset: 30)])])
  }

  @Test func backwardOffsetsAreDiscarded() {
    var bench = IngestHarness { $0.batchLimit = 2 }
    bench.read(partition, from: 5)
    bench.hear(IngestHarness.records(5..<7))
    let batch = bench.batches[0]
    bench.hear(IngestHarness.records(0..<3))
    #expect(bench.actions == [.findStarts([partition])])
    bench.hear(.applied(batch, .applied), IngestHarness.records(7..<9))
    #expect(bench.batches.isEmpty)
  }

  @Test func logsAreInspectedPeriodically() {
    var bench = IngestHarness()
    bench.read(partition, from: 5)
    bench.read(other, from: 5)
    bench.pass(.seconds(20))
    #expect(bench.actions == [.checkLogs([partition, other])])
    bench.hear(IngestHarness.records(5..<7))
    #expect(bench.batches.map { $0.records.count } == [2], "reading goes on meanwhile")
    bench.hear(.logsChecked(suspects: [other]))
    #expect(bench.actions == [.findStarts([other])])
    #expect(bench.engine.wakeAtMonotonicMicroseconds == 40_000_000)
  }

  @Test func seekResumesPausedPartition() {
    var bench = IngestHarness {
      $0.batchLimit = 1
      $0.bufferLimit = 2
    }
    bench.read(partition, from: 0)
    bench.hear(IngestHarness.records(0..<4))
    #expect(bench.actions.contains(.pause([partition])))
    bench.hear(.applied(bench.batches[0], .stale(9)))
    bench.hear(.startsFound([partition], [LogStart(offset: 9, onRecord: 9)]))
    #expect(bench.actions.contains(.seek([KafkaPosition(partition, offset: 9)])))
    bench.hear(.consumer(.sought([partition])), IngestHarness.records(9..<10))
    #expect(bench.batches.map(\.expectedOffset) == [9])
  }

  @Test(arguments: [.max, .max - 1, 0] as [Int64])
  func extremeOffsetsDoNotOverflow(offset: Int64) {
    var bench = IngestHarness()
    bench.read(partition, from: offset)
    bench.hear(IngestHarness.records([offset]))
    #expect(bench.batches.map(\.nextOffset) == [offset < .max ? offset + 1 : .max])
  }
}
