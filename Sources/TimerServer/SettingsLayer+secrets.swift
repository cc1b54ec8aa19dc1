import Configuration
import FoundationEssentials
import SystemPackage

extension SettingsLayer {
  /// The files of a directory, each named like a setting; all of them are secret.
  static func secrets(directory: String) async -> SettingsLayer {
    var layer = SettingsLayer(origin: { "file \($0.name) in \(directory)" })
    do {
      // Kubernetes mounts links to files in `..data`, and the provider passes over links without a word.
      let linked = directory + "/..data"
      let root = FileManager.default.fileExists(atPath: linked) ? linked : directory
      layer.problems = try problems(root: root, directory: directory)
      layer.provider = try await DirectoryFilesProvider(directoryPath: FilePath(root))
    } catch {
      layer.problems.append("secrets directory \"\(directory)\": \(FileProblem(error))")
    }
    return layer
  }

  /// The provider cannot list what it has found.
  private static func problems(root: String, directory: String) throws -> [String] {
    let names = Set(Setting.all.map(\.name))
    var problems: [String] = []
    for name in try FileManager.default.contentsOfDirectory(atPath: root).sorted() where !name.hasPrefix(".")
    {
      let attributes = try FileManager.default.attributesOfItem(atPath: "\(root)/\(name)")
      if !names.contains(name) {
        problems.append(unknown("file \(name) in \(directory)"))
      } else if attributes[.type] as? FileAttributeType != .typeRegular {
        problems.append("file \(name) in \(directory): must be a regular file, no link and no directory")
      }
    }
    return problems
  }
}
