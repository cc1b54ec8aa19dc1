import Foundation
import TestSupport
import Testing
import TimerTesting

extension ProcessTests {
  /// Several nodes on one PostgreSQL and one Redis.
  @Suite struct NodeTests {
    @Test(.timeLimit(.minutes(5)))
    func threeNodesSurviveKills() async throws {
      let seed = UInt64.random(in: 0..<1_000_000)
      print("NodeTests seed \(seed)")
      var random = SeededGenerator(seed: seed)
      let receiver = try await HTTPReceiver.start()
      let stack = try await NodeStack(nodes: 3)
      try await stack.waitForBalance(over: 3)
      let load = NodeLoad(ports: stack.nodes.map(\.port), url: receiver.url)
      let start = WallClock.milliseconds() + 3000
      var inFlight = 0
      await withTaskGroup(of: Void.self) { group in
        // 250 timers per second: three debug builds, PostgreSQL, Redis and the receiver share two cores and manage about 300.
        group.addTask { await load.run(clients: 12, count: 1250, from: start, over: 60_000) }
        for round in 1...6 {
          let moment = start + Int64(round) * 9000
          _ = try? await poll { WallClock.milliseconds() >= moment }
          let victim = stack.nodes[Int.random(in: 0..<3, using: &random)]
          victim.kill()
          // What had just been answered may not have been settled yet.
          let killedAt = WallClock.milliseconds()
          inFlight += receiver.callbacks.count { $0.arrivedAtMilliseconds > killedAt - 500 }
          do { try victim.start() } catch { Issue.record("a node did not start again: \(error)") }
        }
      }
      let verdict = await load.verdict(of: receiver)
      print(
        "NodeTests: \(verdict.latenesses.count) timers, \(verdict.copies) copies, lateness p50",
        "\(verdict.lateness(0.5)) p99 \(verdict.lateness(0.99)) max \(verdict.latenesses.last ?? 0) ms")
      verdict.expectPromisesKept()
      #expect(verdict.copies <= inFlight)
      #expect(verdict.latenesses.last ?? 0 <= 10_000)
      for node in stack.nodes { #expect(node.stop() == 0) }
      try await receiver.stop()
    }

    @Test(.timeLimit(.minutes(3)))
    func pausedNodeLosesItsShards() async throws {
      let receiver = try await HTTPReceiver.start()
      let stack = try await NodeStack(nodes: 2)
      try await stack.waitForBalance(over: 2)
      let load = NodeLoad(ports: [stack.nodes[1].port], url: receiver.url)
      let start = WallClock.milliseconds() + 2000
      await withTaskGroup(of: Void.self) { group in
        group.addTask { await load.run(clients: 4, count: 500, from: start, over: 20_000) }
        _ = try? await poll { WallClock.milliseconds() >= start + 3000 }
        stack.nodes[0].pause(true)
        let hasTakenOver = try? await poll { try stack.shards() == ["n1": 64] }
        #expect(hasTakenOver == true)
        _ = try? await poll { WallClock.milliseconds() >= start + 15_000 }
        stack.nodes[0].pause(false)
      }
      let verdict = await load.verdict(of: receiver)
      print("NodeTests: paused: \(verdict.copies) copies, max \(verdict.latenesses.last ?? 0) ms late")
      verdict.expectPromisesKept()
      // Only what was on its way at the moment of the pause may come twice.
      #expect(verdict.copies <= 64)
      #expect(verdict.latenesses.last ?? 0 <= 10_000)
      try await stack.waitForBalance(over: 2)
      for node in stack.nodes { #expect(node.stop() == 0) }
    }

    @Test(.timeLimit(.minutes(3)))
    func rebalancingCausesNoLateness() async throws {
      let receiver = try await HTTPReceiver.start()
      let stack = try await NodeStack(nodes: 3)
      try await stack.waitForBalance(over: 3)
      #expect(stack.nodes[2].stop() == 0)
      let load = NodeLoad(ports: [stack.nodes[0].port, stack.nodes[1].port], url: receiver.url)
      let start = WallClock.milliseconds() + 2000
      await withTaskGroup(of: Void.self) { group in
        group.addTask { await load.run(clients: 4, count: 500, from: start, over: 20_000) }
        _ = try? await poll { WallClock.milliseconds() >= start + 2000 }
        do { try stack.nodes[2].start() } catch { Issue.record("a node did not start: \(error)") }
        let began = ContinuousClock.now
        let hasShare = try? await poll { try stack.shards()["n2"] ?? 0 >= 21 }
        #expect(hasShare == true)
        #expect(ContinuousClock.now - began < .seconds(10))
        #expect(stack.nodes[0].stop() == 0)
        let isHandedOver = try? await poll { try stack.shards()["n0"] == nil }
        #expect(isHandedOver == true)
      }
      let verdict = await load.verdict(of: receiver)
      print("NodeTests: joined and left: max \(verdict.latenesses.last ?? 0) ms late")
      verdict.expectPromisesKept()
      #expect(verdict.copies == 0)
      #expect(verdict.latenesses.last ?? 0 <= 2000)
      for node in stack.nodes.dropFirst() { #expect(node.stop() == 0) }
    }

    @Test(.timeLimit(.minutes(3)))
    func postgresKillLosesNothing() async throws {
      let receiver = try await HTTPReceiver.start()
      let stack = try await NodeStack(nodes: 2)
      try await stack.waitForBalance(over: 2)
      let load = NodeLoad(ports: stack.nodes.map(\.port), url: receiver.url)
      let start = WallClock.milliseconds() + 2000
      try await withThrowingTaskGroup(of: Void.self) { group in
        group.addTask { await load.run(clients: 8, count: 500, from: start, over: 20_000) }
        _ = try await poll { WallClock.milliseconds() >= start + 4000 }
        stack.postgres.kill()
        let isRefused = try await poll { load.all.refusals > 20 }
        #expect(isRefused)
        try stack.postgres.start()
        let accepting = ContinuousClock.now
        let before = load.all.executeAt.count
        let goesOn = try await poll { load.all.executeAt.count > before }
        #expect(goesOn)
        #expect(ContinuousClock.now - accepting < .seconds(5))
        try await group.waitForAll()
      }
      let verdict = await load.verdict(of: receiver)
      let told = load.all
      print(
        "NodeTests: PostgreSQL killed: \(told.refusals) refusals, the slowest after \(told.slowestRefusal) ms;",
        "\(verdict.copies) copies, max \(verdict.latenesses.last ?? 0) ms late")
      #expect(told.slowestRefusal <= 2000)
      verdict.expectPromisesKept()
      for node in stack.nodes { #expect(node.stop() == 0) }
    }

    @Test(.timeLimit(.minutes(3)))
    func promotedStandbyTakesOver() async throws {
      let receiver = try await HTTPReceiver.start()
      let stack = try await NodeStack(nodes: 2, withStandby: true)
      let standby = try #require(stack.standby)
      try await stack.waitForBalance(over: 2)
      let load = NodeLoad(ports: stack.nodes.map(\.port), url: receiver.url)
      let start = WallClock.milliseconds() + 2000
      try await withThrowingTaskGroup(of: Void.self) { group in
        group.addTask { await load.run(clients: 8, count: 500, from: start, over: 20_000) }
        _ = try await poll { WallClock.milliseconds() >= start + 4000 }
        stack.postgres.kill()
        try standby.query("SELECT pg_promote()")
        let promoted = ContinuousClock.now
        let before = load.all.executeAt.count
        let goesOn = try await poll { load.all.executeAt.count > before }
        #expect(goesOn)
        #expect(ContinuousClock.now - promoted < .seconds(10))
        try await group.waitForAll()
      }
      let verdict = await load.verdict(of: receiver)
      print(
        "NodeTests: standby promoted: \(load.all.refusals) refusals; \(verdict.copies) copies,",
        "max \(verdict.latenesses.last ?? 0) ms late")
      verdict.expectPromisesKept()
      for node in stack.nodes { #expect(node.stop() == 0) }
    }

    @Test(.timeLimit(.minutes(2)))
    func timersFireWithoutRedis() async throws {
      let receiver = try await HTTPReceiver.start()
      let stack = try await NodeStack(nodes: 1)
      let ready = WireRequest("GET", "/readyz?verbose")
      let port = stack.nodes[0].port
      #expect(try await ready.answer(from: port).text.hasPrefix("ok\n"))
      stack.redis.kill()
      let load = NodeLoad(ports: [port], url: receiver.url)
      await load.run(clients: 2, count: 100, from: WallClock.milliseconds() + 3000, over: 3000)
      let answer = try await ready.answer(from: port)
      #expect(answer.status == 200)
      #expect(answer.text.hasPrefix("degraded\n"))
      let verdict = await load.verdict(of: receiver)
      verdict.expectPromisesKept()
      #expect(verdict.copies == 0)
      try await stack.redis.start()
      var text = ""
      let isWell = try await poll {
        text = try WireConnection(port: port).answer(to: ready).text
        return text.hasPrefix("ok\n")
      }
      #expect(isWell, "\(text)")
      #expect(stack.nodes[0].stop() == 0)
    }
  }
}
