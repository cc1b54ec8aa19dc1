import Foundation
import KafkaClient
import Telemetry
import TestSupport
import Testing
import TimerModel

extension ProcessTests {
  /// One node with PostgreSQL, Redis, Kafka and a collector, through good and bad times: what an operator sees of it.
  @Suite(.serialized) struct ObservabilityTests {
    @Test(.timeLimit(.minutes(4)))
    func everyMetricAndSpanAppears() async throws {
      let node = try await ObservedNode()
      try await Self.kafkaIsTraced(node)
      try await Self.commandsCount(node)
      try await Self.interferenceShows(node)
      try await Self.commandsThatKafkaDeletedShow(node)
      try await Self.storesThatAreAwayShow(node)
      try await Self.aBrokerThatIsAwayShows(node)
      try await Self.aCollectorThatIsAwayShows(node)
      for metric in Metric.all(version: "") {
        #expect(node.hasMoved(metric.name), "nothing has moved \(metric.name)")
      }
      try Self.logTellsMuchAndNoSecret(node)
      node.service.kill()
      try await node.close()
    }

    /// From the record that asks for a timer to the record that it fires.
    private static func kafkaIsTraced(_ node: ObservedNode) async throws {
      try await node.command("k", ObservedNode.create("k"))
      let member = try GroupMember(node.broker, group: "reader", topics: ["timer-fired"])
      try await member.wait(for: "a record") { !$0.records.isEmpty }
      let record = try #require(member.received.records.first)
      await member.close()
      let names = ["process timer-commands", "create timer", "claim timer", "send timer-fired"]
      let spans = try await CollectedSpan.all(in: node.collector) { spans in
        names.allSatisfy { name in spans.contains { $0.name == name } }
      }
      let parts = try names.map { name in try #require(spans.first { $0.name == name }, "\(name)") }
      let (batch, command, claim, send) = (parts[0], parts[1], parts[2], parts[3])
      #expect(batch.parent.isEmpty && batch.text.contains("b7ad6b7169203331"))
      for attribute in [
        "messaging.system", "messaging.consumer.group.name", "messaging.destination.partition.id",
      ] {
        #expect(batch.text.contains(attribute))
      }
      #expect(command.trace == "0af7651916cd43dd8448eb211c80319c" && command.parent == "b7ad6b7169203331")
      #expect(command.text.contains(batch.id) && command.text.contains("messaging.kafka.offset"))
      let firing = try #require(record.header("ce_id"))
      #expect(claim.trace == firing && claim.parent.isEmpty && claim.text.contains(command.id))
      #expect(send.trace == firing && send.parent == claim.id && send.text.contains(command.id))
      #expect(send.text.contains("messaging.message.id") && send.text.contains("messaging.destination.name"))
      #expect(record.header("traceparent") == "00-\(firing)-\(send.id)-01")
      #expect(record.header("ce_traceparent") == record.header("traceparent"))
      _ = try await node.client.timerOnceOver("k")
      let timeline = try node.send("GET", "/groups/g/timers/k/attempts").text
      let creator =
        "\"createdBy\":{\"source\":\"kafka\",\"topic\":\"timer-commands\",\"partition\":0,\"offset\":0}"
      #expect(timeline.contains(creator), "\(timeline)")
      #expect(timeline.contains("\"traceparent\":\"00-\(command.trace)-\(command.id)-01\""))
      #expect(timeline.contains("\"claimedAt\":") && timeline.contains("\"settled\":\"delivered\""))
    }

    /// Commands from both sides, and every way in which an attempt may end.
    private static func commandsCount(_ node: ObservedNode) async throws {
      try await node.command("later", ObservedNode.create("later", in: 3600))
      try await node.command(
        "later",
        "{\"command\":\"update\",\"groupId\":\"g\",\"timerId\":\"later\",\"changes\":{\"payload\":1}}")
      try await node.command("later", nil)
      try await node.command("none", nil)
      try await node.command("bad", "{\"s3cr3t-record")
      try node.create("ok", at: node.taking.url)
      try node.create("slow", at: node.slow.url)
      try node.create("refused", at: node.refusing.url)
      try node.create("unreachable", at: "http://127.0.0.1:\(LocalPort.free())", more: policy(2, "10ms"))
      try node.create("failing", at: node.failing.url, more: policy(15, "10ms"))
      try node.create("waiting", at: node.failing.url, more: policy(2, "1h"))
      for id in ["changed", "parked"] { try node.create(id, in: 200_000, at: node.taking.url) }
      try node.create("cancelled", in: 1500, at: node.taking.url)
      let changes = "{\"executeAt\":\"2026-01-01T00:00:00Z\",\"payload\":\"s3cr3t-payload\"}"
      let statuses = [
        try node.send("PUT", "/groups/g/timers/changed", changes).status,
        try node.send("DELETE", "/groups/g/timers/cancelled").status,
        try node.send("DELETE", "/groups/g/timers/none").status,
        try node.send("POST", "/groups/g/timers", "{\"payload\":\"s3cr3t-payload\"}").status,
        try node.send("POST", "/groups/g/timers", "{s3cr3t-payload").status,
        try node.send("GET", "/nowhere?token=s3cr3t-uri").status,
        try node.send("GET", "/groups/g/timers/ok?token=s3cr3t-uri").status,
      ]
      #expect(statuses == [200, 204, 404, 422, 400, 404, 200])
      try await node.wait(
        for: "timerd_attempts_in_flight{transport=\"http\"}", "timerd_held_timers", "timerd_retries_waiting",
        "timerd_index_entries", "timerd_dead_letters_total{reason=\"attempts_used_up\"}",
        "timerd_dead_letters_total{reason=\"refused\"}", "timerd_log_entries_suppressed_total",
        "timerd_claim_refusals_total{reason=\"gone\"}",
        "timerd_attempts_total{transport=\"http\",outcome=\"failed\",class=\"5xx\"}",
        "timerd_attempts_total{transport=\"kafka\",outcome=\"delivered\",class=\"none\"}",
        "timerd_outbox_published_total")
      let values = try node.scrape()
      let counts: [(String, Double)] = [
        ("timerd_timers_created_total{source=\"kafka\"}", 2),
        ("timerd_timers_updated_total{source=\"kafka\"}", 1),
        ("timerd_timers_cancelled_total{source=\"kafka\"}", 1),
        ("timerd_commands_refused_total{source=\"kafka\",reason=\"not_found\"}", 1),
        ("timerd_commands_refused_total{source=\"kafka\",reason=\"invalid\"}", 1),
        ("timerd_kafka_commands_rejected_total", 2), ("timerd_timers_created_total{source=\"http\"}", 9),
        ("timerd_timers_updated_total{source=\"http\"}", 1),
        ("timerd_timers_cancelled_total{source=\"http\"}", 1),
        ("timerd_commands_refused_total{source=\"http\",reason=\"not_found\"}", 1),
        ("timerd_commands_refused_total{source=\"http\",reason=\"invalid\"}", 2),
      ]
      for (series, count) in counts { #expect(values[series] == count, "\(series)") }
    }

    /// Somebody changes rows behind the node's back: a timer that no index knows, a claim and leases that are another's.
    private static func interferenceShows(_ node: ObservedNode) async throws {
      try node.create("taken", at: node.slow.url)
      await node.slow.wait { $0.count == 2 }
      try node.postgres.query(
        """
        UPDATE timerd.timers SET claim_number = 7 WHERE timer_id = 'taken'::bytea;
        UPDATE timerd.timers SET due_at = due_at - 700000 WHERE timer_id = 'parked'::bytea;
        UPDATE timerd.timers SET updated_at = 0 WHERE timer_id = 'refused'::bytea
        """)
      try await node.wait(
        for: "timerd_due_backlog", "timerd_oldest_due_age_seconds", "timerd_index_repairs_total",
        "timerd_settlements_lost_total", "timerd_timers_purged_total")
      try node.postgres.query("UPDATE timerd.leases SET node = 'nobody'::bytea")
      try await node.wait(
        for: "timerd_shard_lease_losses_total", "timerd_shard_handover_seconds_count",
        "timerd_shards_owned")
    }

    /// Retention deletes a command while the node is down.
    private static func commandsThatKafkaDeletedShow(_ node: ObservedNode) async throws {
      #expect(node.service.stop() == 0)
      try await node.command("deleted", ObservedNode.create("deleted", in: 3600))
      let kept = try await node.command("kept", ObservedNode.create("kept", in: 3600))
      node.broker.begin("timer-commands", at: kept)
      try node.service.start()
      try await node.wait(for: "timerd_kafka_commands_lost_total", "timerd_kafka_log_changes_total")
      let values = try node.scrape()
      #expect(values["timerd_kafka_commands_lost_total"] == 1)
      #expect(values["timerd_kafka_log_changes_total"] == 1)
      #expect(try node.send("GET", "/groups/g/timers/kept").status == 200)
      #expect(try node.send("GET", "/readyz?verbose").text.contains("\nkafka-commands degraded"))
    }

    private static func storesThatAreAwayShow(_ node: ObservedNode) async throws {
      node.redis.kill()
      #expect(try await poll { try node.send("GET", "/readyz?verbose").text.contains("\nindex degraded") })
      #expect(try node.send("GET", "/readyz").status == 200)
      try await node.wait(for: "timerd_index_operation_failures_total{operation=\"count\"}")
      try await node.redis.start()
      try await node.wait(for: "timerd_index_rebuilds_total")
      node.postgres.kill()
      try await node.command("waits", ObservedNode.create("waits", in: 3600))
      #expect(try node.send("GET", "/readyz").status == 503)
      #expect(try node.send("GET", "/readyz?verbose").text.contains("\nstore down"))
      try await node.wait(
        for: "timerd_store_operation_failures_total{operation=\"apply_log\"}",
        "timerd_commands_refused_total{source=\"kafka\",reason=\"store_failed\"}",
        "timerd_queue_depth{queue=\"records\"}", "timerd_kafka_consumer_lag",
        "timerd_store_connections_in_use{pool=\"work\"}")
      try node.postgres.start()
      #expect(try await poll { try node.send("GET", "/groups/g/timers/waits").status == 200 })
      // What was wrong stays visible for a while.
      #expect(
        try await poll {
          try node.send("GET", "/readyz?verbose").text.contains(#/\nstore ok [0-9]+ms \(\S+ ago: /#)
        })
    }

    private static func aBrokerThatIsAwayShows(_ node: ObservedNode) async throws {
      #expect(try node.send("GET", "/readyz?verbose").text.contains(/\nkafka ok [0-9]+ms/))
      node.broker.kill()
      let ready = try node.send("GET", "/readyz?verbose")
      #expect(ready.status == 200 && ready.text.hasPrefix("degraded\n"), "\(ready.text)")
      #expect(ready.text.contains(/\nkafka degraded .+\n/) && ready.text.contains("\nstore ok"))
      // There is room for one: the other is given back, and says so. A dead letter waits in the outbox.
      for id in ["one", "two"] {
        let executeAt = Timestamp(milliseconds: WallClock.milliseconds()).rfc3339
        let body = "{\"id\":\"\(id)\",\"executeAt\":\"\(executeAt)\",\"destination\":{\"kafka\":{}}}"
        #expect(try node.send("POST", "/groups/g/timers", body).status == 201)
      }
      try node.create("dead", at: node.refusing.url)
      try await node.wait(
        for: "timerd_claims_released_total", "timerd_queue_depth{queue=\"producer\"}",
        "timerd_attempts_in_flight{transport=\"kafka\"}", "timerd_outbox_messages",
        "timerd_outbox_failures_total")
      let timelines = try ["one", "two"].map { try node.send("GET", "/groups/g/timers/\($0)/attempts").text }
      #expect(
        timelines.contains {
          $0.contains(
            "\"result\":\"released\",\"error\":\"too much waits for Kafka\",\"settled\":\"released\"")
        }, "\(timelines)")
    }

    private static func aCollectorThatIsAwayShows(_ node: ObservedNode) async throws {
      node.collector.kill()
      for _ in 0..<400 { try node.send("GET", "/groups/g/timers/ok") }
      try await node.wait(
        for: "timerd_queue_depth{queue=\"spans\"}", "timerd_spans_dropped_total{reason=\"queue_full\"}",
        "timerd_queue_refusals_total{queue=\"spans\"}",
        "timerd_spans_dropped_total{reason=\"export_failed\"}", "timerd_spans_exported_total")
    }

    private static func logTellsMuchAndNoSecret(_ node: ObservedNode) throws {
      let log = try String(contentsOf: node.service.log, encoding: .utf8)
      for message in [
        "timer created", "timer updated", "timer cancelled", "timer claimed", "attempt failed",
        "attempt delivered", "claim settled", "claim was lost before its settlement", "request answered",
        "cannot store commands from Kafka; retrying",
      ] {
        #expect(log.contains("\"\(message)\""), "\(message)")
      }
      // A command of Kafka's has its line too.
      #expect(
        log.split(separator: "\n").contains { $0.contains("timer created") && $0.contains("\"later\"") })
      for line in log.split(separator: "\n")
      where line.contains(ObservedNode.secret) || line.contains("whsec_") {
        Issue.record("a secret: \(line)")
      }
      #expect(!log.contains("?token"), "a query string")
      #expect(!log.contains(Data("s3cr3t-signing".utf8).base64EncodedString().prefix(12)))
    }

    private static func policy(_ attempts: Int, _ interval: String) -> String {
      ",\"retryPolicy\":{\"maxAttempts\":\(attempts),\"initialInterval\":\"\(interval)\",\"maxInterval\":\"\(interval)\"}"
    }
  }
}
