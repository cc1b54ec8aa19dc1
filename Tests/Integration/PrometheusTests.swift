import Foundation
import Telemetry
import TestSupport
import Testing

extension ProcessTests {
  /// A real Prometheus and its tool read the metrics, the rules and the dashboard.
  @Suite(.serialized) struct PrometheusTests {
    @Test(.timeLimit(.minutes(2)))
    func prometheusScrapesTwoNodes() async throws {
      let stack = try await NodeStack(nodes: 2)
      try await stack.waitForBalance(over: 2)
      let prometheus = try await PrometheusServer.start(
        scraping: stack.nodes.map(\.port), rules: Self.impatient(try Self.rules()))
      // It scrapes a few seconds after its start; what it has not seen at zero has not increased.
      try await Self.wait(prometheus, for: "sum(up{job=\"timerd\"})", toBe: 2)
      try await Self.load(stack)

      let text = try WireConnection(port: stack.nodes[0].port).answer(to: WireRequest("GET", "/metrics"))
      let lint = try await PrometheusServer.promtool(["check", "metrics"], input: text.body)
      #expect(lint.isEmpty, "\(lint)")
      for metric in Metric.all(version: "") {
        #expect(text.text.contains("# HELP \(metric.name) \(metric.help)\n# TYPE \(metric.name) "))
      }

      let series = try await prometheus.query("count by (__name__, instance) ({job=\"timerd\"})")
      let nodes = Dictionary(grouping: series) { $0.labels["__name__"] ?? "" }.mapValues(\.count)
      for metric in Metric.all(version: "") {
        #expect(nodes[metric.name] ?? nodes[metric.name + "_bucket"] == 2, "\(metric.name)")
      }
      for name in try Self.namesInUse() { #expect(nodes[name] == 2, "\(name)") }

      // Both nodes count as one service: what was asked for, and nothing twice.
      let sums = [
        "sum(timerd_timers_created_total)": 24.0, "sum(timerd_timers_cancelled_total)": 1,
        "sum(timerd_timers_updated_total)": 1, "sum(timerd_lateness_seconds_count{attempt=\"first\"})": 23,
        "sum(timerd_dead_letters_total{reason=\"refused\"})": 12, "sum(timerd_shards_owned)": 64,
        "sum(timerd_attempts_total{class=\"4xx\"})": 12, "max(timerd_live_nodes)": 2,
      ]
      for (expression, expected) in sums {
        try await Self.wait(prometheus, for: expression, toBe: expected)
      }

      // Twelve dead letters at once are an alert, and so is a node that is gone.
      try await Self.wait(
        prometheus, for: "count(ALERTS{alertname=\"TimerdDeadLetters\",alertstate=\"firing\"})", toBe: 1)
      #expect(try await prometheus.query("ALERTS{alertname=\"TimerdDown\"}").isEmpty)
      stack.nodes[1].kill()
      try await Self.wait(
        prometheus,
        for: """
          count(ALERTS{alertname="TimerdDown",alertstate="firing",instance="127.0.0.1:\(stack.nodes[1].port)"})
          """, toBe: 1)
    }

    @Test(.timeLimit(.minutes(1)))
    func promtoolAcceptsConfigurationAndRules() async throws {
      let folder = Self.root.appending(path: "deploy/prometheus")
      for arguments in [
        ["check", "config", "prometheus.yml"], ["check", "rules", "timerd.rules.yml"],
        ["test", "rules", "timerd.test.yml"],
      ] {
        _ = try await PrometheusServer.promtool(
          arguments.dropLast() + [folder.appending(path: arguments[2]).path])
      }
    }

    @Test func alertsHaveRunbooksAndScenarios() throws {
      let alerts = try Self.rules().matches(of: /alert: (\w+)/).map { String($0.1) }
      let runbooks = try Self.text("docs/runbooks.md")
      let scenarios = try Self.text("deploy/prometheus/timerd.test.yml")
      #expect(!alerts.isEmpty)
      for alert in alerts {
        #expect(try Self.rules().contains("docs/runbooks.md#\(alert.lowercased())\""))
        #expect(runbooks.contains("\n## \(alert)\n"))
        #expect(scenarios.contains("alertname: \(alert)\n"))
      }
    }

    /// Nobody runs Grafana here; what it is given must at least fit together: paths, services, sources of data.
    @Test func stackConfigurationIsConsistent() async throws {
      let program = #"""
        import json, pathlib, sys, urllib.parse, yaml
        root = pathlib.Path(sys.argv[1])
        services = yaml.safe_load((root / "docker-compose.yml").read_text())["services"]
        def mounts(name):
            pairs = [volume.split(":")[:2] for volume in services[name]["volumes"]]
            return {inside: root / outside for outside, inside in pairs if outside.startswith("./")}
        def files(folder, pattern):
            found = sorted(folder.glob(pattern))
            assert found, f"nothing is in {folder}"
            return found
        grafana, profiles = mounts("grafana"), set(services["grafana"]["profiles"])
        provisioning = grafana["/etc/grafana/provisioning"]
        uids = set()
        for file in files(provisioning, "datasources/*.yml"):
            for source in yaml.safe_load(file.read_text())["datasources"]:
                host = urllib.parse.urlsplit(source["url"])
                assert set(services[host.hostname]["profiles"]) & profiles, host.hostname
                assert source["type"] == "prometheus" and host.port == 9090
                uids.add(source["uid"])
        def sources(node):
            if isinstance(node, dict):
                if isinstance(node.get("datasource"), dict): yield node["datasource"]
                for value in node.values(): yield from sources(value)
            if isinstance(node, list):
                for value in node: yield from sources(value)
        for file in files(provisioning, "dashboards/*.yml"):
            for provider in yaml.safe_load(file.read_text())["providers"]:
                for dashboard in files(grafana[provider["options"]["path"]], "*.json"):
                    content = json.loads(dashboard.read_text())
                    choice = [v for v in content["templating"]["list"] if v["type"] == "datasource"]
                    assert [v["query"] for v in choice] == ["prometheus"], choice
                    for source in sources(content):
                        known = source["uid"] in uids | {"${" + choice[0]["name"] + "}", "-- Grafana --"}
                        assert known and source["type"] in ("prometheus", "grafana", "datasource"), source
        prometheus = mounts("prometheus")["/etc/prometheus"]
        settings = yaml.safe_load((prometheus / "prometheus.yml").read_text())
        assert "--config.file=/etc/prometheus/prometheus.yml" in services["prometheus"]["command"]
        for name in settings["rule_files"]: assert (prometheus / name).is_file(), name
        for job in settings["scrape_configs"]:
            for target in job["dns_sd_configs"]:
                for name in target["names"]: assert any(p.endswith(f":{target['port']}") for p in services[name]["ports"])
        """#
      _ = try await PythonTools.run(program, [PythonTools.root.path])
    }

    private static let root = URL(filePath: #filePath).appending(path: "../../..").standardized

    private static func text(_ path: String) throws -> String {
      try String(contentsOf: root.appending(path: path), encoding: .utf8)
    }

    private static func rules() throws -> String { try text("deploy/prometheus/timerd.rules.yml") }

    /// The rules without their patience, so that a test can wait for them.
    private static func impatient(_ rules: String) -> String {
      rules.replacing(/for: \w+/, with: "for: 0s")
    }

    /// The names of metrics in the rules and the dashboard.
    private static func namesInUse() throws -> Set<String> {
      let rules = try rules().split(separator: "\n").filter { $0.contains("expr:") }.joined()
      let dashboard = try text("deploy/grafana/dashboards/timerd.json").split(separator: "\n")
        .filter { $0.contains("\"expr\":") }.joined()
      return Set((rules + dashboard).matches(of: /\b(timerd|process)_[a-z_]+/).map { String($0.0) })
    }

    /// Creates 24 timers on both nodes: eleven are delivered, one of them after a change, twelve fail permanently, and one is
    /// cancelled.
    private static func load(_ stack: NodeStack) async throws {
      let taking = try await HTTPReceiver.start()
      let refusing = try await HTTPReceiver.start(status: 404)
      let clients = try stack.nodes.map { try TimerClient($0) }
      let (soon, later) = (WallClock.milliseconds() + 500, WallClock.milliseconds() + 600_000)
      for number in 0..<10 {
        try clients[number % 2].create("d\(number)", executeAt: soon, url: taking.url)
      }
      for number in 0..<12 {
        try clients[number % 2].create("r\(number)", executeAt: soon, url: refusing.url)
      }
      for id in ["changed", "cancelled"] { try clients[0].create(id, executeAt: later, url: taking.url) }
      let connection = try WireConnection(port: stack.nodes[0].port)
      let past = "{\"executeAt\": \"2026-01-01T00:00:00Z\"}"
      let answers = [
        try connection.answer(to: WireRequest("PUT", "/groups/g/timers/changed", json: past)),
        try connection.answer(to: WireRequest("DELETE", "/groups/g/timers/cancelled")),
      ]
      #expect(answers.map(\.status) == [200, 204])
      await taking.wait { $0.count == 11 }
      await refusing.wait { $0.count == 12 }
      try await taking.stop()
      try await refusing.stop()
    }

    private static func wait(
      _ prometheus: PrometheusServer, for expression: String, toBe expected: Double
    ) async throws {
      var last: Double?
      for _ in 0..<80 {
        last = try await prometheus.query(expression).first?.value
        if last == expected { return }
        try await Task.sleep(for: .milliseconds(250))  // What it has scraped it tells nobody.
      }
      Issue.record("\(expression) is \(last.map { "\($0)" } ?? "nothing") instead of \(expected)")
    }
  }
}
