"""The broker's side of SASL as Kafka carries it: PLAIN (RFC 4616) and SCRAM (RFC 5802), for one user.

Each mechanism takes what the client says and returns what it is told; `done` once it has proved that it knows the password.
"""
import base64
import hashlib
import hmac
import os


class Refused(Exception):
    """The client is not who it says it is."""


class Plain:
    def __init__(self, user, password):
        self.wanted = (user, password)
        self.done = False

    def take(self, message):
        _, user, password = message.decode().split("\0")
        if not hmac.compare_digest(repr((user, password)), repr(self.wanted)):
            raise Refused
        self.done = True
        return b""


class Scram:
    iterations = 4096

    def __init__(self, user, password, algorithm):
        self.user, self.algorithm = user, algorithm
        self.salt, self.nonce = os.urandom(16), None
        salted = hashlib.pbkdf2_hmac(algorithm, password.encode(), self.salt, self.iterations)
        self.client_key = self.mac(salted, b"Client Key")
        self.server_key = self.mac(salted, b"Server Key")
        self.done = False

    def mac(self, key, text):
        return hmac.new(key, text, self.algorithm).digest()

    def take(self, message):
        return self.begin(message.decode()) if self.nonce is None else self.end(message.decode())

    def begin(self, message):
        """`n,,n=USER,r=NONCE` is answered with a longer nonce, the salt and the iterations."""
        self.first = message.removeprefix("n,,")
        fields = dict(field.split("=", 1) for field in self.first.split(","))
        self.nonce = fields["r"] + base64.b64encode(os.urandom(18)).decode()
        self.is_known = fields["n"] == self.user
        salt = base64.b64encode(self.salt).decode()
        self.answer = f"r={self.nonce},s={salt},i={self.iterations}"
        return self.answer.encode()

    def end(self, message):
        """`c=biws,r=NONCE,p=PROOF` is answered with the server's own proof."""
        bare, proof = message.rsplit(",p=", 1)
        # Its end: librdkafka before 2.6.1 puts its own nonce before it once more, which Kafka lets pass as well.
        if not dict(field.split("=", 1) for field in bare.split(","))["r"].endswith(self.nonce):
            raise Refused
        signed = ",".join((self.first, self.answer, bare)).encode()
        stored_key = hashlib.new(self.algorithm, self.client_key).digest()
        signature = self.mac(stored_key, signed)
        key = bytes(a ^ b for a, b in zip(base64.b64decode(proof), signature))
        if not self.is_known or not hmac.compare_digest(key, self.client_key):
            raise Refused
        self.done = True
        return b"v=" + base64.b64encode(self.mac(self.server_key, signed))


def mechanism(name, user, password):
    return Plain(user, password) if name == "PLAIN" else Scram(user, password, "sha" + name.removeprefix("SCRAM-SHA-"))
