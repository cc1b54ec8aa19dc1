/// The hash slots of Redis Cluster.
enum HashSlot {
  static let count = 16384

  /// The slot of a key whose hash tag is `tag`.
  static func of(tag: String) -> Int { Int(crc16(tag.utf8)) % count }

  /// CRC-16/XMODEM, bit by bit: slots are computed once per shard.
  private static func crc16(_ bytes: some Sequence<UInt8>) -> UInt16 {
    var crc: UInt16 = 0
    for byte in bytes {
      crc ^= UInt16(byte) << 8
      for _ in 0..<8 { crc = crc & 0x8000 == 0 ? crc << 1 : crc << 1 ^ 0x1021 }
    }
    return crc
  }
}
