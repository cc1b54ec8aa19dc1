import Scheduler
import Testing
import TimerModel
import TimerTesting

@Suite struct ShardEngineTests {
  @Test func singleNodeOwnsAllShards() {
    var harness = ShardHarness(shardCount: 64)
    harness.start("a")
    harness.pass(.milliseconds(100))
    #expect(harness.owned("a") == Array(0..<64))
  }

  @Test(arguments: [1, 5, 64, 300])
  func nodesShareShardsEvenly(shardCount: Int) {
    var harness = ShardHarness(shardCount: shardCount)
    for name in ["a", "b", "c"] { harness.start(name) }
    harness.pass(.seconds(10))
    #expect(harness.isPartition)
    let counts = ["a", "b", "c"].map { harness.owned($0).count }
    #expect((counts.max() ?? 0) - (counts.min() ?? 0) <= 1, "\(counts)")
  }

  @Test func joiningNodeGetsItsShare() {
    var harness = ShardHarness(shardCount: 64)
    harness.start("a")
    harness.pass(.seconds(5))
    harness.start("b")
    harness.pass(.seconds(10))
    #expect(harness.isPartition)
    #expect(harness.owned("b").count == 32)
  }

  @Test func leasesOfInvalidShardsAreIgnored() {
    let id = NodeID("a")
    var engine = ShardEngine(configuration: ShardConfiguration(node: id, shardCount: 4))
    let now = Moment(
      storeMicroseconds: 1_800_000_000_000_000, monotonic: MonotonicInstant(microseconds: 1_000_000))
    let record = NodeRecord(id: id, startedAt: Timestamp(milliseconds: .min), version: "", isDraining: false)
    let absurd = [4, -1, .max, .min].map {
      ShardLease(shard: $0, node: id, deadline: Timestamp(milliseconds: .max))
    }
    let survey = ShardSurvey(
      sentAt: now.monotonic, isRenewal: true, nodes: [record], leases: absurd
    )
    var owned: [Int] = []
    var wanted: [Int] = []
    for event in [
      ShardEvent.surveyed(survey), .acquired([0, 1, 99, -5], sentAt: now.monotonic),
    ] {
      for action in engine.step([event], now: now) {
        if case .own(let shards) = action { owned = shards }
        if case .acquire(let shards) = action { wanted = shards }
      }
    }
    #expect(wanted == [0, 1, 2, 3])
    #expect(owned == [0, 1])
  }

  @Test func fewShardsMoveAtOnce() {
    var harness = ShardHarness(shardCount: 64)
    harness.start("a")
    harness.pass(.seconds(5))
    harness.start("b")
    var before = 0
    for _ in 0..<100 {
      harness.pass(.milliseconds(100))
      #expect(harness.released - before <= 8)
      before = harness.released
    }
    #expect(harness.released == 32, "no shard moves without need")
  }

  @Test func shardsOfDeadNodeAreTakenOver() {
    var harness = ShardHarness(shardCount: 64)
    for name in ["a", "b", "c"] { harness.start(name) }
    harness.pass(.seconds(10))
    harness.kill("b")
    harness.pass(.milliseconds(8500))
    #expect(harness.isPartition)
  }

  @Test func stoppingNodeHandsOverEarly() {
    var harness = ShardHarness(shardCount: 64)
    for name in ["a", "b"] { harness.start(name) }
    harness.pass(.seconds(10))
    harness.tell("a", .handOver)
    harness.pass(.seconds(2))
    #expect(harness.owned("a").isEmpty)
    #expect(harness.owned("b") == Array(0..<64))
    // It still lives: what it has claimed is not void.
    harness.pass(.seconds(20))
    #expect(harness.table.nodes(at: StoreTime(Timestamp(milliseconds: 32_000))).count == 2)
    harness.tell("a", .leave)
    harness.pass(.milliseconds(100))
    #expect(harness.nodes["a"]?.engine.isFinished == true)
    #expect(harness.table.nodes(at: StoreTime(Timestamp(milliseconds: 32_000))).count == 1)
  }

  @Test func pausedNodeLosesAndRegainsItsShare() {
    var harness = ShardHarness(shardCount: 64)
    for name in ["a", "b"] { harness.start(name) }
    harness.pass(.seconds(10))
    harness.pause("a")
    harness.pass(.seconds(12))
    #expect(harness.owned("b").count == 64)
    let leaseExpiresAt = harness.nodes["a"]?.leaseExpiresAt ?? .distantFuture
    #expect(
      leaseExpiresAt < harness.now.monotonic, "it starts no attempt before it has asked the store"
    )
    harness.resume("a")
    harness.pass(.milliseconds(100))
    #expect(harness.owned("a").isEmpty)
    harness.pass(.seconds(10))
    #expect(harness.isPartition)
    #expect(harness.owned("a").count == 32)
  }

  @Test func nodeStopsBeforeItsHeartbeatExpires() throws {
    var harness = ShardHarness(shardCount: 8, startedAt: 999)
    harness.start("a")
    harness.pass(.milliseconds(100))
    let leaseExpiresAt = try #require(harness.nodes["a"]?.leaseExpiresAt)
    // The store's clock shows whole milliseconds, so that 7 s of it are up to one less.
    let lastMillisecond = StoreTime(Timestamp(milliseconds: leaseExpiresAt.microseconds / 1000))
    #expect(harness.table.nodes(at: lastMillisecond).count == 1)
  }

  @Test func storeOutageEndsOwnership() {
    var harness = ShardHarness(shardCount: 8)
    harness.start("a")
    harness.pass(.seconds(5))
    harness.isStoreAway = true
    harness.pass(.seconds(3))
    #expect(harness.owned("a").count == 8)
    harness.pass(.seconds(5))
    #expect(harness.owned("a").isEmpty)
    harness.isStoreAway = false
    harness.pass(.seconds(2))
    #expect(harness.owned("a").count == 8)
  }

  @Test func storeOutageDoesNotDelayShutdown() {
    var harness = ShardHarness(shardCount: 8)
    harness.start("a")
    harness.pass(.seconds(5))
    harness.isStoreAway = true
    harness.tell("a", .leave)
    harness.pass(.seconds(1))
    #expect(harness.nodes["a"]?.engine.isFinished == true)
  }
}
