extension FuzzTarget {
  /// A client's bytes on one connection; the first byte says where they are cut in two.
  static let connection = FuzzTarget(name: "connection", maxBytes: 1024) { bytes in
    let sent = bytes.dropFirst()
    let cut = min(Int(bytes.first ?? 0), sent.count)
    try ServerConnection(maxBodyBytes: 512).answer(Array(sent.prefix(cut)), Array(sent.dropFirst(cut)))
  }
}
