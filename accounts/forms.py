"""Forms of this room."""

from typing import Any

from allauth.account.forms import ConfirmLoginCodeForm, RequestLoginCodeForm
from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _


class AddressField(forms.EmailField):
    """An email address. However much is wrong with it (no @, a NUL, too long), there is one sentence."""

    def run_validators(self, value: Any) -> None:
        try:
            super().run_validators(value)
        except ValidationError:
            raise ValidationError(self.error_messages["invalid"], code="invalid") from None


class AskForCodeForm(RequestLoginCodeForm):  # type: ignore[misc]  # allauth is not typed
    """Where to send the code. `too_many`: the address has asked too often."""

    email = AddressField(
        label=_("Your email address"),
        help_text=_("Use the one you gave us."),
        widget=forms.EmailInput({"autocomplete": "username", "spellcheck": "false"}),
        error_messages={
            "required": _("Enter your email address."),
            "invalid": _("Enter an email address, like name@example.org."),
        },
    )

    def __init__(self, *args: Any, too_many: bool = False, **kwargs: Any) -> None:
        self.too_many = too_many
        super().__init__(*args, **kwargs)

    def clean(self) -> dict[str, Any]:
        found: dict[str, Any] = super().clean()
        if self.too_many:
            raise ValidationError(
                _("You have asked for many codes. Wait an hour, then ask for a new one."), code="too_many"
            )
        return found


class TypeCodeForm(ConfirmLoginCodeForm):  # type: ignore[misc]  # allauth is not typed
    """The code that was sent. Spaces and hyphens do not matter."""

    code = forms.CharField(
        label=_("The code in the email"),
        help_text=_("Six numbers. They work for 10 minutes."),
        widget=forms.TextInput({"autocomplete": "one-time-code", "inputmode": "numeric", "class": "input--6"}),
        error_messages={"required": _("Enter the code from the email.")},
    )
    remember = forms.BooleanField(
        label=_("Stay signed in on this phone for 30 days"),
        help_text=_("For your own work phone only. To end it, sign out."),
        required=False,
    )

    def __init__(self, *args: Any, too_many: bool = False, **kwargs: Any) -> None:
        self.too_many = too_many
        super().__init__(*args, **kwargs)

    def clean_code(self) -> str:
        if self.too_many:
            raise ValidationError(
                _("That was wrong too often. Wait an hour, then ask for a new code."), code="too_many"
            )
        return str(super().clean_code())
