/// The target of a delivery.
public enum Destination: Hashable, Sendable {
  /// A `POST` to a URL.
  case http(HTTPDestination)
  /// A record in a Kafka topic.
  case kafka(KafkaDestination)
}

/// A URL that receives a `POST` when the timer fires.
public struct HTTPDestination: Hashable, Sendable {
  /// An absolute `http` or `https` URL without user info.
  public var url: String
  /// Headers of the client's choice, in its order.
  public var headers: [Header]

  /// Creates a destination; does not check the URL or the headers.
  @inlinable
  public init(url: String, headers: [Header] = []) {
    self.url = url
    self.headers = headers
  }
}

/// A Kafka topic that receives a record when the timer fires.
public struct KafkaDestination: Hashable, Sendable {
  /// The topic's name; the service's own topic if the client named none.
  public var topic: String
  /// The record's key; nil means `groupId/timerId`.
  public var key: String?
  /// Headers of the client's choice, in its order.
  public var headers: [Header]

  /// Creates a destination; does not check the topic, the key or the headers.
  @inlinable
  public init(topic: String, key: String? = nil, headers: [Header] = []) {
    self.topic = topic
    self.key = key
    self.headers = headers
  }
}

/// A header that a callback or a record carries.
public struct Header: Hashable, Sendable {
  /// The name, as the client spelled it.
  public var name: String
  /// The value, which may be empty.
  public var value: String

  /// Creates a header; does not check the name or the value.
  public init(name: String, value: String) {
    self.name = name
    self.value = value
  }
}
