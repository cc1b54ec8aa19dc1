/// A timer as the API shows it.
struct ShownTimer: Decodable, Sendable {
  struct Attempt: Decodable, Sendable {
    let attempt: Int
    let startedAt: String
    let durationMilliseconds: Int64
    let result: String
    let statusCode: Int?
    let error: String?
  }

  let status: String
  let revision: Int
  let attempts: Int
  let executeAt: String
  let createdAt: String
  let updatedAt: String
  let executedAt: String?
  let latenessMilliseconds: Int64?
  let lastOutcome: Attempt?
  let attemptHistory: [Attempt]

  /// True if nothing will be tried any more.
  var isOver: Bool { status != "scheduled" && status != "delivering" }
}
