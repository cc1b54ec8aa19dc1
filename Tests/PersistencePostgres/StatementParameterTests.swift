import Testing
import TimerModel

@testable import PersistencePostgres

/// Parameters go by number: each must be what the text of its statement says.
@Suite struct StatementParameterTests {
  @Test func parametersHaveTheirStatementsTypes() throws {
    for query in Self.queries() {
      let name = query.statement.name
      let numbers = query.statement.sql.matches(of: /\$(\d+)/).compactMap { Int($0.output.1) }
      #expect(Set(numbers) == Set(1...query.parameters.count), "\(name)")
      for match in query.statement.sql.matches(of: /\$(\d+)::(\w+)\[\]/) {
        let number = try #require(Int(match.output.1))
        try #require(query.parameters.indices.contains(number - 1), "\(name): $\(number)")
        let bytes = try #require(query.parameters[number - 1].bytes, "\(name): $\(number)")
        #expect(Self.elementType(bytes) == Self.types[String(match.output.2)], "\(name): $\(number)")
      }
    }
  }

  /// PostgreSQL's numbers of the types.
  private static let types: [String: UInt32] = [
    "bytea": 17, "bigint": 20, "smallint": 21, "int": 23, "uuid": 2950,
  ]

  /// A creation that leaves no parameter NULL.
  private static func create() -> CreateTimer {
    var create = PostgresHarness.create(1)
    create.definition.gaps = TimerDefinition.Gaps(rawValue: 1)
    create.definition.tags = ["customer": "42"]
    create.record = KafkaCoordinates(topic: "timer-commands", partition: 3, offset: 1742)
    return create
  }

  private static func queries() -> [PostgresQuery] {
    let create = create()
    let timer = Timer(creating: create, at: PostgresHarness.past)
    let message = OutboxMessage(shard: 1, topic: "timer-events", key: nil, headers: [], value: nil)
    let settlements = [[], [message]].map { messages in
      Settlement(key: timer.key, fence: timer.fence, ending: .delivered, attempt: nil, messages: messages)
    }
    let commands = [
      PostgresTimerStore.insertion([create], at: .int8(nil), shardCount: 8),
      PostgresTimerStore.rewriting([timer]),
    ]
    let tags = PostgresTimerStore.tagging([create]) + PostgresTimerStore.retagging([timer])
    let ends = settlements.map { PostgresTimerStore.settling([$0], at: .int8(nil)).query }
    return commands + tags + ends
  }

  /// The type in the head of an array.
  private static func elementType(_ array: [UInt8]) -> UInt32 {
    array.dropFirst(8).prefix(4).reduce(0) { $0 << 8 | UInt32($1) }
  }
}
