import TimerModel

extension TimerJSON {
  static func write(_ policy: RetryPolicy, to writer: inout JSONWriter) {
    writer.object { writer in
      writer.name("maxAttempts")
      writer.integer(policy.maxAttempts)
      if let duration = policy.maxAttemptsDuration {
        writer.name("maxAttemptsDuration")
        writer.string(duration.text)
      }
      writer.name("initialInterval")
      writer.string(policy.initialInterval.text)
      writer.name("backoffMultiplier")
      writer.number(policy.backoffMultiplier)
      writer.name("maxInterval")
      writer.string(policy.maxInterval.text)
    }
  }

  static func write(_ destination: Destination, to writer: inout JSONWriter) {
    writer.object { writer in
      switch destination {
      case .http(let http):
        writer.name("http")
        writer.object { writer in
          writer.name("url")
          writer.string(http.url)
          write(http.headers, to: &writer)
        }
      case .kafka(let kafka):
        writer.name("kafka")
        writer.object { writer in
          writer.name("topic")
          writer.string(kafka.topic)
          if let key = kafka.key {
            writer.name("key")
            writer.string(key)
          }
          write(kafka.headers, to: &writer)
        }
      }
    }
  }

  private static func write(_ headers: [Header], to writer: inout JSONWriter) {
    guard !headers.isEmpty else { return }
    writer.name("headers")
    writer.object { writer in
      for header in headers {
        writer.name(text: header.name)
        writer.string(header.value)
      }
    }
  }
}
