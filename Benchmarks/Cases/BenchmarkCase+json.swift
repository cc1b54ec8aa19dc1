import DeliveryHTTP
import TimerModel
import TimerWire

// What is read from clients and receivers, and written to them.
extension BenchmarkCase {
  /// Reading and checking the body of `POST /groups/{groupId}/timers`.
  static let decodeCreate = BenchmarkCase("decode-create") {
    let decoder = CommandDecoder()
    return {
      let create = try decoder.decodeCreate(body: Sample.body, groupID: "orders", now: Sample.now)
      return create.key.timerID.utf8.count + (create.definition.payload?.count ?? 0)
    }
  }

  /// Reading and checking a record of the commands topic.
  static let decodeCommand = BenchmarkCase("decode-command") {
    let decoder = CommandDecoder()
    let value =
      Array(#"{"command":"create","groupId":"orders","timer":"#.utf8) + Sample.body + [UInt8(ascii: "}")]
    let key = Array("orders/order-0000017".utf8)
    return {
      let command = try decoder.decodeRecord(key: key, value: value, generatedID: "", now: Sample.now)
      return command.key.timerID.utf8.count
    }
  }

  /// Writing a timer as an answer of the HTTP API shows it.
  static let encodeTimer = BenchmarkCase("encode-timer") {
    let json = TimerJSON(defaultRetryPolicy: .standard, defaultCallbackTimeoutSeconds: 15)
    let timer = Sample.scheduled(17)
    return { json.bytes(timer).count }
  }

  /// Writing a callback: its envelope and its headers.
  static let encodeCallback = BenchmarkCase("encode-callback") {
    let configuration = HTTPDeliveryConfiguration()
    let request = AttemptRequest(timer: Sample.claimed(17), startedAt: Sample.now, timeout: .seconds(15))
    return {
      guard let callback = CallbackRequest(request, configuration: configuration) else { return 0 }
      return callback.body.count + callback.headers.count
    }
  }

  /// Reading what a receiver answered.
  static let readAnswer = BenchmarkCase("read-answer") {
    let response = CallbackResponse(status: 200, body: Array(#"{"ok":true}"#.utf8))
    return { response.outcome(now: Sample.now).statusCode ?? 0 }
  }
}
