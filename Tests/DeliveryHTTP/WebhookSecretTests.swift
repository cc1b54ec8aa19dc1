import Testing

@testable import DeliveryHTTP

@Suite struct WebhookSecretTests {
  @Test func signatureIsThatOfTheStandard() throws {
    // The example of the reference implementations of Standard Webhooks.
    let secret = try #require(WebhookSecret("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"))
    let signature = secret.signature(
      id: "msg_p5jXN8AQM9LWM0D4loKWxJek", timestamp: 1_614_265_330, body: Array("{\"test\": 2432232314}".utf8)
    )
    #expect(signature == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=")
  }

  @Test(arguments: ["", "whsec_", "whsec_AAAA", "whsec_***", "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"])
  func otherSecretsAreRefused(text: String) {
    #expect(WebhookSecret(text) == nil)
  }
}
