#!/usr/bin/python3
# SPDX-License-Identifier: ISC
"""usage: sink.py RECORD UNIT KEY ADDRESS PORT=MODE...

SMTP servers for a mail server's deliveries, that write down for each connection what they saw, in
RECORD as client.sh describes it, with the direction `out` behind.  UNIT is what the sender logs as
one delivery: `recipient` (Postfix), `transaction` (sendmail), `message` (Exim, which also logs the
handshake with each, and none where nothing was delivered) or `connection` (OpenSMTPD, with all its
messages).  KEY is a file with a key and its certificate.  MODE is

  clear            no STARTTLS
  refuse           STARTTLS is offered and answered with 454
  junk             STARTTLS is taken, and text answers the handshake
  PROTOCOL:CIPHER  that protocol and cipher and no other, as OpenSSL spells them

A client that leaves without a mail did not like what it got: no TLS, or the certificate.  Prints a
line when it listens everywhere.  Runs until it is killed.
"""

import socketserver
import ssl
import sys
import threading

VERSIONS = {
    "TLSv1": ssl.TLSVersion.TLSv1,
    "TLSv1.1": ssl.TLSVersion.TLSv1_1,
    "TLSv1.2": ssl.TLSVersion.TLSv1_2,
    "TLSv1.3": ssl.TLSVersion.TLSv1_3,
}
REASONS = {
    "NO_SHARED_CIPHER": "no-shared-cipher",
    "UNSUPPORTED_PROTOCOL": "unsupported-protocol",
    "VERSION_TOO_LOW": "unsupported-protocol",
    "TLSV1_ALERT_UNKNOWN_CA": "verify-failed",
}


def context(mode, key):
    protocol, cipher = mode.split(":")
    made = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    made.load_cert_chain(key)
    made.set_ciphers((cipher if protocol != "TLSv1.3" else "DEFAULT") + ":@SECLEVEL=0")
    made.minimum_version = made.maximum_version = VERSIONS[protocol]
    return made


class Session(socketserver.BaseRequestHandler):
    """One connection."""

    def setup(self):
        self.mode = self.server.mode
        self.stream = self.request.makefile("rb")
        self.recipients = self.pending = self.messages = 0
        self.negotiated = self.refused = None

    def say(self, line):
        self.request.sendall(line.encode() + b"\r\n")

    def start_tls(self):
        if self.mode == "refuse":
            self.say("454 4.7.0 not now")
            return True
        self.say("220 2.0.0 go ahead")
        if self.mode == "junk":
            self.refused = "not-tls"
            # What came with the 220 would be taken for an attack.
            self.request.recv(1)
            self.say("this is no handshake")
            return False
        try:
            self.request = context(self.mode, self.server.key).wrap_socket(
                self.request, server_side=True
            )
        except ssl.SSLError as error:
            self.refused = REASONS.get(error.reason, f"unexpected:{error.reason}")
            return False
        self.negotiated = self.request.version(), self.request.cipher()[0]
        self.stream = self.request.makefile("rb")
        return True

    def take_message(self):
        self.say("354 go ahead")
        while self.stream.readline() not in (b".\r\n", b""):
            pass
        self.messages += 1
        self.recipients += self.pending
        self.pending = 0
        self.say("250 2.0.0 ok queued")

    def command(self, word):
        """Does one command; says whether more may come."""
        if word == "EHLO":
            offers_tls = self.mode != "clear" and not self.negotiated
            self.say("250-sink.example.test" if offers_tls else "250 sink.example.test")
            if offers_tls:
                self.say("250 STARTTLS")
        elif word == "STARTTLS":
            return self.start_tls()
        elif word == "DATA":
            self.take_message()
        elif word == "QUIT":
            self.say("221 2.0.0 bye")
            return False
        else:
            self.pending += word == "RCPT"
            self.say("250 2.0.0 ok")
        return True

    def handle(self):
        try:
            self.say("220 sink.example.test ESMTP")
            while line := self.stream.readline():
                if not self.command(line.decode("latin-1").split(None, 1)[0].strip().upper()):
                    break
        except OSError:
            pass

    def finish(self):
        by_message = self.server.unit == "message"
        carried = {
            "recipient": self.recipients,
            "message": self.messages,
            "transaction": self.messages,
            "connection": min(self.messages, 1),
        }[self.server.unit]
        lines = []
        if self.negotiated and (carried or not by_message):
            units = self.messages if by_message else 1
            lines.append(f"tls {' '.join(self.negotiated)} {units} 0 {carried} out")
        elif carried:
            lines.append(f"clear - - 0 0 {carried} out")
        if not self.refused and not carried:
            self.refused = "verify-failed" if self.negotiated else "tls-required"
        if self.refused:
            lines.append(f"refused {self.refused} - 0 0 0 out")
        with self.server.lock, open(self.server.record, "a", encoding="ascii") as record:
            record.writelines(line + "\n" for line in lines)


class Server(socketserver.ThreadingTCPServer):
    """One port of the sink."""

    allow_reuse_address = True
    daemon_threads = True
    lock = threading.Lock()


def main():
    record, unit, key, address, *ports = sys.argv[1:]
    for argument in ports:
        port, mode = argument.split("=", 1)
        server = Server((address, int(port)), Session)
        server.record, server.unit, server.key, server.mode = record, unit, key, mode
        threading.Thread(target=server.serve_forever).start()
    print("listening", flush=True)


main()
