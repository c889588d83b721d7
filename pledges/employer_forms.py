"""Forms over the record of a business, for officers."""

import re
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from pledges.desk_list import NEEDS, Wanted
from pledges.forms import ReadField, WordsField
from pledges.models import Category, Employer, EmployerContact
from pledges.reading import Reach, read_email, read_phone, read_postcode
from pledges.records import Record

COMPANY = re.compile(r"([A-Z]{2}\d{6}|\d{8})")
CHARITY = re.compile(r"\d{6,7}(-\d{1,2})?")
DOMAIN = re.compile(r"([a-z0-9]([a-z0-9-]*[a-z0-9])?\.)+[a-z]{2,}")
STATES = [(value, label) for value, label in Employer.Check.choices if value != Employer.Check.MERGED]


class FindEmployers(forms.Form):
    """The filters of the list. What makes no sense filters nothing."""

    q = WordsField(label=_("Search"), help_text=_("A name, a domain or a number"), max_length=80, required=False)
    state = forms.ChoiceField(label=_("Check"), choices=[("", _("Any")), *STATES], required=False)
    need = forms.ChoiceField(label=_("Needs"), choices=[("", _("Anything")), *NEEDS.items()], required=False)
    mark_optional = False

    def wanted(self) -> Wanted:
        self.is_valid()
        found = getattr(self, "cleaned_data", {})
        return Wanted(found.get("q", ""), found.get("state", ""), found.get("need", ""))

    def on(self) -> int:
        """How many filters are on."""
        return sum(bool(value) for value in vars(self.wanted()).values())


class RecordForm(forms.Form):
    """Everything a coordinator may write of a business."""

    name = WordsField(
        label=_("Name of the business"),
        max_length=120,
        error_messages={"required": _("Enter the name of the business")},
    )
    company_number = WordsField(
        label=_("Company number"), help_text=_("From Companies House, like 01234567"), max_length=12, required=False
    )
    charity_number = WordsField(
        label=_("Charity number"), help_text=_("From the charity register, like 1234567"), max_length=12, required=False
    )
    domain = WordsField(
        label=_("Its own email domain"),
        help_text=_("What stands after the @, like oldbank.co.uk. Leave it empty for Gmail and the like."),
        max_length=120,
        required=False,
    )
    size = WordsField(label=_("How many people work there"), max_length=20, required=False)
    sector = forms.ModelChoiceField(label=_("Sector"), queryset=Category.objects.none(), required=False)
    charity_or_public = forms.BooleanField(
        label=_("A register shows a charity, or a voluntary or public body: only these may take volunteers"),
        required=False,
    )
    confirmed = forms.BooleanField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        sector = self.fields["sector"]
        assert isinstance(sector, forms.ModelChoiceField)
        sector.queryset = Category.objects.filter(valid_to__isnull=True).order_by("name")

    def clean_company_number(self) -> str:
        number = str(self.cleaned_data["company_number"]).replace(" ", "").upper()
        number = number.zfill(8) if number.isdigit() and len(number) == 7 else number
        if number and not COMPANY.fullmatch(number):
            raise forms.ValidationError(
                _now("A company number has 8 figures, or 2 letters and 6 figures, like 01234567.")
            )
        return number

    def clean_charity_number(self) -> str:
        number = str(self.cleaned_data["charity_number"]).replace(" ", "")
        if number and not CHARITY.fullmatch(number):
            raise forms.ValidationError(_now("A charity number has 6 or 7 figures, like 1234567."))
        return number

    def clean_domain(self) -> str:
        domain = str(self.cleaned_data["domain"]).lower().removeprefix("www.").rpartition("@")[2]
        if domain and not DOMAIN.fullmatch(domain):
            raise forms.ValidationError(_now("Enter what stands after the @, like oldbank.co.uk."))
        return domain

    def record(self) -> Record:
        """What was written, read and found good."""
        values = {name: self.cleaned_data[name] for name in Record.__dataclass_fields__}
        return Record(**values)


class PersonForm(forms.Form):
    """Somebody at the business."""

    name = WordsField(label=_("Name"), max_length=80, required=False)
    job = WordsField(label=_("Job"), max_length=80, required=False)
    email = ReadField(label=_("Email address"), reader=read_email, max_length=254, required=False)
    phone = ReadField(label=_("Phone number"), reader=read_phone, max_length=30, required=False)
    way = forms.ChoiceField(
        label=_("How do they like to be reached?"),
        choices=EmployerContact.Way.choices,
        widget=forms.RadioSelect,
        initial=EmployerContact.Way.EMAIL,
    )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if not self.errors and not (data.get("email") or data.get("phone")):
            self.add_error("email", _now("Enter an email address or a phone number."))
        return data

    def reach(self) -> Reach:
        return Reach(**self.cleaned_data)


class SiteForm(forms.Form):
    """A place of work."""

    postcode = ReadField(
        label=_("Postcode"),
        reader=read_postcode,
        max_length=10,
        error_messages={"required": _("Enter a full UK postcode, like NG1 4AB")},
    )
    town = WordsField(label=_("Town"), max_length=60, required=False)
    name = WordsField(label=_("What is this place called?"), max_length=80, required=False)


class PersonField(forms.ModelChoiceField):  # type: ignore[type-arg]
    """People by their names."""

    def label_from_instance(self, obj: Any) -> str:
        return str(obj.name)


class LeadForm(forms.Form):
    """Who leads a business, for every member council."""

    lead = PersonField(
        label=_("Who leads?"),
        queryset=User.objects.none(),
        required=False,
        empty_label=_("Nobody"),
    )
    mark_optional = False

    def __init__(self, *args: Any, people: QuerySet[User], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        lead = self.fields["lead"]
        assert isinstance(lead, forms.ModelChoiceField)
        lead.queryset = people


class MergeForm(forms.Form):
    """Why two are one."""

    why = WordsField(
        label=_("Why are these two one business?"),
        help_text=_("For example: the owner said so on the phone."),
        max_length=200,
        error_messages={"required": _("Say why these two are one business")},
    )


class BatchForm(forms.Form):
    """Several standard checks, one answer."""

    because = WordsField(
        label=_("Would these do for my own child? Yes, because"),
        help_text=_("Tick only what you have looked at. Leave out any that you are not sure of."),
        max_length=200,
        error_messages={"required": _("Say why these would do for your own child.")},
    )
    mark_optional = False
