import Persistence
import Testing
import TimerModel

/// The stored form of attempts: what older versions wrote is read, and what is not known costs no byte.
@Suite struct StoredAttemptsTests {
  private let bare = AttemptRecord(
    number: 2, startedAt: Timestamp(milliseconds: 1_795_447_800_000), durationMilliseconds: 12,
    result: .failed,
    statusCode: 500, error: "status 500")

  @Test func recordWithoutNodeKeepsOldForm() throws {
    let text = "[2,1795447800000,12,\"failed\",500,\"status 500\"]"
    #expect(StoredAttempts.encode(bare) == text)
    #expect(try StoredAttempts.decodeOne(text) == bare)
    #expect(try StoredAttempts.decode("[\(text)]").attempts == [bare])
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

  @Test func claimAndResultAreKept() throws {
    var record = bare
    record.node = NodeID("a/1f")
    record.claimedAt = record.startedAt - .milliseconds(48)
    let text = "[2,1795447800000,12,\"failed\",500,\"status 500\",\"a/1f\",null,48]"
    #expect(StoredAttempts.encode(record) == text)
    #expect(try StoredAttempts.decodeOne(text) == record)
    for result in [AttemptRecord.Result.released, .lost] {
      let claim = AttemptRecord(
        number: 1, startedAt: record.startedAt, durationMilliseconds: 0, result: result, error: "why",
        node: NodeID("a/1f"), claimedAt: result == .lost ? nil : record.claimedAt)
      // Versions that know neither see a failure and why.
      #expect(StoredAttempts.encode(claim).hasPrefix("[1,1795447800000,0,\"failed\",null,\"why\",\"a/1f\","))
      #expect(try StoredAttempts.decodeOne(StoredAttempts.encode(claim)) == claim)
    }
  }

  /// Statements find released claims by this ending.
  @Test(arguments: AttemptRecord.Result.allCases)
  func onlyReleasedRecordsHaveTheirEnding(result: AttemptRecord.Result) {
    let nodes: [NodeID?] = [nil, NodeID("a/1f")]
    let claims: [Timestamp?] = [nil, bare.startedAt]
    let notes: [String?] = result == .released ? [nil] : [nil, "the request was sent twice"]
    for node in nodes {
      for claimedAt in claims {
        for note in notes {
          let record = AttemptRecord(
            number: 1, startedAt: bare.startedAt, durationMilliseconds: 0, result: result, error: "why",
            node: node, claimedAt: claimedAt, note: note)
          let isFound = StoredAttempts.encode(record).hasSuffix(StoredAttempts.releasedEnding)
          #expect(isFound == (result == .released))
        }
      }
    }
  }

  /// To the version before, the note is something that a later version adds.
  @Test func noteIsAppendedLast() throws {
    var record = bare
    record.note = "the request was sent twice"
    let text =
      "[2,1795447800000,12,\"failed\",500,\"status 500\",null,null,null,null,\"the request was sent twice\"]"
    #expect(StoredAttempts.encode(record) == text)
    #expect(try StoredAttempts.decodeOne(text) == record)
    record.node = NodeID("a/1f")
    record.nextAttemptAt = record.startedAt + .milliseconds(1500)
    record.claimedAt = record.startedAt - .milliseconds(48)
    #expect(StoredAttempts.encode(record).hasSuffix("\"a/1f\",1500,48,null,\"the request was sent twice\"]"))
    #expect(try StoredAttempts.decodeOne(StoredAttempts.encode(record)) == record)
  }

  @Test(arguments: ["9223372036854775807", "-9223372036854775808"])
  func extremeNumbersAreRead(number: String) throws {
    _ = try StoredAttempts.decodeOne(
      "[\(number),\(number),\(number),\"failed\",\(number),null,null,\(number),\(number)]")
  }

  @Test func creatingRecordComesFirst() throws {
    #expect(StoredAttempts.encode([]) == nil)
    let coordinates = KafkaCoordinates(topic: "timer-commands", partition: 3, offset: 1742)
    #expect(StoredAttempts.encode([], createdBy: coordinates) == "[\"timer-commands/3/1742\"]")
    let text = try #require(StoredAttempts.encode([bare, bare], createdBy: coordinates))
    let decoded = try StoredAttempts.decode(text)
    #expect(decoded.attempts == [bare, bare] && decoded.createdBy == coordinates)
  }

  @Test func laterFieldsAreIgnored() throws {
    let text = "[2,1795447800000,12,\"failed\",500,\"status 500\",null,null,null,null,true]"
    #expect(try StoredAttempts.decodeOne(text) == bare)
  }
}
