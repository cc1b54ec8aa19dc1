import Foundation
import TestSupport
import Testing
import TimerModel
import TimerWire

/// Rejections as requests and records are told of them.
@Suite struct ProblemDocumentTests {
  @Test(arguments: ProblemKind.allCases)
  func problemKindsAreDocumented(kind: ProblemKind) throws {
    let page = try String(
      contentsOf: PythonTools.root.appending(path: "docs/errors.md"), encoding: .utf8)
    #expect(page.contains("| `\(kind.rawValue)` | \(kind.status) |"))
  }

  @Test func violationsAreListed() {
    let problem = CommandError.invalid([Violation(pointer: "#/timer/executeAt", detail: "is required")])
    #expect(
      String(decoding: ProblemDocument(problem).json(), as: UTF8.self)
        == #"{"type":"urn:timerd:problem:invalid-timer","title":"Invalid timer","status":422,"#
        + ##""detail":"Validation failed; see errors.","errors":[{"detail":"is required","pointer":"#/timer/executeAt"}]}"##
    )
  }

  @Test func rejectionNamesCurrentRevision() {
    let document = ProblemDocument(CommandRejection.revisionMismatch(current: 3))
    #expect(
      String(decoding: document.json(instance: "/here"), as: UTF8.self)
        == #"{"type":"urn:timerd:problem:revision-mismatch","title":"Revision mismatch","status":412,"#
        + #""detail":"The timer has revision 3.","instance":"/here"}"#)
  }
}
