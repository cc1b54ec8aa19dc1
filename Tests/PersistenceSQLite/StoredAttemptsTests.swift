import Persistence
import Testing
import TimerModel

/// The stored form of attempts: what older versions wrote is read, and what is not known costs no byte.
@Suite struct StoredAttemptsTests {
  private let bare = AttemptRecord(
    number: 2, startedAt: Timestamp(milliseconds: 1_795_447_800_000), durationMilliseconds: 12,
    result: .failed,
    statusCode: 500, error: "status 500")

  @Test func aRecordWithoutNodeIsStoredAndReadAsBefore() throws {
    let text = "[2,1795447800000,12,\"failed\",500,\"status 500\"]"
    #expect(StoredAttempts.encode(bare) == text)
    #expect(try StoredAttempts.decodeOne(text) == bare)
    #expect(try StoredAttempts.decode("[\(text)]") == [bare])
  }

  @Test func nodeAndNextAttemptAreKept() throws {
    var record = bare
    record.node = NodeID("a/1f")
    let ended = StoredAttempts.encode(record)
    #expect(ended == "[2,1795447800000,12,\"failed\",500,\"status 500\",\"a/1f\"]")
    #expect(try StoredAttempts.decodeOne(ended) == record)
    record.nextAttemptAt = record.startedAt + .milliseconds(1500)
    let retried = StoredAttempts.encode(record)
    #expect(retried == "[2,1795447800000,12,\"failed\",500,\"status 500\",\"a/1f\",1500]")
    #expect(try StoredAttempts.decodeOne(retried) == record)
  }

  @Test func whatALaterVersionAddsIsPassedOver() throws {
    let text = "[2,1795447800000,12,\"failed\",500,\"status 500\",null,null,true]"
    #expect(try StoredAttempts.decodeOne(text) == bare)
  }
}
