import CLibrdkafka

/// An error that a broker or librdkafka reported.
package struct KafkaError: Error, Hashable, Sendable, CustomStringConvertible {
  /// An error's number in librdkafka: positive from a broker, negative from the client itself.
  package struct Code: Hashable, Sendable, CustomStringConvertible {
    package let rawValue: Int32

    init(_ code: rd_kafka_resp_err_t) { rawValue = code.rawValue }

    /// Its name in librdkafka, such as `_MSG_TIMED_OUT`.
    package var description: String {
      String(cString: rd_kafka_err2name(rd_kafka_resp_err_t(rawValue: rawValue)))
    }

    /// The client is closed, or closes.
    package static let closed = Code(RD_KAFKA_RESP_ERR__DESTROY)
    /// Something did not end in time.
    package static let timedOut = Code(RD_KAFKA_RESP_ERR__TIMED_OUT)
    /// A property or its value is not known.
    package static let invalidConfiguration = Code(RD_KAFKA_RESP_ERR__INVALID_ARG)
  }

  /// The kind of failure.
  package var code: Code
  /// A description of the failure.
  package var message: String
  /// True if the same call may succeed later without anybody's help.
  package var isRetriable: Bool
  /// True if the client that reported it is of no use from then on.
  package var isFatal: Bool

  /// Creates an error; whether it can pass follows from the code.
  package init(code: Code, message: String, isFatal: Bool = false) {
    self.code = code
    self.message = message
    self.isRetriable = !Self.permanent.contains(code.rawValue)
    self.isFatal = isFatal
  }

  init(_ code: rd_kafka_resp_err_t, message: String? = nil, isFatal: Bool = false) {
    self.init(
      code: Code(code), message: message ?? String(cString: rd_kafka_err2str(code)), isFatal: isFatal)
  }

  /// Takes over and frees an error object.
  init(consuming error: OpaquePointer) {
    defer { rd_kafka_error_destroy(error) }
    self.init(
      rd_kafka_error_code(error), message: String(cString: rd_kafka_error_string(error)),
      isFatal: rd_kafka_error_is_fatal(error) != 0)
  }

  /// True if an operator must make a topic or grant a right first; until then the same call fails again.
  package var needsOperator: Bool { Self.operators.contains(code.rawValue) }

  private static let operators: Set<Int32> = Set(
    [
      RD_KAFKA_RESP_ERR__UNKNOWN_TOPIC, RD_KAFKA_RESP_ERR__UNKNOWN_PARTITION,
      RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART, RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED,
      RD_KAFKA_RESP_ERR_CLUSTER_AUTHORIZATION_FAILED, RD_KAFKA_RESP_ERR_GROUP_AUTHORIZATION_FAILED,
    ].map(\.rawValue))

  /// The codes that no repetition changes: it takes another message, another topic or an operator.
  private static let permanent: Set<Int32> = Set(
    [
      RD_KAFKA_RESP_ERR__UNKNOWN_TOPIC, RD_KAFKA_RESP_ERR__UNKNOWN_PARTITION,
      RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART, RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE,
      RD_KAFKA_RESP_ERR_RECORD_LIST_TOO_LARGE, RD_KAFKA_RESP_ERR_TOPIC_EXCEPTION,
      RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED, RD_KAFKA_RESP_ERR_CLUSTER_AUTHORIZATION_FAILED,
      RD_KAFKA_RESP_ERR_GROUP_AUTHORIZATION_FAILED, RD_KAFKA_RESP_ERR_INVALID_RECORD,
      RD_KAFKA_RESP_ERR_POLICY_VIOLATION, RD_KAFKA_RESP_ERR_UNSUPPORTED_FOR_MESSAGE_FORMAT,
      RD_KAFKA_RESP_ERR__INVALID_ARG, RD_KAFKA_RESP_ERR_INVALID_REQUIRED_ACKS,
    ].map(\.rawValue))

  /// Name and message on one line.
  package var description: String { "kafka \(code): \(message)" }
}
