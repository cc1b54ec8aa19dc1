import CurlClient
import Testing

@testable import DeliveryHTTP

@Suite struct NetworkPolicyTests {
  @Test(arguments: [
    "0.0.0.0", "10.1.2.3", "100.64.0.1", "127.0.0.1", "127.255.255.255", "169.254.169.254", "172.16.0.1",
    "172.31.255.255",
    "192.0.0.1", "192.0.2.1", "192.88.99.1", "192.168.1.1", "198.18.0.1", "198.19.255.255", "198.51.100.1",
    "203.0.113.1", "224.0.0.1", "255.255.255.255", "168.63.129.16", "::1", "::", "fe80::1", "fc00::1",
    "ff02::1",
    "2001::1", "2001:db8::1", "2002::1", "3fff::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "64:ff9b::a00:1",
    // Translated addresses are judged by the IPv4 inside; the prefix for local use may mean anything (RFC 8215).
    "64:ff9b::7f00:1", "64:ff9b::a9fe:a9fe", "64:ff9b::c0a8:101", "64:ff9b::", "64:ff9b:1::808:808",
    "64:ff9b:0:0:1::808:808",
    "64:ff9a::808:808", "::808:808", "::127.0.0.1", "2002:808:808::1", "2001:0:808:808::1", "100::1",
    "4000::1", "fec0::1",
  ])
  func deniesSpecialAddresses(text: String) throws {
    #expect(!NetworkPolicy(allowing: []).allows(try #require(IPAddress(text))))
  }

  @Test(arguments: [
    "1.1.1.1", "172.32.0.1", "100.128.0.1", "192.0.1.1", "2606:4700::1", "2a00::1", "::ffff:8.8.8.8",
    "64:ff9b::808:808", "64:ff9b::8.8.4.4", "64:ff9b::2d21:2001",
  ])
  func allowsPublicAddresses(text: String) throws {
    #expect(NetworkPolicy(allowing: []).allows(try #require(IPAddress(text))))
  }

  @Test func allowsConfiguredNetworks() throws {
    let policy = NetworkPolicy(allowing: ["127.0.0.0/8", "::1/128"].compactMap { CIDR($0) })
    #expect(policy.allows(try #require(IPAddress("127.3.2.1"))))
    #expect(policy.allows(try #require(IPAddress("::ffff:127.0.0.1"))))
    #expect(policy.allows(try #require(IPAddress("::1"))))
    #expect(!policy.allows(try #require(IPAddress("10.0.0.1"))))
  }

  @Test func allowsTranslatedAddressesOfConfiguredNetworks() throws {
    let policy = NetworkPolicy(allowing: ["10.0.0.0/8"].compactMap { CIDR($0) })
    #expect(policy.allows(try #require(IPAddress("64:ff9b::a00:1"))))
    #expect(!policy.allows(try #require(IPAddress("64:ff9b::c0a8:1"))))
    let translators = NetworkPolicy(
      allowing: ["64:ff9b::/96", "::ffff:192.168.0.0/112"].compactMap { CIDR($0) })
    #expect(translators.allows(try #require(IPAddress("64:ff9b::a00:1"))))
    #expect(translators.allows(try #require(IPAddress("192.168.3.4"))))
    #expect(!translators.allows(try #require(IPAddress("10.0.0.1"))))
  }

  @Test(arguments: [
    "", "1.2.3.4", "1.2.3.4/33", "::/129", "a/8", "1.2.3/8", "1.2.3.4/-1", "::ffff:1.2.3.4/95",
    "::ffff:1.2.3.4/129",
  ])
  func refusesInvalidRanges(text: String) { #expect(CIDR(text) == nil) }
}
