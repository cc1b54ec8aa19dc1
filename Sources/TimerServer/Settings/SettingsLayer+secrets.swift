import FoundationEssentials

extension SettingsLayer {
  /// The files of a directory, each named like a setting; all of them are secret.
  static func secrets(directory: String) -> SettingsLayer {
    var layer = SettingsLayer(isSecret: true, origin: { "file \($0.name) in \(directory)" })
    do {
      // Kubernetes mounts links to files in `..data`; other links may lead anywhere.
      let linked = directory + "/..data"
      let root = FileManager.default.fileExists(atPath: linked) ? linked : directory
      let names = try FileManager.default.contentsOfDirectory(atPath: root).sorted()
      for name in names where !name.hasPrefix(".") {
        do throws(FileError) {
          if let text = try secret(name, in: root) {
            layer.values[name] = text
          } else {
            layer.problems.append(unknown("file \(SettingsText.name(name)) in \(directory)"))
          }
        } catch {
          layer.problems.append("file \(name) in \(directory): \(error)")
        }
      }
    } catch {
      layer.problems.append("secrets directory \"\(directory)\": \(problem(error, directory))")
    }
    return layer
  }

  /// The text of a file without the blanks and line ends around it; nil if no setting has this name.
  private static func secret(_ name: String, in root: String) throws(FileError) -> String? {
    guard Setting.all.contains(where: { $0.name == name }) else { return nil }
    let path = "\(root)/\(name)"
    // Errors of this call are those of reading it.
    let type = (try? FileManager.default.attributesOfItem(atPath: path))?[.type] as? FileAttributeType
    guard type == nil || type == .typeRegular else {
      throw FileError("must be a regular file, no link and no directory")
    }
    let text = try SettingsFile.text(path)
    return String(text.drop(while: \.isWhitespace).reversed().drop(while: \.isWhitespace).reversed())
  }

  private static func problem(_ error: any Error, _ directory: String) -> FileError {
    switch (error as? CocoaError)?.code {
    case .fileReadNoSuchFile?, .fileNoSuchFile?: FileError("no such file or directory")
    case .fileReadNoPermission?: FileError("permission is denied")
    default: FileError("it cannot be read as a directory")
    }
  }
}
