"""A mail server on loopback that takes every mail, and notes what came to whom."""

import contextlib
import email
import socketserver
import threading


class MailServer(socketserver.ThreadingTCPServer):
    allow_reuse_address = daemon_threads = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Conversation)
        self.port = self.server_address[1]
        self.taken = []  # (address, Message-ID, subject)
        threading.Thread(target=self.serve_forever, daemon=True).start()


class Conversation(socketserver.StreamRequestHandler):
    def handle(self):
        with contextlib.suppress(ConnectionError):  # the worker was killed
            self.talk()

    def talk(self):
        self.say("220 ready")
        while line := self.rfile.readline():
            verb = line[:4].upper().strip()
            if verb == b"DATA":
                self.say("354 go on")
                self.take()
                self.say("250 taken")
            elif verb == b"QUIT":
                self.say("221 bye")
                return
            else:
                self.say("250 localhost" if verb in {b"EHLO", b"HELO"} else "250 well")

    def take(self):
        lines = []
        while (line := self.rfile.readline()) not in {b".\r\n", b""}:
            lines.append(line)
        if line:  # A mail that was cut off was not taken.
            mail = email.message_from_bytes(b"".join(lines))
            self.server.taken.append((mail["To"], mail["Message-ID"], mail["Subject"]))

    def say(self, words):
        with contextlib.suppress(OSError):
            self.wfile.write(f"{words}\r\n".encode())
