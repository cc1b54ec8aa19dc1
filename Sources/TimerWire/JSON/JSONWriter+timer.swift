package import JSONBytes
package import TimerModel

// Parts of a timer, written the same way wherever they are shown or kept.
extension JSONWriter {
  /// Writes an instant as a string of RFC 3339.
  package mutating func timestamp(_ timestamp: Timestamp) {
    string(length: Timestamp.rfc3339Length) { timestamp.writeRFC3339(to: $0) }
  }

  /// Writes a member whose value is an instant; nothing if it is nil.
  @inline(__always)
  package mutating func member(_ name: StaticString, _ instant: Timestamp?) {
    guard let instant else { return }
    self.name(name)
    timestamp(instant)
  }

  /// Writes a destination as the HTTP API takes it; without the topic where the client left it out.
  package mutating func destination(_ destination: Destination, hasTopic: Bool = true) {
    object { json in
      switch destination {
      case .http(let http):
        json.name("http")
        json.object { json in
          json.member("url", http.url)
          json.headers(http.headers)
        }
      case .kafka(let kafka):
        json.name("kafka")
        json.object { json in
          if hasTopic { json.member("topic", kafka.topic) }
          json.member("key", kafka.key)
          json.headers(kafka.headers)
        }
      }
    }
  }

  /// Writes the member `tags`, by name; nothing if there are none.
  package mutating func tags(_ definition: TimerDefinition) {
    guard !definition.tags.isEmpty else { return }
    name("tags")
    tagMembers(definition)
  }

  /// Writes the tags as an object, by name.
  package mutating func tagMembers(_ definition: TimerDefinition) {
    object { json in
      for tag in definition.sortedTags {
        json.name(text: tag.name)
        json.string(tag.value)
      }
    }
  }

  /// Writes what became of an attempt.
  package mutating func attempt(_ attempt: AttemptRecord) {
    object { json in
      json.member("attempt", attempt.number)
      json.member("startedAt", attempt.startedAt)
      json.member("durationMilliseconds", attempt.durationMilliseconds)
      json.member("result", attempt.result.rawValue)
      json.member("statusCode", attempt.statusCode)
      json.member("error", attempt.error)
      json.member("note", attempt.note)
      json.member("node", attempt.node?.name)
      json.member("nextAttemptAt", attempt.nextAttemptAt)
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
