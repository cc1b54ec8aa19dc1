import CLibrdkafka
import Logging

/// Handles the events that both kinds of clients share.
struct KafkaObserver: Sendable {
  let logger: Logger
  let statistics: (@Sendable (KafkaStatistics) -> Void)?

  /// Logs, or hands on statistics; false for other events.
  func handle(_ event: OpaquePointer) -> Bool {
    switch rd_kafka_event_type(event) {
    case RD_KAFKA_EVENT_LOG: log(event)
    case RD_KAFKA_EVENT_STATS:
      if let text = rd_kafka_event_stats(event), let statistics,
        let values = KafkaStatistics(json: Array(String(cString: text).utf8))
      {
        statistics(values)
      }
    default: return false
    }
    return true
  }

  private func log(_ event: OpaquePointer) {
    var facility: UnsafePointer<CChar>?
    var text: UnsafePointer<CChar>?
    var level: Int32 = 6
    guard rd_kafka_event_log(event, &facility, &text, &level) == 0, let text else { return }
    let message = String(cString: text)
    // Producers and consumers share one list of properties; each passes over what is for the other.
    let isForOthers = message.contains("and will be ignored by this")
    var metadata: Logger.Metadata = [:]
    if let facility { metadata["facility"] = "\(String(cString: facility))" }
    logger.log(level: isForOthers ? .debug : Self.level(level), "\(message)", metadata: metadata)
  }

  /// From syslog's levels; a lost connection is not an error here, since librdkafka keeps trying.
  private static func level(_ syslog: Int32) -> Logger.Level {
    switch syslog {
    case ...2: .error
    case 3, 4: .warning
    case 5: .notice
    case 6: .info
    default: .debug
    }
  }
}
