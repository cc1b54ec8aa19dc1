import FoundationEssentials

/// A directory of files that is removed with its last reference.
final class SettingsFolder {
  let url: URL

  /// Writes the given texts under their names; a name may have a directory in it.
  init(_ files: [String: String]) throws {
    url = FileManager.default.temporaryDirectory.appending(path: "timerd-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    for (name, text) in files {
      let file = url.appending(path: name)
      try FileManager.default.createDirectory(
        at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
      try Data(text.utf8).write(to: file)
    }
  }

  // A directory for temporary files may keep what could not be removed.
  deinit { try? FileManager.default.removeItem(at: url) }

  func path(_ name: String) -> String { url.appending(path: name).path }
}
