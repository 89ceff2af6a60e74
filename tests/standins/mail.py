"""A stand-in for a mail server, which keeps the emails that it receives (RFC 5321, as much as a sender needs)."""

import email
import email.policy
import re
import threading
import time
from socketserver import StreamRequestHandler, ThreadingTCPServer

PATIENCE = 30  # seconds until an email arrives


class MailServer:
    """The stand-in on 127.0.0.1. `emails` has the emails, the oldest first."""

    def __init__(self):
        self.emails = []
        self.server = ThreadingTCPServer(("127.0.0.1", 0), type("Handler", (_Handler,), {"emails": self.emails}))
        self.server.daemon_threads = True
        self.url = f"smtp://127.0.0.1:{self.server.server_address[1]}"
        self.thread = threading.Thread(target=self.server.serve_forever, args=(0.02,), daemon=True)

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.server.shutdown()
        self.thread.join()
        self.server.server_close()

    def link_to(self, address):
        """Wait for the first email to this address, and return the only link in it."""
        until = time.monotonic() + PATIENCE
        while not (found := [message for message in self.emails if message["To"] == address]):
            assert time.monotonic() < until, f"no email to {address}"
            time.sleep(0.05)
        (link,) = re.findall(r"https?://\S+", found[0].get_content())
        return link


class _Handler(StreamRequestHandler):
    emails = ()

    def handle(self):
        self.reply(220, "ready")
        for line in self.rfile:
            command = line.split()[0].upper() if line.strip() else b""
            if command == b"DATA":
                self.reply(354, "go on")
                text = self.body()
                if text is None:
                    return
                self.emails.append(email.message_from_bytes(text, policy=email.policy.default))
            if command == b"QUIT":
                self.reply(221, "goodbye")
                return
            self.reply(*((250, "OK") if command in {b"EHLO", b"MAIL", b"RCPT", b"DATA"} else (502, "not here")))

    def body(self):
        """Return the text of an email; None if the sender has gone before its end, a line with only a dot.

        Other lines that begin with a dot have two.
        """
        lines = []
        while line := self.rfile.readline():
            if line == b".\r\n":
                return b"".join(lines)
            lines.append(line.removeprefix(b"."))
        return None

    def reply(self, code, text):
        self.wfile.write(f"{code} {text}\r\n".encode())
