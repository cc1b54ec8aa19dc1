import IngestKafka
import KafkaClient
import Testing
import TimerModel

@Suite struct KafkaIngestEngineTests {
  private let partition = IngestHarness.partition
  private let other = IngestHarness.other

  @Test func assignedPartitionsStartAtStoredOffsets() {
    var harness = IngestHarness()
    harness.handle(.consumer(.assigned([partition, other])))
    #expect(harness.actions == [.findStarts([partition, other])])
    harness.handle(
      .startsFound(
        [partition, other], [LogStart(offset: 17, onRecord: 17), LogStart(offset: nil, onRecord: nil)]))
    #expect(
      harness.actions == [.assign([KafkaPosition(partition, offset: 17), KafkaPosition(other, offset: nil)])])
  }

  @Test func emptyRebalancesAreAnswered() {
    var harness = IngestHarness()
    harness.handle(.consumer(.assigned([])))
    #expect(harness.actions == [.assign([])])
    harness.handle(.consumer(.revoked([], isLost: false)))
    #expect(harness.actions == [.unassign([])])
  }

  @Test func failedOffsetLookupIsRetried() {
    var harness = IngestHarness()
    harness.handle(.consumer(.assigned([partition])))
    harness.handle(.startsFound([partition], [nil]))
    #expect(harness.actions.isEmpty)
    #expect(harness.engine.wakeAt.microseconds == 100_000)
    harness.pass(.milliseconds(100))
    #expect(harness.actions == [.findStarts([partition])])
  }

  @Test func partitionHasOneBatchInFlight() {
    var harness = IngestHarness { $0.batchLimit = 3 }
    harness.read(partition, from: 17)
    harness.handle(IngestHarness.records(17..<22))
    let first = harness.batches
    #expect(first.map(\.expectedOffset) == [17])
    #expect(first.map { $0.records.map(\.offset) } == [[17, 18, 19]])
    harness.handle(IngestHarness.records(22..<23))
    #expect(harness.batches.isEmpty)
    harness.handle(.applied(first[0], .applied))
    #expect(harness.actions.contains(.commit([KafkaPosition(partition, offset: 20)])))
    #expect(harness.batches.map(\.expectedOffset) == [20])
    #expect(harness.batches.map { $0.records.map(\.offset) } == [[20, 21, 22]])
  }

  @Test func firstRecordMayExceedBatchBytes() {
    var harness = IngestHarness { $0.batchBytes = 1000 }
    harness.read(partition, from: nil)
    harness.handle(IngestHarness.records(0..<3, bytes: 2000))
    #expect(harness.batches.map(\.records.count) == [1])
  }

  @Test func failedBatchIsRetriedUnchanged() {
    var harness = IngestHarness()
    harness.read(partition, from: 5)
    harness.handle(IngestHarness.records(5..<8))
    let batch = harness.batches[0]
    harness.handle(.applied(batch, .failed))
    #expect(harness.actions.isEmpty)
    harness.pass(.milliseconds(100))
    #expect(harness.batches == [batch])
  }

  @Test func staleBatchSeeksToStoredOffset() {
    var harness = IngestHarness()
    harness.read(partition, from: 5)
    harness.handle(IngestHarness.records(5..<8))
    let batch = harness.batches[0]
    harness.handle(IngestHarness.records(8..<9))
    harness.handle(.applied(batch, .stale(30)))
    #expect(harness.actions == [.findStarts([partition])], "its log is looked at as well")
    harness.handle(.startsFound([partition], [LogStart(offset: 30, onRecord: 30)]))
    #expect(harness.actions == [.seek([KafkaPosition(partition, offset: 30)])])
    harness.handle(IngestHarness.records(9..<12))
    #expect(harness.batches.isEmpty, "these are from before the seek")
    harness.handle(.consumer(.sought([partition])), IngestHarness.records(30..<31))
    #expect(harness.batches.map(\.expectedOffset) == [30])
  }

  @Test func alreadyAppliedBatchIsSkipped() {
    var harness = IngestHarness { $0.batchLimit = 3 }
    harness.read(partition, from: 5)
    harness.handle(IngestHarness.records(5..<9))
    harness.handle(.applied(harness.batches[0], .stale(8)))
    #expect(harness.batches.map(\.expectedOffset) == [8])
    #expect(harness.batches.map { $0.records.map(\.offset) } == [[8]])
  }

  @Test func unknownOutcomeRereadsStoredOffset() {
    var harness = IngestHarness()
    harness.read(partition, from: 5)
    harness.handle(IngestHarness.records(5..<8))
    harness.handle(.applied(harness.batches[0], .unknown))
    harness.pass(.milliseconds(100))
    #expect(harness.actions == [.findStarts([partition])])
    harness.handle(.startsFound([partition], [LogStart(offset: 8, onRecord: 8)]))
    #expect(harness.actions == [.seek([KafkaPosition(partition, offset: 8)])])
  }

  @Test func revokedPartitionFinishesItsBatch() {
    var harness = IngestHarness { $0.batchLimit = 2 }
    harness.read(partition, from: 0)
    harness.handle(IngestHarness.records(0..<4))
    let batch = harness.batches[0]
    harness.handle(.consumer(.revoked([partition], isLost: false)))
    #expect(harness.actions.isEmpty)
    harness.handle(IngestHarness.records(4..<6))
    harness.handle(.applied(batch, .applied))
    #expect(
      harness.actions == [.commit([KafkaPosition(partition, offset: 2)]), .unassign([partition])],
      "and nothing of it is begun any more")
    harness.handle(IngestHarness.records(6..<8))
    #expect(harness.actions.isEmpty)
    harness.handle(.consumer(.assigned([partition])))
    #expect(harness.actions == [.findStarts([partition])])
  }

  @Test func fullBufferPausesPartition() {
    var harness = IngestHarness {
      $0.batchLimit = 10
      $0.bufferLimit = 20
    }
    harness.read(partition, from: 0)
    harness.handle(IngestHarness.records(0..<30))
    #expect(harness.actions.contains(.pause([partition])))
    harness.handle(.applied(harness.batches[0], .applied))
    #expect(harness.actions.contains(.resume([partition])))
    #expect(harness.engine.waitingRecords == 10)
  }

  @Test func byteBacklogPausesBufferedPartitions() {
    var harness = IngestHarness { $0.bufferBytes = 10_000 }
    harness.read(partition, from: 0)
    harness.read(other, from: 0)
    harness.handle(IngestHarness.records(0..<1, bytes: 1), IngestHarness.records(0..<1, of: other, bytes: 1))
    let batches = harness.batches
    harness.handle(IngestHarness.records(1..<3, bytes: 8000))
    #expect(harness.actions == [.pause([partition])])
    for batch in batches { harness.handle(.applied(batch, .applied)) }
    #expect(harness.engine.waitingRecords == 0)
  }

  @Test func partitionsTakeTurns() {
    var harness = IngestHarness {
      $0.maxBatchesInFlight = 1
      $0.batchLimit = 1
    }
    harness.read(partition, from: 0)
    harness.read(other, from: 0)
    harness.handle(IngestHarness.records(0..<3), IngestHarness.records(0..<3, of: other))
    var seen: [KafkaPartition] = []
    for _ in 0..<4 {
      let batch = harness.batches[0]
      seen.append(batch.partition)
      harness.handle(.applied(batch, .applied))
    }
    #expect(seen == [partition, other, partition, other] || seen == [other, partition, other, partition])
  }

  @Test func shutdownFinishesRunningBatches() {
    var harness = IngestHarness { $0.batchLimit = 1 }
    harness.read(partition, from: 0)
    harness.handle(IngestHarness.records(0..<3))
    let batch = harness.batches[0]
    harness.handle(.drain)
    #expect(!harness.engine.isFinished)
    harness.handle(.applied(batch, .applied))
    #expect(harness.batches.isEmpty)
    #expect(harness.engine.isFinished)
  }

  @Test func failedLookupBlocksNoOtherPartition() {
    var harness = IngestHarness()
    harness.handle(.consumer(.assigned([partition, other])))
    harness.handle(.startsFound([partition, other], [nil, LogStart(offset: 4, onRecord: 4)]))
    #expect(harness.actions == [.assign([KafkaPosition(other, offset: 4)])])
    harness.pass(.milliseconds(100))
    #expect(harness.actions == [.findStarts([partition])])
    harness.handle(.startsFound([partition], [LogStart(offset: 2, onRecord: 2)]))
    #expect(harness.actions == [.assign([KafkaPosition(partition, offset: 2)])])
  }

  @Test func failedBatchBlocksNoOtherPartition() {
    var harness = IngestHarness()
    harness.read(partition, from: 0)
    harness.read(other, from: 0)
    harness.handle(IngestHarness.records(0..<1))
    harness.handle(.applied(harness.batches[0], .failed))
    harness.handle(IngestHarness.records(0..<1, of: other))
    #expect(harness.batches.map(\.partition) == [other])
  }

  @Test func outOfRangeOffsetInspectsLog() {
    var harness = IngestHarness()
    harness.read(partition, from: 17)
    harness.handle(.consumer(.outOfRange(partition)))
    #expect(harness.actions.isEmpty)
    harness.pass(.milliseconds(100))
    #expect(harness.actions == [.findStarts([partition])])
    harness.handle(.startsFound([partition], [LogStart(offset: 30, onRecord: 30)]))
    #expect(harness.actions == [.seek([KafkaPosition(partition, offset: 30)])])
  }

  @Test func backwardOffsetsAreDiscarded() {
    var harness = IngestHarness { $0.batchLimit = 2 }
    harness.read(partition, from: 5)
    harness.handle(IngestHarness.records(5..<7))
    let batch = harness.batches[0]
    harness.handle(IngestHarness.records(0..<3))
    #expect(harness.actions == [.findStarts([partition])])
    harness.handle(.applied(batch, .applied), IngestHarness.records(7..<9))
    #expect(harness.batches.isEmpty)
  }

  @Test func logsAreInspectedPeriodically() {
    var harness = IngestHarness()
    harness.read(partition, from: 5)
    harness.read(other, from: 5)
    harness.pass(.seconds(20))
    #expect(harness.actions == [.checkLogs([partition, other])])
    harness.handle(IngestHarness.records(5..<7))
    #expect(harness.batches.map { $0.records.count } == [2], "reading goes on meanwhile")
    harness.handle(.logsChecked(suspects: [other]))
    #expect(harness.actions == [.findStarts([other])])
    #expect(harness.engine.wakeAt.microseconds == 40_000_000)
  }

  @Test func seekResumesPausedPartition() {
    var harness = IngestHarness {
      $0.batchLimit = 1
      $0.bufferLimit = 2
    }
    harness.read(partition, from: 0)
    harness.handle(IngestHarness.records(0..<4))
    #expect(harness.actions.contains(.pause([partition])))
    harness.handle(.applied(harness.batches[0], .stale(9)))
    harness.handle(.startsFound([partition], [LogStart(offset: 9, onRecord: 9)]))
    #expect(harness.actions.contains(.seek([KafkaPosition(partition, offset: 9)])))
    harness.handle(.consumer(.sought([partition])), IngestHarness.records(9..<10))
    #expect(harness.batches.map(\.expectedOffset) == [9])
  }

  @Test(arguments: [.max, .max - 1, 0] as [Int64])
  func extremeOffsetsDoNotOverflow(offset: Int64) {
    var harness = IngestHarness()
    harness.read(partition, from: offset)
    harness.handle(IngestHarness.records([offset]))
    #expect(harness.batches.map(\.nextOffset) == [offset < .max ? offset + 1 : .max])
  }
}
