import FoundationEssentials

/// What happened to a timer, as the API tells it.
struct Timeline: Decodable {
  struct Attempt: Decodable {
    let attempt: Int
    let startedAt: String
    let durationMilliseconds: Int64
    let result: String
    let statusCode: Int?
    let error: String?
    let node: String?
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
  let executeAt: String
  let attempts: [Attempt]
  let nextAttemptAt: String?
  let claim: Claim?
  let endedAt: String?

  init(json: [UInt8]) throws { self = try JSONDecoder().decode(Timeline.self, from: Data(json)) }

  /// For people: a line for each thing that happened.
  var text: String {
    var lines = ["\(groupId)/\(id)  \(status)  firing \(firingId)"]
    let trace = traceparent.map { "  trace \($0.split(separator: "-").dropFirst().first ?? "")" } ?? ""
    lines.append("\(createdAt)  created for \(executeAt)\(trace)")
    lines += attempts.map(Self.line)
    if let claim { lines.append("now                       attempt \(claim.attempt) on \(claim.node)") }
    if let nextAttemptAt { lines.append("\(nextAttemptAt)  next attempt") }
    if let endedAt { lines.append("\(endedAt)  \(status)") }
    return lines.joined(separator: "\n")
  }

  private static func line(_ attempt: Attempt) -> String {
    var line = "\(attempt.startedAt)  attempt \(attempt.attempt)"
    if let node = attempt.node { line += " on \(node)" }
    line += ": \(attempt.result)"
    if let status = attempt.statusCode { line += ", status \(status)" }
    line += ", \(attempt.durationMilliseconds) ms"
    // What a receiver's answer says must not move the cursor.
    if let error = attempt.error { line += ", \(String(error.map { $0.isASCII && $0 < " " ? " " : $0 }))" }
    return line
  }
}
