"""Forms of this room."""

from typing import Any

from allauth.account.adapter import get_adapter
from allauth.account.forms import ConfirmLoginCodeForm, RequestLoginCodeForm
from django import forms
from django.core.exceptions import ValidationError
from django.utils.functional import lazy
from django.utils.translation import gettext_lazy as _

from accounts import mail
from core.telephones import mobile


class AddressField(forms.EmailField):
    """An email address. However much is wrong with it (no @, a NUL, too long), there is one sentence."""

    def run_validators(self, value: Any) -> None:
        try:
            super().run_validators(value)
        except ValidationError:
            raise ValidationError(self.error_messages["invalid"], code="invalid") from None


def _by_way(with_texts: Any, without: Any) -> str:
    return str(with_texts if mail.can_text() else without)


by_way = lazy(_by_way, str)  # what a page says where texts can be sent, and where they cannot


class ReachField(AddressField):
    """Where codes go: an email address or, where texts can be sent, a mobile number. Cleaned to one spelling."""

    def __init__(self, **more: Any) -> None:
        super().__init__(
            label=by_way(_("Your mobile number or email address"), _("Your email address")),
            max_length=254,
            widget=forms.TextInput(
                {"autocomplete": "username", "inputmode": "email", "spellcheck": "false", "autocapitalize": "none"}
            ),
            error_messages={
                "required": by_way(
                    _("Enter your mobile number or your email address."), _("Enter your email address.")
                ),
                "invalid": by_way(
                    _("Enter a mobile number, like 07700 900123, or an email address, like name@example.org."),
                    _("Enter an email address, like name@example.org."),
                ),
            },
            **more,
        )

    def clean(self, value: Any) -> Any:
        return number_in(str(value or "")) or super().clean(value)


def number_in(text: str) -> str:
    """The mobile number that somebody wrote, +447700900123; "" for anything else, and where no text can be sent."""
    return mobile(text) if mail.can_text() else ""


class AskForCodeForm(RequestLoginCodeForm):  # type: ignore[misc]  # allauth is not typed
    """Where to send the code. `too_many`: the address has asked too often."""

    email = None
    address = ReachField(help_text=_("Use the one you gave us."))

    def __init__(self, *args: Any, too_many: bool = False, **kwargs: Any) -> None:
        self.too_many = too_many
        super().__init__(*args, **kwargs)

    def clean(self) -> dict[str, Any]:
        found: dict[str, Any] = super().clean()
        if self.too_many:
            raise ValidationError(
                _("Many codes were asked for just now. Wait an hour. If it still says this then, try again tomorrow."),
                code="too_many",
            )
        address = found.get("address", "")
        if phone := number_in(address):
            found["phone"], self._user = phone, get_adapter().get_user_by_phone(phone)
        elif address:
            found["email"] = address
            self.clean_email()
        return found


class TypeCodeForm(ConfirmLoginCodeForm):  # type: ignore[misc]  # allauth is not typed
    """The code that was sent. Spaces and hyphens do not matter."""

    code = forms.CharField(
        label=_("The code we sent"),
        help_text=_("Six numbers. They work for 10 minutes."),
        widget=forms.TextInput({"autocomplete": "one-time-code", "inputmode": "numeric", "class": "input--6"}),
        error_messages={"required": _("Enter the code we sent.")},
    )
    remember = forms.BooleanField(
        label=_("Stay signed in on this phone for 30 days"),
        help_text=_("For your own work phone only. To end it, sign out."),
        required=False,
    )

    def __init__(self, *args: Any, too_many: bool = False, by_text: bool = False, **kwargs: Any) -> None:
        self.too_many = too_many
        super().__init__(*args, **kwargs)
        if by_text:  # a young person, whose phone may be anybody's
            del self.fields["remember"]

    def clean_code(self) -> str:
        if self.too_many:
            raise ValidationError(
                _("That was wrong too often. Wait an hour, then ask for a new code."), code="too_many"
            )
        return str(super().clean_code())
