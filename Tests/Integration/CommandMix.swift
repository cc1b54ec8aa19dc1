import Foundation
import KafkaClient
import TestSupport
import TimerModel

/// Commands of all kinds, valid and not, as a producer would send them: those of one timer in their order.
struct CommandMix: Sendable {
  /// The meaning of a command; its record carries it in a header, for the oracle alone.
  enum Meaning: Hashable, Sendable {
    /// Creates the timer.
    case create
    /// Creates a timer that is another one than `create` does.
    case createOther
    /// Changes the timer's payload to a number.
    case change(Int)
    /// Insists on a revision that the timer has not.
    case insist
    /// Cancels the timer.
    case cancel
    /// Is rejected with this kind of problem whatever the timer is.
    case bad(kind: String)

    /// As the header has it.
    var text: String {
      switch self {
      case .create: "create"
      case .createOther: "create-other"
      case .change(let payload): "change:\(payload)"
      case .insist: "insist"
      case .cancel: "cancel"
      case .bad(let kind): "bad:\(kind)"
      }
    }

    init?(text: String) {
      let parts = text.split(separator: ":")
      switch (parts.first, parts.dropFirst().first) {
      case ("create", _): self = .create
      case ("create-other", _): self = .createOther
      case ("change", let payload?): self = .change(Int(payload) ?? 0)
      case ("insist", _): self = .insist
      case ("cancel", _): self = .cancel
      case ("bad", let kind?): self = .bad(kind: String(kind))
      default: return nil
      }
    }
  }

  static let header = "test-meaning"
  static let revisionThatIsNone = 99

  let count: Int
  private let executeAt: String

  /// Creates `count` commands, due in a day.
  init(count: Int) {
    self.count = count
    executeAt = Timestamp(milliseconds: WallClock.milliseconds() + 86_400_000).rfc3339
  }

  /// All commands, in the order in which they are sent.
  func messages() -> [KafkaMessage] {
    let bad = BadCommand.all.filter(\.isBadAnywhere)
    var messages: [KafkaMessage] = []
    messages.reserveCapacity(count + 8)
    var number = 0
    while messages.count < count {
      for meaning in Self.meanings(of: number) { messages.append(message(number, meaning)) }
      if number % 20 == 3 { messages += Self.message(bad, number / 20).map { [$0] } ?? [] }
      number += 1
    }
    messages.removeLast(messages.count - count)
    return messages
  }

  /// Returns the commands of one timer: most are created, some changed, some cancelled, and some commands
  /// come too often or too late.
  private static func meanings(of number: Int) -> [Meaning] {
    var meanings: [Meaning] = [.create]
    if number % 4 == 0 { meanings.append(.change(1)) }
    if number % 10 == 0 { meanings.append(.change(2)) }
    if number % 50 == 7 { meanings.append(.insist) }
    if number % 50 == 11 { meanings.append(.createOther) }
    if number % 5 == 0 { meanings.append(.cancel) }
    if number % 25 == 0 { meanings.append(.change(3)) }
    if number % 50 == 13 { meanings.append(.create) }
    if number % 50 == 14 { meanings.insert(.cancel, at: 0) }
    return meanings
  }

  /// The bad command of this number; the large ones come once.
  private static func message(_ bad: [BadCommand], _ number: Int) -> KafkaMessage? {
    let command = bad[number % bad.count]
    guard number < bad.count || (command.value?.count ?? 0) < 10_000 else { return nil }
    return KafkaMessage(
      topic: "timer-commands", key: command.key.map { Array($0.utf8) }, value: command.value,
      headers: [KafkaHeader(header, Meaning.bad(kind: command.kind).text)])
  }

  private func message(_ number: Int, _ meaning: Meaning) -> KafkaMessage {
    KafkaMessage(
      topic: "timer-commands", key: Array("g/t\(number)".utf8),
      value: value(number, meaning).map { Array($0.utf8) },
      headers: [KafkaHeader(Self.header, meaning.text)])
  }

  private func value(_ number: Int, _ meaning: Meaning) -> String? {
    let update = "{\"command\":\"update\",\"groupId\":\"g\",\"timerId\":\"t\(number)\",\"changes\":"
    return switch meaning {
    case .create: create(number, "")
    case .createOther: create(number, ",\"payload\":0")
    case .change(let payload): "\(update){\"payload\":\(payload)}}"
    case .insist: "\(update){\"payload\":9},\"ifRevision\":\(Self.revisionThatIsNone)}"
    case .cancel where number % 2 == 0: nil
    case .cancel: "{\"command\":\"cancel\",\"groupId\":\"g\",\"timerId\":\"t\(number)\"}"
    case .bad: nil
    }
  }

  private func create(_ number: Int, _ more: String) -> String {
    "{\"command\":\"create\",\"groupId\":\"g\",\"timer\":{\"id\":\"t\(number)\",\"executeAt\":\"\(executeAt)\",\"destination\":{\"kafka\":{}}\(more)}}"
  }
}
