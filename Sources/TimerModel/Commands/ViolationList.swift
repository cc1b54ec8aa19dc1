/// Collects what is wrong with a command while it is read.
struct ViolationList {
  private var listed: [Violation] = []
  private var unlisted = 0

  /// How many are listed: more help nobody, and a record that tells of them must find room at its broker.
  private static let limit = 50
  /// How long a place may be; what is wrong beyond that is said of the nearest place around it.
  private static let pointerLimit = 512

  var isEmpty: Bool { listed.isEmpty }

  /// The violations in the order in which they were found; where there are too many, the last line counts those that are not listed.
  var violations: [Violation] {
    guard unlisted > 0 else { return listed }
    let rest = Violation(pointer: JSONPointer.root.description, detail: "breaks \(unlisted + 1) more rules")
    return listed.dropLast() + [rest]
  }

  /// Notes a violation. What is not listed is not put in words either.
  mutating func add(_ pointer: @autoclosure () -> JSONPointer, _ detail: @autoclosure () -> String) {
    guard listed.count < Self.limit else {
      unlisted += 1
      return
    }
    listed.append(Violation(pointer: pointer().description(upTo: Self.pointerLimit), detail: detail()))
  }
}
