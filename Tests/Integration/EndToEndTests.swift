import Foundation
import TestSupport
import Testing
import TimerModel

@testable import DeliveryHTTP

extension ProcessTests {
  @Suite struct EndToEndTests {
    @Test(.timeLimit(.minutes(2)))
    func timerFiresWithSignature() async throws {
      let secret = "whsec_\(Data((0..<32).map { UInt8($0) }).base64EncodedString())"
      let receiver = try await HTTPReceiver.start()
      let service = try ServiceProcess(environment: [
        "TIMERD_CALLBACK_SIGNING_SECRETS": secret
      ])
      try service.start()
      let client = try TimerClient(service)
      let payload = "{ \"z\" : 12345678901234567890.0, \"a\":[ ] }"
      let executeAt = WallClock.milliseconds() + 400
      try client.create("t-1", executeAt: executeAt, url: receiver.url, more: "\"payload\": \(payload)")
      await receiver.wait { !$0.isEmpty }
      let callback = try #require(receiver.callbacks.first)
      #expect(callback.arrivedAtMilliseconds >= executeAt)
      let text = Timestamp(milliseconds: executeAt).rfc3339
      #expect(
        String(decoding: callback.body, as: UTF8.self)
          == "{\"groupId\":\"g\",\"timerId\":\"t-1\",\"executeAt\":\"\(text)\",\"attempt\":1,\"payload\":\(payload)}"
      )
      try check(callback, executeAt: executeAt, secret: secret)

      let timer = try await client.timerOnceOver("t-1")
      #expect(timer.status == "delivered")
      #expect(timer.attempts == 1)
      #expect(timer.lastOutcome?.statusCode == 200)
      let executedAt = try Timestamp(rfc3339: #require(timer.executedAt)).milliseconds
      #expect((executeAt...callback.arrivedAtMilliseconds).contains(executedAt))
      #expect(timer.latenessMilliseconds == executedAt - executeAt)
      print("EndToEndTests: lateness \(executedAt - executeAt) ms")
      #expect(service.stop() == 0)
      #expect(receiver.callbacks.count == 1)
      try await receiver.stop()
    }

    private func check(_ callback: ReceivedCallback, executeAt: Int64, secret: String) throws {
      let headers = callback.headers
      #expect(headers["content-type"] == "application/json")
      #expect(headers["user-agent"]?.hasPrefix("timerd/") == true)
      let id = try #require(headers["webhook-id"])
      #expect(!id.isEmpty && !id.contains("."))
      let seconds = try #require(headers["webhook-timestamp"])
      #expect(
        try (executeAt / 1000...callback.arrivedAtMilliseconds / 1000).contains(#require(Int64(seconds))))
      #expect(try #require(headers["traceparent"]).wholeMatch(of: /00-[0-9a-f]{32}-[0-9a-f]{16}-01/) != nil)
      let signer = try #require(WebhookSecret(secret))
      #expect(
        headers["webhook-signature"]
          == signer.signature(id: id, timestamp: try #require(Int64(seconds)), body: Array(callback.body)))
    }
  }
}
