"""GOV.UK Notify: e-mails and texts, asked by our reference what became of them.

Each installation has two templates there: an e-mail with ((subject)) and ((body)), and a text with ((body)). What goes
into them is written here, in the repository, where it is reviewed and tested. Notify takes no calendar files: they are
left out, and the page behind the mail's link has them.
"""

import datetime as dt
import functools
import uuid
from typing import Any

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from urllib3.exceptions import NewConnectionError

from notifications.channels import NoSuchAddress, NotTaken
from notifications.registry import Mail, Text
from notifications.reports import NOTIFY_FATES

try:
    import requests
    from notifications_python_client import errors
    from notifications_python_client.notifications import NotificationsAPIClient
except ImportError:  # pragma: no cover
    raise ImproperlyConfigured("GOV.UK Notify needs the packages of requirements-notify.txt.") from None

TIMEOUT = (3, 10)  # seconds to connect, and to wait for the answer
BAD_REQUEST, TOO_MANY = 400, 429
ADDRESSES = ("email_address ", "phone_number ")  # how Notify begins what it says of one


@functools.cache
def _client(api_key: str, base_url: str) -> Any:
    """One for each process: it is not made for threads."""
    return NotificationsAPIClient(api_key, base_url=base_url, timeout=TIMEOUT)  # type: ignore[no-untyped-call]


class Notify:
    """The provider. A repeat is not refused there: the fence and asking by reference see to it."""

    name, can_be_asked = "notify", True
    lease = dt.timedelta(seconds=30)
    ask_after = dt.timedelta(seconds=settings.ASK_AFTER_SECONDS)

    def __init__(self) -> None:
        if not settings.NOTIFY["api_key"]:
            raise ImproperlyConfigured("Set FR_NOTIFY_API_KEY.")
        self.client = _client(settings.NOTIFY["api_key"], settings.NOTIFY["base_url"])

    def send(self, *, ref: uuid.UUID, to: str, mail: Mail | Text) -> None:
        try:
            if isinstance(mail, Text):
                self.client.send_sms_notification(
                    to, settings.NOTIFY["text_template"], {"body": mail.text}, reference=str(ref)
                )
            else:
                parts = {"subject": mail.subject, "body": mail.text}
                self.client.send_email_notification(
                    to, settings.NOTIFY["email_template"], parts, reference=str(ref),
                    one_click_unsubscribe_url=mail.stop or None,
                )  # fmt: skip
        except errors.HTTPError as error:
            raise _verdict(error) from error

    def find(self, ref: uuid.UUID) -> list[str] | None:
        found = self.client.get_all_notifications(reference=str(ref))
        return [NOTIFY_FATES.get(each["status"], "accepted") for each in found["notifications"]]


def _verdict(error: Any) -> Exception:
    """Surely not taken, refused for good, or (the error itself) not known."""
    cause = error.__cause__
    if isinstance(cause, requests.ConnectTimeout | requests.exceptions.SSLError) or _never_connected(cause):
        return NotTaken(type(cause).__name__)
    status = error.status_code if error.response is not None else None
    if status == TOO_MANY:
        return NotTaken(str(status), _wait(error.response))
    if status == BAD_REQUEST and _no_such_address(error):
        return NoSuchAddress(str(status))
    if status is not None and BAD_REQUEST <= status < 500:
        return NotTaken(str(status))  # our set-up there is wrong (a key on trial, a template): the message is not
    return error  # type: ignore[no-any-return]


def _no_such_address(error: Any) -> bool:
    """Whether they refuse the address or the number itself. Only that is for good."""
    told = error.message if isinstance(error.message, list) else []
    return any(
        each.get("error") == "ValidationError" and str(each.get("message", "")).startswith(ADDRESSES) for each in told
    )


def _never_connected(cause: BaseException | None) -> bool:
    reason = getattr(cause.args[0], "reason", None) if cause and cause.args else None
    return isinstance(cause, requests.ConnectionError) and isinstance(reason, NewConnectionError)


def _wait(response: Any) -> dt.timedelta | None:
    """What they ask us to wait, at most an hour."""
    asked = response.headers.get("Retry-After", "")
    return dt.timedelta(seconds=min(int(asked), 3600)) if asked.isdigit() else None
