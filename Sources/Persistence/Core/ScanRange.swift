package import TimerModel

/// The bounds of a scan by time, for a statement that compares with the first and stops at the second.
package struct ScanRange: Sendable {
  /// The time after which the scan begins, in its direction; with `startRow` or the key, where there is a position.
  package var start: Int64
  /// The row after which it begins among those of the same time.
  package var startRow: Int64
  /// The key after which it begins among those of the same time; the least one at the beginning.
  package var startKey: TimerKey
  /// The other end: the earliest time of a descending scan, and the time before which an ascending one ends.
  package var end: Int64

  /// Creates the bounds of a scan; a scan without bounds has the extremes.
  package init(_ scan: TimerScan) {
    let (from, before) = (scan.from?.milliseconds ?? .min, scan.before?.milliseconds ?? .max)
    startKey = scan.after?.key ?? TimerKey(groupID: "", timerID: "")
    let time = scan.after?.time?.milliseconds
    if scan.isDescending {
      (start, startRow, end) = (time ?? before, scan.after?.row ?? .min, from)
    } else {
      (start, startRow, end) = (time ?? from, scan.after?.row ?? .min, before)
    }
  }
}

/// The ids that begin with a prefix and come after another one, as a range of texts compared byte by byte.
package struct IDRange: Sendable {
  /// The first one.
  package var from: String
  /// The end, which is not part of it.
  package var before: String

  /// Creates a range; ids consist of visible ASCII.
  package init(prefix: String, after id: String?) {
    // Nothing comes between a text and the same text with a zero byte behind it.
    from = id.map { $0 + "\0" } ?? prefix
    var bytes = Array(prefix.utf8)
    if let last = bytes.popLast() { bytes.append(last &+ 1) } else { bytes = [0x7f] }
    before = String(decoding: bytes, as: UTF8.self)
  }
}
