/// Collects what is wrong with a command while it is read.
struct ViolationList {
  private var listed: [Violation] = []
  private var unlisted = 0

  /// The maximum number of violations listed: more help nobody, and a record that reports them must fit its
  /// broker's limit.
  private static let limit = 50
  /// The maximum length of a pointer; violations further inside are reported at the nearest enclosing place.
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
