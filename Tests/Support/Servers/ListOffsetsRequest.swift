import NIOCore

/// A client's question for the first or the last offset of one partition, in the versions in which librdkafka 2.0.2 asks.
struct ListOffsetsRequest {
  static let kind: Int16 = 2
  /// The time that stands for a log's beginning.
  static let earliest: Int64 = -2

  let version: Int16
  let topic: String
  let partition: Int32
  let timestamp: Int64

  /// Reads a request behind its number; nil for one of several partitions, and for other versions.
  init?(_ body: ByteBuffer, version: Int16) {
    guard (1...2).contains(version) else { return nil }
    var body = body
    guard let client: Int16 = body.readInteger(), body.readSlice(length: Int(max(0, client))) != nil,
      let _: Int32 = body.readInteger(), version < 2 || body.readInteger(as: Int8.self) != nil,
      body.readInteger(as: Int32.self) == 1, let size: Int16 = body.readInteger(),
      let name = body.readString(length: Int(max(0, size))), body.readInteger(as: Int32.self) == 1,
      let partition: Int32 = body.readInteger(), let timestamp: Int64 = body.readInteger()
    else { return nil }
    (self.version, topic, self.partition, self.timestamp) = (version, name, partition, timestamp)
  }

  /// The answer that names `offset`, without its head.
  func answer(_ offset: Int64) -> [UInt8] {
    var answer = ByteBuffer()
    if version >= 2 { answer.writeInteger(Int32(0)) }
    answer.writeInteger(Int32(1))
    answer.writeInteger(Int16(topic.utf8.count))
    answer.writeString(topic)
    answer.writeInteger(Int32(1))
    answer.writeInteger(partition)
    answer.writeInteger(Int16(0))
    answer.writeInteger(Int64(-1))
    answer.writeInteger(offset)
    return Array(buffer: answer)
  }
}
