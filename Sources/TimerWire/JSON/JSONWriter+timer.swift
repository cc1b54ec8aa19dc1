package import JSONBytes
package import TimerModel

// Parts of a timer, written the same way wherever they are shown or kept.
extension JSONWriter {
  /// Writes an instant as a string of RFC 3339.
  package mutating func timestamp(_ timestamp: Timestamp) {
    string(length: Timestamp.rfc3339Length) { timestamp.writeRFC3339(to: $0) }
  }

  /// Writes a destination as the HTTP API takes it.
  package mutating func destination(_ destination: Destination) {
    object { json in
      switch destination {
      case .http(let http):
        json.name("http")
        json.object { json in
          json.name("url")
          json.string(http.url)
          json.headers(http.headers)
        }
      case .kafka(let kafka):
        json.name("kafka")
        json.object { json in
          json.name("topic")
          json.string(kafka.topic)
          if let key = kafka.key {
            json.name("key")
            json.string(key)
          }
          json.headers(kafka.headers)
        }
      }
    }
  }

  /// Writes what became of an attempt.
  package mutating func attempt(_ attempt: AttemptRecord) {
    object { json in
      json.name("attempt")
      json.integer(attempt.number)
      json.name("startedAt")
      json.timestamp(attempt.startedAt)
      json.name("durationMilliseconds")
      json.integer(attempt.durationMilliseconds)
      json.name("result")
      json.string(attempt.result.rawValue)
      if let statusCode = attempt.statusCode {
        json.name("statusCode")
        json.integer(statusCode)
      }
      if let error = attempt.error {
        json.name("error")
        json.string(error)
      }
      if let note = attempt.note {
        json.name("note")
        json.string(note)
      }
      if let node = attempt.node {
        json.name("node")
        json.string(node.name)
      }
      if let next = attempt.nextAttemptAt {
        json.name("nextAttemptAt")
        json.timestamp(next)
      }
    }
  }

  private mutating func headers(_ headers: [Header]) {
    guard !headers.isEmpty else { return }
    name("headers")
    object { json in
      for header in headers {
        json.name(text: header.name)
        json.string(header.value)
      }
    }
  }
}
