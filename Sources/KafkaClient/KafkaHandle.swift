import CLibrdkafka
import Synchronization

/// Owns one client of librdkafka; queues retain it, so that it goes last.
final class KafkaHandle: @unchecked Sendable {  // librdkafka allows its handle to be used by several threads.
  /// Properties that librdkafka has taken.
  struct Properties: ~Copyable {
    private let pointer: OpaquePointer

    /// - Throws: what librdkafka says of the first property that it does not take.
    init(_ properties: [KafkaProperty]) throws(KafkaError) {
      guard let pointer = rd_kafka_conf_new() else { preconditionFailure("librdkafka has no memory") }
      self.pointer = pointer
      for property in properties {
        var text = [CChar](repeating: 0, count: 512)
        let answer = rd_kafka_conf_set(pointer, property.name, property.value, &text, text.count)
        guard answer == RD_KAFKA_CONF_OK else {
          throw KafkaError(
            code: .invalidConfiguration,
            message: Self.problem(
              of: property, isUnknown: answer == RD_KAFKA_CONF_UNKNOWN, String(cText: text)))
        }
      }
    }

    deinit { rd_kafka_conf_destroy(pointer) }

    /// Returns what librdkafka says, which repeats the value of a known property and the name of another: that may be the rest of a password
    /// with a comma in it.
    private static func problem(of property: KafkaProperty, isUnknown: Bool, _ text: String) -> String {
      guard isUnknown else { return property.isSecret ? "Invalid value of \"\(property.name)\"" : text }
      let isName =
        property.name.contains(".")
        && property.name.utf8.allSatisfy { byte in
          (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte) || byte == UInt8(ascii: ".")
            || byte == UInt8(ascii: "_")
        }
      return isName
        ? "No such configuration property: \"\(property.name)\""
        : "No such configuration property (a comma within a value is written \\,)"
    }

    /// A copy that belongs to the caller.
    func copy(events: Int32) -> OpaquePointer? {
      let copy = rd_kafka_conf_dup(pointer)
      rd_kafka_conf_set_events(copy, events)
      return copy
    }
  }

  let pointer: OpaquePointer
  private let leaksOnDeinit = Atomic(false)

  /// The first version that can destroy a member of a group that has joined and was never assigned anything; earlier ones end the
  /// process (librdkafka's issue 4312).
  private static let destroysUnassignedMembers: Int32 = 0x0203_0000

  /// Starts librdkafka's threads; it connects when there is something to do.
  init(_ type: rd_kafka_type_t, _ properties: [KafkaProperty], events: Int32) throws(KafkaError) {
    let configuration = try Properties(properties).copy(events: events)
    var text = [CChar](repeating: 0, count: 512)
    guard let pointer = rd_kafka_new(type, configuration, &text, text.count) else {
      rd_kafka_conf_destroy(configuration)
      throw KafkaError(code: .invalidConfiguration, message: String(cText: text))
    }
    self.pointer = pointer
  }

  deinit {
    guard !leaksOnDeinit.load(ordering: .relaxed) else { return }
    // A consumer that has not closed by now never will, after a fatal error for one; without the flag this would wait for it.
    rd_kafka_destroy_flags(pointer, RD_KAFKA_DESTROY_F_NO_CONSUMER_CLOSE)
  }

  /// Returns true if librdkafka has a property of this name, be it of clients or of topics.
  static func knows(_ name: String) -> Bool {
    let properties = rd_kafka_conf_new()
    defer { rd_kafka_conf_destroy(properties) }
    var text = [CChar](repeating: 0, count: 512)
    // To read it would not do: librdkafka calls those unknown that have no value.
    return rd_kafka_conf_set(properties, name, nil, &text, text.count) != RD_KAFKA_CONF_UNKNOWN
  }

  /// Notes that it is about to join a group. If it ends before `wasAssigned`, it is left to the end of the process where
  /// destroying it would end that.
  func willJoinGroup() {
    leaksOnDeinit.store(rd_kafka_version() < Self.destroysUnassignedMembers, ordering: .relaxed)
  }

  /// Notes that it was assigned partitions, or none.
  func wasAssigned() { leaksOnDeinit.store(false, ordering: .relaxed) }
}

/// Owns one reference to a queue of a client.
final class KafkaQueue: @unchecked Sendable {  // Queues of librdkafka lock themselves.
  let handle: KafkaHandle
  let pointer: OpaquePointer

  /// The queue of logs, statistics, errors and delivery reports.
  static func main(of handle: KafkaHandle) -> KafkaQueue {
    KafkaQueue(handle, rd_kafka_queue_get_main(handle.pointer))
  }

  /// The queue of records and rebalances, to which the main queue is led as well.
  static func consumer(of handle: KafkaHandle) -> KafkaQueue {
    rd_kafka_poll_set_consumer(handle.pointer)
    return KafkaQueue(handle, rd_kafka_queue_get_consumer(handle.pointer))
  }

  private init(_ handle: KafkaHandle, _ pointer: OpaquePointer?) {
    guard let pointer else { preconditionFailure("librdkafka has no such queue") }
    self.handle = handle
    self.pointer = pointer
    rd_kafka_set_log_queue(handle.pointer, pointer)
  }

  deinit { rd_kafka_queue_destroy(pointer) }
}

extension String {
  /// The text up to the first zero.
  init(cText: [CChar]) {
    self = String(decoding: cText.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }
}
