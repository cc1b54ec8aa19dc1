import Foundation
import TestSupport
import Testing

extension ProcessTests {
  /// Nodes that are replaced one by one behind a balancer.
  @Suite struct RollingUpdateTests {
    @Test(.timeLimit(.minutes(2)))
    func rollingUpdateFailsNoRequest() async throws {
      let nodes = try (0..<2).map { _ in
        try ServiceProcess(environment: ["TIMERD_SHUTDOWN_DELAY": "4s"])
      }
      for node in nodes { try node.start() }
      let balancer = Balancer(ports: nodes.map(\.port))
      await withTaskGroup(of: Void.self) { group in
        group.addTask { await onThread { balancer.watch() } }
        for client in 0..<2 { group.addTask { await onThread { balancer.sendByTurns(client) } } }
        for client in 2..<4 { group.addTask { await onThread { balancer.sendToOne(client) } } }
        for node in nodes {
          // A node goes while all clients use it; the next one once this one is used again, as an orchestrator does it.
          let isUsed = try? await poll {
            balancer.isUsed(node.port) && nodes.allSatisfy { balancer.isUsedByTurns($0.port) }
          }
          #expect(isUsed == true)
          #expect(node.stop() == 0)
          do { try node.start() } catch { Issue.record("a node did not start again: \(error)") }
          balancer.forgetUses()
        }
        let isUsedAgain = try? await poll { nodes.allSatisfy { balancer.isUsedByTurns($0.port) } }
        #expect(isUsedAgain == true)
        balancer.stop()
      }
      let result = balancer.result
      print("RollingUpdateTests: \(result.answered) requests answered")
      #expect(result.failures == [])
      #expect(result.answered > 100)
      // Who stays on its connection is told to leave before the node stops.
      #expect(result.told == Set(nodes.map(\.port)))
      for node in nodes {
        node.signal(SIGINT)
        _ = node.stop()
      }
    }

    @Test(.timeLimit(.minutes(1)))
    func secondSignalEndsDelay() throws {
      let node = try ServiceProcess(environment: ["TIMERD_SHUTDOWN_DELAY": "50s"])
      try node.start()
      node.signal(SIGTERM)
      let ready = WireRequest("GET", "/readyz")
      while try WireConnection(port: node.port).answer(to: ready).status == 200 { usleep(10_000) }
      #expect(try WireConnection(port: node.port).answer(to: ready).text.contains("shutting down"))
      let start = ContinuousClock.now
      #expect(node.stop() == 0)
      #expect(ContinuousClock.now - start < .seconds(40))
    }
  }
}
