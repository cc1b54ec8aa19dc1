import FoundationEssentials

/// Why a file cannot be used, in one line for an operator.
struct FileProblem: Error, CustomStringConvertible {
  let description: String

  init(_ description: String) { self.description = description }

  init(_ error: any Error) {
    let text =
      switch (error as? CocoaError)?.code {
      case .fileReadNoSuchFile?, .fileNoSuchFile?: "there is no such file or directory"
      case .fileReadNoPermission?: "permission is denied"
      case .fileReadUnknown?: "it cannot be read"
      case .propertyListReadCorrupt?: "it is no JSON"
      default: "\(error)"
      }
    // The lines that follow in an error of the parser quote the file, which may hold secrets.
    description = String(text.split(whereSeparator: \.isNewline).first ?? "it cannot be read")
  }
}
