"""A mail server on loopback that misbehaves on order, with the face of the fake Notify: moods, `taken`, `copies`."""

import re
import socketserver
import threading
import time
import uuid
from collections import Counter

from tests.notifications.fake_notify import TAKING

REFERENCE = re.compile(rb"^Message-ID: <([0-9a-f]{32})@", re.M | re.I)


class FakeSmtp:
    """taken: every mail it took, with its `reference` and `to`. hang: seconds that a hanging answer takes."""

    def __init__(self, *, hang: float) -> None:
        self.taken: list[dict] = []
        self.mood, self.hang, self.mails, self.tell = "well", hang, 0, None
        self.lock = threading.Lock()

    def __enter__(self) -> "FakeSmtp":
        self.start()
        return self

    def __exit__(self, *error: object) -> None:
        self.stop()

    def start(self, port: int = 0) -> None:
        self.server = Server(port, self)
        self.port = self.server.server_address[1]
        threading.Thread(target=self.server.serve_forever, args=(0.05,), daemon=True).start()

    def stop(self) -> None:
        self.server.shutdown()
        self.server.server_close()

    @property
    def env(self) -> dict[str, str]:
        """What an installation needs to send by it."""
        return {
            "FR_EMAIL_CHANNEL": "smtp",
            "FR_SMTP_HOST": "127.0.0.1",
            "FR_SMTP_PORT": str(self.port),
            "FR_SMTP_TLS": "0",
            "FR_SMTP_TIMEOUT": "2",
        }

    def mood_now(self) -> str:
        with self.lock:
            self.mails += 1
            return self.mood if isinstance(self.mood, str) else self.mood(self.mails)

    def take(self, to: str, mail: bytes) -> None:
        found = REFERENCE.search(mail)
        assert found, mail[:500]
        with self.lock:
            self.taken.append({"reference": str(uuid.UUID(found[1].decode())), "to": to})

    def copies(self) -> Counter:
        with self.lock:
            return Counter(mail["reference"] for mail in self.taken)


class Server(socketserver.ThreadingTCPServer):
    daemon_threads = allow_reuse_address = True

    def __init__(self, port: int, smtp: FakeSmtp) -> None:
        self.smtp = smtp
        super().__init__(("127.0.0.1", port), Talk)


class Talk(socketserver.StreamRequestHandler):
    """One conversation, as far as Django's mail backend holds it."""

    server: Server

    def say(self, line: str) -> None:
        self.wfile.write(line.encode() + b"\r\n")

    def handle(self) -> None:
        try:
            self.converse()
        except OSError:
            return  # they have gone

    def converse(self) -> None:
        self.say("220 ready")
        to = ""
        while line := self.rfile.readline().strip():
            word = line[:4].upper()
            if word == b"RCPT":
                to = line.decode().partition("<")[2].rstrip(">")
            if word == b"DATA":
                if not self.take(to):
                    return
            elif word == b"QUIT":
                self.say("221 bye")
                return
            else:
                self.say("250 ok")

    def take(self, to: str) -> bool:
        """The mail itself. Returns whether the conversation goes on."""
        self.say("354 go on")
        lines = []
        while (line := self.rfile.readline()) not in (b".\r\n", b""):
            lines.append(line)
        if not line:
            return False
        smtp = self.server.smtp
        mood = smtp.mood_now()
        if mood in TAKING:
            smtp.take(to, b"".join(lines))
        if mood == "hang":
            time.sleep(smtp.hang)
        if mood in ("hang", "cut off", "500 after taking"):
            return False
        self.say({"well": "250 taken", "garbage": "surprise"}.get(mood, "451 not now"))
        return True
