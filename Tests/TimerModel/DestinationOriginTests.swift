import Testing
import TimerModel

@Suite struct DestinationOriginTests {
  @Test(arguments: [
    ("http://a.example", "http://a.example"), ("HTTPS://A.example:8443/B/c", "https://a.example:8443"),
    ("http://a.example?B=/", "http://a.example"), ("http://[::1]:80#/", "http://[::1]:80"),
    ("http://a.example/Ä", "http://a.example"),
  ])
  func originEndsBeforePath(url: String, origin: String) {
    #expect(Destination.http(HTTPDestination(url: url)).origin == origin)
  }

  @Test func queueingTransportHasNoOrigin() {
    #expect(Destination.kafka(KafkaDestination(topic: "t")).origin == nil)
  }
}
