import TimerModel

extension IndexError {
  /// An error that the server answered.
  init(reply: String, from endpoint: RedisEndpoint? = nil) {
    let kind = reply.prefix { $0 != " " }
    let place = endpoint.map { "Redis at \($0)" } ?? "Redis"
    switch kind {
    case "NOAUTH", "WRONGPASS", "NOPERM":
      self.init(
        code: .unauthorized, message: "\(place) does not allow it", reply: reply, isRetriable: false)
    case "LOADING", "MASTERDOWN", "CLUSTERDOWN", "READONLY", "TRYAGAIN", "BUSY", "NOREPLICAS", "MISCONF",
      "OOM",
      "MOVED", "ASK", "DENIED":
      self.init(code: .unavailable, message: "\(place) cannot do it now", reply: reply)
    default:
      self.init(code: .failed, message: "\(place) refused", reply: reply, isRetriable: false)
    }
  }
}
