import FoundationEssentials

/// The history of a timer, as the API returns it.
struct Timeline: Decodable {
  struct Creator: Decodable {
    let source: String
    let topic: String?
    let partition: Int?
    let offset: Int64?
  }

  struct Attempt: Decodable {
    let attempt: Int
    let node: String?
    let claimedAt: String?
    let startedAt: String?
    let durationMilliseconds: Int64?
    let endedAt: String
    let result: String
    let statusCode: Int?
    let error: String?
    let note: String?
    let settled: String?
    let nextAttemptAt: String?
  }

  struct Claim: Decodable {
    let attempt: Int
    let node: String
  }

  let id: String
  let groupId: String
  let status: String
  let firingId: String
  let traceparent: String?
  let createdAt: String
  let createdBy: Creator
  let executeAt: String
  let claims: Int64
  let attempts: [Attempt]
  let nextAttemptAt: String?
  let claim: Claim?
  let endedAt: String?

  init(json: [UInt8]) throws { self = try JSONDecoder().decode(Timeline.self, from: Data(json)) }

  /// For people: a line for each thing that happened, a line for what is in progress, comes next or was the end.
  var text: String {
    var lines = ["\(groupId)/\(id)  \(status)  firing \(firingId)"]
    let trace = traceparent.map { "  trace \($0.split(separator: "-").dropFirst().first ?? "")" } ?? ""
    lines.append("\(createdAt)  created by \(createdBy.text) for \(executeAt)\(trace)")
    lines += attempts.flatMap(\.lines)
    if let claim {
      lines.append("now                       claimed for attempt \(claim.attempt) by \(claim.node)")
    }
    if let nextAttemptAt { lines.append("\(nextAttemptAt)  next attempt") }
    if let endedAt { lines.append("\(endedAt)  \(status)") }
    // What a receiver's answer says must not move the cursor.
    return lines.map { $0.map { $0.isASCII && $0 < " " ? " " : String($0) }.joined() }
      .joined(separator: "\n")
  }
}

extension Timeline.Creator {
  fileprivate var text: String {
    guard source == "kafka" else { return "a request" }
    return "record \(topic ?? "")/\(partition ?? 0)/\(offset ?? 0)"
  }
}

extension Timeline.Attempt {
  fileprivate var lines: [String] {
    let by = node.map { " by \($0)" } ?? ""
    let claim = claimedAt.map { "\($0)  claimed for attempt \(attempt)\(by)" }
    let end =
      startedAt.map { "\($0)  attempt \(attempt): \(outcome)" }
      ?? "\(endedAt)  claim for attempt \(attempt)\(claim == nil ? by : "") \(outcome)"
    return [claim, end].compactMap(\.self)
  }

  private var outcome: String {
    var text = result
    if let statusCode { text += ", status \(statusCode)" }
    if let durationMilliseconds { text += ", \(durationMilliseconds) ms" }
    if let error { text += ", \(error)" }
    if let note { text += " (\(note))" }
    if let nextAttemptAt {
      text += "; again at \(nextAttemptAt)"
    } else if startedAt != nil, let settled, settled != result {
      text += "; \(settled)"
    }
    return text
  }
}
