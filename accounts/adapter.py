"""Where django-allauth asks how things are done here."""

import datetime as dt
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core.exceptions import ImmediateHttpResponse
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.base_user import AbstractBaseUser
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.crypto import get_random_string
from django.utils.translation import gettext_lazy as _

from accounts import hats, mail
from accounts.models import User
from core import clock

CODE_LIFE = dt.timedelta(seconds=settings.ACCOUNT_LOGIN_BY_CODE_TIMEOUT)
CODE = "account/email/login_code"  # allauth's name for the message that carries the code


class Adapter(DefaultAccountAdapter):  # type: ignore[misc]  # allauth is not typed
    """Nobody signs up in the open; codes leave through accounts.mail; allauth itself sends nothing."""

    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "incorrect_code": _("That is not the code we sent. Look at the newest one and try again."),
        "too_many_login_attempts": _("That was wrong too often. Ask for a new code."),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def generate_login_code(self) -> str:
        """Six digits: easy to type on a phone. Three tries each, and accounts.attempts bounds the tries in an hour."""
        return get_random_string(6, "0123456789")

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Only the code is ever sent; every other message of allauth's is for things we do not offer."""
        if template_prefix == CODE:
            user = User.objects.get(email__iexact=email, is_active=True)
            mail.send_code(user=user, code=context["code"], expires_in=CODE_LIFE)

    def get_user_by_phone(self, phone: str) -> User | None:
        """Who signs in by texts to this number: never somebody who works here."""
        found = User.objects.filter(phone=phone, is_active=True).exclude(phone="").first()
        return None if found is None or hats.memberships(found.pk) else found

    def generate_phone_verification_code(self, *, user: AbstractBaseUser, phone: str) -> str:
        """As by email."""
        return self.generate_login_code()

    def send_verification_code_sms(self, user: User, phone: str, code: str, **kwargs: Any) -> None:
        """The same code, by text."""
        mail.send_code(user=user, code=code, expires_in=CODE_LIFE, phone=phone)

    def send_unknown_account_sms(self, phone: str, **kwargs: Any) -> None:
        """Nothing goes to a number that nobody has here."""

    def set_phone_verified(self, user: User, phone: str) -> None:
        """The code came back. It opens nothing when the number was changed while it was on its way."""
        if self.get_user_by_phone(phone) != user:
            raise ImmediateHttpResponse(redirect("account_login"))
        User.objects.filter(pk=user.pk).update(phone_at=clock.now())

    def pre_login(
        self, request: HttpRequest, user: AbstractBaseUser, *, email: str | None, **more: Any
    ) -> HttpResponse | None:
        """The same for a code by email."""
        if email and not User.objects.filter(pk=user.pk, email__iexact=email).exists():
            return redirect("account_login")
        refused: HttpResponse | None = super().pre_login(request, user, email=email, **more)
        return refused

    def add_message(self, request: HttpRequest, level: int, *args: Any, **kwargs: Any) -> None:
        """Our pages say what has happened themselves; only what went wrong is passed on."""
        if level >= messages.ERROR:
            super().add_message(request, level, *args, **kwargs)

    def respond_user_inactive(self, request: HttpRequest, user: AbstractBaseUser) -> HttpResponse:
        """Closed while its owner was typing the code: the same answer as no account."""
        return redirect("account_login")
