"""GOV.UK Notify on loopback, as far as we use it: it takes messages, is asked by reference, and misbehaves on order.

with FakeNotify() as notify:
    notify.mood = "500 after taking"      # or a function from the number of the request to a mood
    ...
    assert notify.copies() == {ref: 1}
"""

import json
import threading
import time
import urllib.request
import uuid
from collections import Counter
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

KEY = f"test-{uuid.UUID(int=1)}-{uuid.UUID(int=2)}"
TAKING = {"well", "500 after taking", "hang", "garbage", "cut off"}


class FakeNotify:
    """taken: every message it took, in order, as Notify would show it, and with `to` and `personalisation`.

    hang: seconds that a hanging answer takes. tell: an address and a token; each message taken is told there as
    delivered, from a thread of its own.
    """

    def __init__(self, *, hang: float = 12, tell: tuple[str, str] | None = None) -> None:
        self.taken: list[dict] = []
        self.mood: str | Callable[[int], str] = "well"
        self.hang, self.tell, self.requests = hang, tell, 0
        self.knows_after = 0.0  # seconds until a message that was taken is found by its reference
        self.lock = threading.Lock()

    def __enter__(self) -> "FakeNotify":
        self.start()
        return self

    def __exit__(self, *error: object) -> None:
        self.stop()

    def start(self, port: int = 0) -> None:
        """Listen; a port may be given to come back where it was."""
        self.server = Server(port, self)
        self.port = self.server.server_port
        threading.Thread(target=self.server.serve_forever, args=(0.05,), daemon=True).start()

    def stop(self) -> None:
        """Connections are refused from now on; what was taken stays known."""
        self.server.shutdown()
        self.server.server_close()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def env(self) -> dict[str, str]:
        """What an installation needs to send by it."""
        return {
            "FR_EMAIL_CHANNEL": "notify",
            "FR_NOTIFY_API_KEY": KEY,
            "FR_NOTIFY_URL": self.url,
            "FR_NOTIFY_EMAIL_TEMPLATE": "mail",
            "FR_NOTIFY_TEXT_TEMPLATE": "text",
            "FR_NOTIFY_CALLBACK_TOKEN": "fake",
            "FR_ASK_AFTER_SECONDS": "4",
        }

    def mood_now(self) -> str:
        with self.lock:
            self.requests += 1
            return self.mood if isinstance(self.mood, str) else self.mood(self.requests)

    def take(self, kind: str, told: dict) -> dict:
        message = {
            "id": str(uuid.uuid4()),
            "reference": told.get("reference"),
            "status": "sending",
            "type": kind,
            "to": told.get("email_address") or told.get("phone_number"),
            "template": told["template_id"],
            "personalisation": told.get("personalisation", {}),
            "unsubscribe": told.get("one_click_unsubscribe_url"),
            "at": time.monotonic(),
        }
        with self.lock:
            self.taken.append(message)
        if self.tell:
            threading.Thread(target=self._tell, args=(message,), daemon=True).start()
        return message

    def _tell(self, message: dict) -> None:
        address, token = self.tell
        body = json.dumps({**message, "status": "delivered"}).encode()
        request = urllib.request.Request(address, body, {"Authorization": f"Bearer {token}"})
        try:
            urllib.request.urlopen(request, timeout=5).close()
        except OSError:
            message["told"] = False  # Notify itself tries again a few times, and then gives up

    def known(self, reference: str) -> list[dict]:
        before = time.monotonic() - self.knows_after
        with self.lock:
            return [message for message in self.taken if message["reference"] == reference and message["at"] <= before]

    def copies(self) -> Counter:
        """How many messages it holds under each reference."""
        with self.lock:
            return Counter(message["reference"] for message in self.taken)


class Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, port: int, notify: FakeNotify) -> None:
        self.notify = notify
        super().__init__(("127.0.0.1", port), Handler)


class Handler(BaseHTTPRequestHandler):
    server: Server

    def log_message(self, *_args: object) -> None:
        pass

    def answer(self, status: int, body: object, **headers: str) -> None:
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(data)

    def fail(self, status: int, **headers: str) -> None:
        told = {"error": "Error", "message": "No"}
        if status == 400:
            told = {"error": "ValidationError", "message": "email_address Not a valid email address"}
        self.answer(status, {"status_code": status, "errors": [told]}, **headers)

    def do_POST(self) -> None:
        told = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        mood = self.server.notify.mood_now()
        taken = self.server.notify.take(self.path.rsplit("/", 1)[-1], told) if mood in TAKING else {}
        if mood == "hang":
            time.sleep(self.server.notify.hang)
        if mood in ("cut off", "hang"):
            self.close_connection = True
        elif mood == "garbage":
            self.answer(201, b"<html>")
        elif mood == "400 trial":
            told = {"error": "BadRequestError", "message": "Can't send to this recipient when service is in trial mode"}
            self.answer(400, {"status_code": 400, "errors": [told]})
        elif mood == "429":
            self.fail(429, Retry_After="1")
        elif mood != "well":
            self.fail(int(mood[:3]))
        else:
            self.answer(201, {"id": taken["id"], "reference": taken["reference"]})

    def do_GET(self) -> None:
        if self.server.notify.mood_now() in ("hang", "garbage", "500"):
            self.answer(500, b"<html>")
            return
        asked = parse_qs(urlsplit(self.path).query).get("reference", [""])[0]
        self.answer(200, {"notifications": self.server.notify.known(asked), "links": {}})
