import FoundationEssentials
import TimerModel

extension [UInt8] {
  /// The bytes as SQLite's blob.
  var data: Data { Data(self) }
}

extension FiringID {
  /// SQLite's integers are signed.
  var highBits: Int64 { Int64(bitPattern: high) }
  var lowBits: Int64 { Int64(bitPattern: low) }
}
