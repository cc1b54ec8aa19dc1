import JSONBytes
import TimerModel

extension CommandDecoder {
  /// Reads `callbackUrl` or `destination`; nil if neither is there, or if it is wrong.
  func destination(
    of timer: JSONObjectReader, _ gaps: inout TimerDefinition.Gaps, _ list: inout ViolationList
  ) -> Destination? {
    let pointer = timer.pointer.member("destination")
    guard let value = timer.nonNull("destination") else {
      return url("callbackUrl", of: timer, &list).map { .http(HTTPDestination(url: $0)) }
    }
    if timer.nonNull("callbackUrl") != nil {
      list.add(pointer, "must not be given together with callbackUrl")
    }
    let destination = JSONObjectReader(value, at: pointer, allowed: ["http", "kafka"], &list)
    if let kafka = destination.nonNull("kafka") {
      if destination.nonNull("http") != nil { list.add(pointer, "must be http or kafka, not both") }
      return self.kafka(kafka, at: pointer.member("kafka"), &gaps, &list)
    }
    guard let http = destination.nonNull("http") else {
      if value.kind == .object {
        list.add(pointer.member("http"), kafkaTopic == nil ? "is required" : "is required, or kafka")
      }
      return nil
    }
    return self.http(http, at: pointer.member("http"), &list)
  }

  private func http(
    _ value: JSONText, at pointer: JSONPointer, _ list: inout ViolationList
  ) -> Destination? {
    let http = JSONObjectReader(value, at: pointer, allowed: ["url", "headers"], &list)
    if value.kind == .object, http.nonNull("url") == nil { list.add(pointer.member("url"), "is required") }
    let headers = self.headers(of: http, .http, &list)
    return url("url", of: http, &list).map { .http(HTTPDestination(url: $0, headers: headers)) }
  }

  private func kafka(
    _ value: JSONText, at pointer: JSONPointer, _ gaps: inout TimerDefinition.Gaps,
    _ list: inout ViolationList
  ) -> Destination? {
    guard let kafkaTopic else {
      list.add(pointer, "needs a Kafka broker, and none is configured")
      return nil
    }
    let kafka = JSONObjectReader(value, at: pointer, allowed: ["topic", "key", "headers"], &list)
    if kafka.nonNull("topic") == nil { gaps.insert(.topic) }
    let topic = kafka.string("topic", &list) ?? kafkaTopic
    if !TopicRule.allows(topic) { list.add(pointer.member("topic"), TopicRule.description) }
    let key = kafka.string("key", &list)
    if let key, !(1...limits.maxKafkaKeyBytes).contains(key.utf8.count) {
      list.add(pointer.member("key"), "must be 1 to \(limits.maxKafkaKeyBytes) bytes")
    }
    let headers = self.headers(of: kafka, .kafka, &list)
    return .kafka(KafkaDestination(topic: topic, key: key, headers: headers))
  }

  private func url(_ name: String, of object: JSONObjectReader, _ list: inout ViolationList) -> String? {
    guard let text = object.string(name, &list) else { return nil }
    let pointer = object.pointer.member(name)
    guard text.utf8.count <= limits.maxURLLength else {
      list.add(pointer, "must be at most \(limits.maxURLLength) characters")
      return nil
    }
    if let violation = CallbackURL.violation(of: text) {
      list.add(pointer, violation)
      return nil
    }
    return text
  }

  private func headers(
    of destination: JSONObjectReader, _ rule: HeaderRule, _ list: inout ViolationList
  ) -> [Header] {
    guard let value = destination.nonNull("headers") else { return [] }
    let pointer = destination.pointer.member("headers")
    guard value.kind == .object else {
      list.add(pointer, "must be an object with strings as values")
      return []
    }
    var (count, names, headers): (Int, Set<String>, [Header]) = (0, [], [])
    value.forEachMember { name, value in
      count += 1
      guard count <= limits.maxHeaders else { return }
      let name = name.text
      // What is too long is rejected by its length, and changing its case might take long.
      let isFirst =
        name.utf8.count > limits.maxHeaderNameLength || names.insert(name.lowercased()).inserted
      if let violation = violation(of: name, value, rule, isFirst: isFirst) {
        list.add(pointer.member(name), violation)
      } else if let text = value.string {
        headers.append(Header(name: name, value: text))
      }
    }
    if count > limits.maxHeaders { list.add(pointer, "must be at most \(limits.maxHeaders) headers") }
    return headers
  }

  private func violation(
    of name: String, _ value: JSONText, _ rule: HeaderRule, isFirst: Bool
  ) -> String? {
    guard isFirst else { return "must be given once; names are the same in upper and lower case" }
    if let violation = rule.violation(ofName: name, limits: limits) { return violation }
    guard let text = value.string else { return "must be a string" }
    return rule.violation(ofValue: text, limits: limits)
  }
}
