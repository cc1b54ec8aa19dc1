import TestSupport
import Testing

/// One request that must be rejected, and how.
struct BadInput: Sendable, CustomTestStringConvertible {
  let name: String
  let request: WireRequest
  let status: Int
  /// The end of the problem's `type`.
  let problem: String
  /// The JSON pointers of its errors, in order.
  let pointers: [String]

  var testDescription: String { name }

  /// A creation whose body breaks rules.
  static func invalid(_ name: String, _ body: String, _ pointers: String...) -> BadInput {
    BadInput(
      name: name, request: WireRequest("POST", "/groups/g/timers", json: body), status: 422,
      problem: "invalid-timer", pointers: pointers)
  }

  /// A request that creates many timers, whose body breaks rules as a whole.
  static func invalid(batch name: String, _ body: String, _ pointers: String...) -> BadInput {
    BadInput(
      name: "batch: \(name)", request: WireRequest("POST", "/groups/g/timers:batchCreate", json: body),
      status: 422, problem: "invalid-timer", pointers: pointers)
  }

  /// A creation that lacks nothing but that `member` has a bad `value`, in JSON.
  static func invalid(_ member: String, is value: String, _ pointers: String...) -> BadInput {
    var members = ["executeAt": "\"2026-11-23T15:31:00Z\"", "callbackUrl": "\"http://example.com/\""]
    if member == "destination" { members["callbackUrl"] = nil }
    members[member] = value
    let body = members.sorted { $0.key < $1.key }.map { "\"\($0.key)\": \($0.value)" }
    return BadInput(
      name: "\(member) is \(value.count > 60 ? "\(value.prefix(60))…" : value)",
      request: WireRequest(
        "POST", "/groups/g/timers", json: "{" + body.joined(separator: ", ") + "}"),
      status: 422, problem: "invalid-timer", pointers: pointers.isEmpty ? ["#/\(member)"] : pointers)
  }

  /// A creation whose body is not JSON.
  static func unreadable(_ name: String, _ body: [UInt8]) -> BadInput {
    BadInput(
      name: name, request: WireRequest("POST", "/groups/g/timers", body: body), status: 400,
      problem: "unreadable-body", pointers: [])
  }

  static func unreadable(_ name: String, _ body: String) -> BadInput { unreadable(name, Array(body.utf8)) }

  /// Any other request.
  static func rejected(
    _ name: String, _ request: WireRequest, _ status: Int, _ problem: String, _ pointers: String...
  ) -> BadInput {
    BadInput(name: name, request: request, status: status, problem: problem, pointers: pointers)
  }
}
