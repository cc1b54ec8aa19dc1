import Glibc

/// A file that cannot be used, with the reason in one line for an operator.
struct FileError: Error, CustomStringConvertible {
  let description: String

  init(_ description: String) { self.description = description }

  /// Takes the words of the kernel.
  init(code: Int32) {
    description =
      switch code {
      case ENOENT: "no such file or directory"
      case EACCES, EPERM: "permission is denied (this process runs as user \(geteuid()))"
      default: String(cString: strerror(code)).lowercased()
      }
  }

  /// Takes the words of a parser, without what it quotes of it: the first line, up to the first quotation mark.
  init(parser error: any Error) {
    let line = "\(error)".split(whereSeparator: \.isNewline).first ?? ""
    let quotation = line.firstIndex { "\"'`".contains($0) } ?? line.endIndex
    let words = line[..<quotation].reversed().drop { $0 == " " || $0 == ":" }.reversed()
    description = words.isEmpty ? "it cannot be read" : String(words)
  }
}
