import TimerModel

extension IndexError {
  /// An error that the server answered.
  init(reply: String, from endpoint: RedisEndpoint? = nil) {
    let kind = reply.prefix { $0 != " " }
    let server = endpoint.map { "Redis at \($0)" } ?? "Redis"
    switch kind {
    case "NOAUTH", "WRONGPASS":
      self.init(
        code: .unauthorized, message: "\(server) does not know this user or password", reply: reply,
        isRetriable: false)
    case _
    where kind == "NOPERM" || reply.contains("can't run this command")
      || reply.contains("ACL failure in script"):
      self.init(
        code: .unauthorized,
        message:
          "\(server) does not allow this user what the index needs; grant what docs/operations.md lists",
        reply: reply, isRetriable: false)
    case "LOADING", "MASTERDOWN", "CLUSTERDOWN", "READONLY", "TRYAGAIN", "BUSY", "NOREPLICAS", "MISCONF",
      "OOM",
      "MOVED", "ASK", "DENIED":
      self.init(code: .unavailable, message: "\(server) cannot do it now", reply: reply)
    default:
      self.init(code: .failed, message: "\(server) refused", reply: reply, isRetriable: false)
    }
  }
}
