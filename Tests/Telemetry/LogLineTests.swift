import JSONBytes
import Logging
import Telemetry
import Testing
import TimerModel

@Suite struct LogLineTests {
  private let event = LogEvent(
    level: .warning, message: "callback \"late\"\nvery", error: nil,
    metadata: ["timer_id": "t\u{1}", "group_id": "g"], source: "Delivery", file: "", function: "", line: 1)

  @Test func jsonIsOneObjectPerLine() throws {
    let handler = JSONLogHandler(label: "timerd", level: .info)
    let line = handler.line(event, at: Timestamp(milliseconds: 0))
    #expect(
      String(decoding: line, as: UTF8.self)
        == "{\"time\":\"1970-01-01T00:00:00.000Z\",\"level\":\"warning\",\"message\":\"callback \\\"late\\\"\\u000avery\",\"group_id\":\"g\",\"timer_id\":\"t\\u0001\"}"
    )
    #expect((try? JSONText(line, maxDepth: 4)) != nil)
  }

  @Test func textIsOnePlainLine() {
    let handler = ConsoleLogHandler(label: "timerd", level: .info, isColoured: false)
    let line = handler.line(event, at: Timestamp(milliseconds: 0))
    #expect(
      String(decoding: line, as: UTF8.self)
        == "1970-01-01T00:00:00.000Z WARNING callback \"late\" very group_id=g timer_id=t ")
  }

  @Test func controlCharactersAreRemoved() {
    let handler = ConsoleLogHandler(label: "timerd", level: .info, isColoured: true)
    let evil = LogEvent(
      level: .info, message: "m", error: nil, metadata: ["group_id": "\u{1b}[2J"], source: "", file: "",
      function: "", line: 1)
    let text = String(decoding: handler.line(evil, at: Timestamp(milliseconds: 0)), as: UTF8.self)
    #expect(text.contains("\u{1b}[36mINFO\u{1b}[0m"))
    #expect(!text.contains("\u{1b}[2J"))
  }
}
