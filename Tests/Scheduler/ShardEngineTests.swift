import Scheduler
import Testing
import TimerModel
import TimerTesting

@Suite struct ShardEngineTests {
  @Test func singleNodeOwnsAllShards() {
    var bench = ShardHarness(shardCount: 64)
    bench.start("a")
    bench.pass(.milliseconds(100))
    #expect(bench.owned("a") == Array(0..<64))
  }

  @Test(arguments: [1, 5, 64, 300])
  func nodesShareShardsEvenly(shardCount: Int) {
    var bench = ShardHarness(shardCount: shardCount)
    for name in ["a", "b", "c"] { bench.start(name) }
    bench.pass(.seconds(10))
    #expect(bench.isPartition)
    let counts = ["a", "b", "c"].map { bench.owned($0).count }
    #expect((counts.max() ?? 0) - (counts.min() ?? 0) <= 1, "\(counts)")
  }

  @Test func joiningNodeGetsItsShare() {
    var bench = ShardHarness(shardCount: 64)
    bench.start("a")
    bench.pass(.seconds(5))
    bench.start("b")
    bench.pass(.seconds(10))
    #expect(bench.isPartition)
    #expect(bench.owned("b").count == 32)
  }

  @Test func leasesOfInvalidShardsAreIgnored() {
    let id = NodeID("a")
    var engine = ShardEngine(configuration: ShardConfiguration(node: id, shardCount: 4))
    let now = Moment(storeMicroseconds: 1_800_000_000_000_000, monotonicMicroseconds: 1_000_000)
    let record = NodeRecord(id: id, startedAt: Timestamp(milliseconds: .min), version: "", isDraining: false)
    let absurd = [4, -1, .max, .min].map {
      ShardLease(shard: $0, node: id, deadline: Timestamp(milliseconds: .max))
    }
    let survey = ShardSurvey(
      sentAtMonotonicMicroseconds: now.monotonicMicroseconds, isRenewal: true, nodes: [record], leases: absurd
    )
    var owned: [Int] = []
    var wanted: [Int] = []
    for event in [
      ShardEvent.surveyed(survey), .acquired([0, 1, 99, -5], sentAtMonotonicMicroseconds: 1_000_000),
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
    var bench = ShardHarness(shardCount: 64)
    bench.start("a")
    bench.pass(.seconds(5))
    bench.start("b")
    var before = 0
    for _ in 0..<100 {
      bench.pass(.milliseconds(100))
      #expect(bench.released - before <= 8)
      before = bench.released
    }
    #expect(bench.released == 32, "no shard moves without need")
  }

  @Test func shardsOfDeadNodeAreTakenOver() {
    var bench = ShardHarness(shardCount: 64)
    for name in ["a", "b", "c"] { bench.start(name) }
    bench.pass(.seconds(10))
    bench.kill("b")
    bench.pass(.milliseconds(8500))
    #expect(bench.isPartition)
  }

  @Test func stoppingNodeHandsOverEarly() {
    var bench = ShardHarness(shardCount: 64)
    for name in ["a", "b"] { bench.start(name) }
    bench.pass(.seconds(10))
    bench.tell("a", .handOver)
    bench.pass(.seconds(2))
    #expect(bench.owned("a").isEmpty)
    #expect(bench.owned("b") == Array(0..<64))
    // It still lives: what it has claimed is not void.
    bench.pass(.seconds(20))
    #expect(bench.table.nodes(at: StoreTime(Timestamp(milliseconds: 32_000))).count == 2)
    bench.tell("a", .leave)
    bench.pass(.milliseconds(100))
    #expect(bench.nodes["a"]?.engine.isFinished == true)
    #expect(bench.table.nodes(at: StoreTime(Timestamp(milliseconds: 32_000))).count == 1)
  }

  @Test func pausedNodeLosesAndRegainsItsShare() {
    var bench = ShardHarness(shardCount: 64)
    for name in ["a", "b"] { bench.start(name) }
    bench.pass(.seconds(10))
    bench.pause("a")
    bench.pass(.seconds(12))
    #expect(bench.owned("b").count == 64)
    let leaseExpiresAt = bench.nodes["a"]?.leaseExpiresAt ?? .max
    #expect(
      leaseExpiresAt < bench.now.monotonicMicroseconds, "it starts no attempt before it has asked the store")
    bench.resume("a")
    bench.pass(.milliseconds(100))
    #expect(bench.owned("a").isEmpty)
    bench.pass(.seconds(10))
    #expect(bench.isPartition)
    #expect(bench.owned("a").count == 32)
  }

  @Test func nodeStopsBeforeItsHeartbeatExpires() throws {
    var bench = ShardHarness(shardCount: 8, startedAt: 999)
    bench.start("a")
    bench.pass(.milliseconds(100))
    let leaseExpiresAt = try #require(bench.nodes["a"]?.leaseExpiresAt)
    // The store's clock shows whole milliseconds, so that 7 s of it are up to one less.
    let lastMillisecond = StoreTime(Timestamp(milliseconds: leaseExpiresAt / 1000))
    #expect(bench.table.nodes(at: lastMillisecond).count == 1)
  }

  @Test func storeOutageEndsOwnership() {
    var bench = ShardHarness(shardCount: 8)
    bench.start("a")
    bench.pass(.seconds(5))
    bench.isStoreAway = true
    bench.pass(.seconds(3))
    #expect(bench.owned("a").count == 8)
    bench.pass(.seconds(5))
    #expect(bench.owned("a").isEmpty)
    bench.isStoreAway = false
    bench.pass(.seconds(2))
    #expect(bench.owned("a").count == 8)
  }

  @Test func storeOutageDoesNotDelayShutdown() {
    var bench = ShardHarness(shardCount: 8)
    bench.start("a")
    bench.pass(.seconds(5))
    bench.isStoreAway = true
    bench.tell("a", .leave)
    bench.pass(.seconds(1))
    #expect(bench.nodes["a"]?.engine.isFinished == true)
  }
}
