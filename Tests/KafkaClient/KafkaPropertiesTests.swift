import KafkaClient
import Testing

@Suite("Properties of librdkafka")
struct KafkaPropertiesTests {
  @Test func namesAndValuesAreRead() throws {
    let properties = try KafkaProperties("sasl.mechanisms=PLAIN, sasl.password=a=b\\,c,ssl.ca.pem=x\\y")
    #expect(
      properties.all == [
        KafkaProperty("sasl.mechanisms", "PLAIN"), KafkaProperty("sasl.password", "a=b,c"),
        KafkaProperty("ssl.ca.pem", "x\\y"),
      ])
    #expect(try KafkaProperties("").all.isEmpty)
  }

  @Test(arguments: ["linger.ms", "=1", "group.id=mine", "enable.auto.commit=true", "bootstrap.servers=a:1"])
  func invalidPropertiesAreRefused(text: String) {
    #expect(throws: KafkaProperties.ParseError.self) { try KafkaProperties(text) }
  }

  @Test func secretsAreNotShown() {
    let text = "sasl.username=u,sasl.password=p\\,q,ssl.key.pem=k,ssl.key.password=x,acks=all"
    #expect(
      KafkaProperties.redacted(text)
        == "sasl.username=u,sasl.password=(redacted),ssl.key.pem=(redacted),ssl.key.password=(redacted),acks=all"
    )
    #expect(KafkaProperties.redacted("no.such.property=1,rest") == "(redacted),(redacted)")
    // The password of the URL has a comma that is not escaped.
    #expect(
      KafkaProperties.redacted("sasl.oauthbearer.token.endpoint.url=https://u:secret,word@host")
        == "sasl.oauthbearer.token.endpoint.url=(redacted),(redacted)")
  }

  @Test func unknownPropertiesAreNamed() throws {
    var configuration = KafkaConfiguration(bootstrapServers: "127.0.0.1:1")
    try configuration.check()
    configuration.properties = try KafkaProperties("no.such.property=1")
    let error = #expect(throws: KafkaError.self) { try configuration.check() }
    #expect(error?.message.contains("no.such.property") == true)
    configuration.properties = try KafkaProperties("sasl.mechanisms=SCRAM-SHA-512,security.protocol=sasl_ssl")
    try configuration.check()
  }
}
