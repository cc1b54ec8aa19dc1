import FoundationEssentials

/// The kept inputs of a target.
struct Corpus {
  /// Inputs with the names of their files.
  let inputs: [(file: String, bytes: [UInt8])]

  /// Reads the files below `Tests/Fuzz/Corpora`.
  init(of target: FuzzTarget) throws {
    let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .appending(path: "Corpora").appending(path: target.name)
    inputs = try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted().map { file in
      (file, [UInt8](try Data(contentsOf: folder.appending(path: file))))
    }
  }

  /// Some of them, made long: the whole again and again, or its second half.
  var longInputs: [(file: String, bytes: [UInt8])] {
    let some = stride(from: 0, to: inputs.count, by: max(1, inputs.count / 3)).map { inputs[$0] }
    return some.filter { !$0.bytes.isEmpty }.flatMap { file, bytes in
      let middle = bytes.count / 2
      return [
        (file, Self.repeated(bytes)), (file, bytes[..<middle] + Self.repeated(Array(bytes[middle...]))),
      ]
    }
  }

  private static let length = 64 << 10

  private static func repeated(_ bytes: [UInt8]) -> [UInt8] {
    Array((0...(length / bytes.count)).map { _ in bytes }.joined().prefix(length))
  }
}
