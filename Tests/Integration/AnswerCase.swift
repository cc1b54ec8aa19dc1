/// A receiver's answer, and the expected result for its timer, which may be attempted twice.
struct AnswerCase: Sendable {
  let name: String
  let url: String
  let status: String
  let attempts: Int
  let result: String
  let statusCode: Int?

  init(
    _ name: String, _ url: String, _ status: String, _ attempts: Int, _ result: String, _ statusCode: Int?
  ) {
    self.name = name
    self.url = url
    self.status = status
    self.attempts = attempts
    self.result = result
    self.statusCode = statusCode
  }
}
