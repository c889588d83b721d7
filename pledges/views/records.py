"""The record of a business, written: its values, who leads it, its people and sites, and words that were looked at."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from core.lifecycle import MoveRefused
from notifications import addresses
from pledges import access, contacts, looking, records, sites
from pledges.employer_forms import LeadForm, PersonForm, RecordForm, SiteForm
from pledges.home_links import send_home_link_again
from pledges.models import Employer, EmployerContact, EmployerSite

FIELDS = ("name", "company_number", "charity_number", "domain", "size", "sector", "charity_or_public")


def employer_of(request: HttpRequest, public_id: UUID) -> Employer:
    """A business the hat may see, else a 404."""
    rows = access.employers_of(access.hat_of(request)).select_related("lead", "sector")
    return get_object_or_404(rows, public_id=public_id)


def edit_employer(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """`/desk/employers/<public_id>/edit/`. What ends a check is said first, and done when it is confirmed."""
    employer = employer_of(request, public_id)
    form = RecordForm(request.POST or None, initial={name: getattr(employer, name) for name in FIELDS})
    asks = False
    if request.method == "POST" and form.is_valid():
        record = form.record()
        asks = records.ends_the_check(employer, record) and not form.cleaned_data["confirmed"]
        if not asks and _write(request, employer, form):
            return redirect("pledges:show-employer", employer.public_id)
    if asks:
        form = RecordForm({**form.data.dict(), "confirmed": "on"}) if hasattr(form.data, "dict") else form
    context = {"employer": employer, "form": form, "asks": asks}
    return render(request, "pledges/employer_edit.html", context)


def _write(request: HttpRequest, employer: Employer, form: RecordForm) -> bool:
    try:
        ended = records.write_record(employer=employer, to=form.record(), by=access.user_of(request))
    except MoveRefused as refused:
        form.add_error(None, str(refused))
        return False
    said = _("Saved. Ring them again: the check begins anew.") if ended else _("Saved.")
    messages.success(request, said)
    return True


@require_POST
def give_lead(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Take a business, or give it to a colleague."""
    employer = employer_of(request, public_id)
    form = LeadForm(request.POST, people=access.coordinators_of(access.hat_of(request)))
    if not form.is_valid():
        messages.error(request, _("Choose a coordinator of a member council."))
    else:
        try:
            records.set_lead(employer=employer, lead=form.cleaned_data["lead"], by=access.user_of(request))
            messages.success(request, _lead_words(employer))
        except MoveRefused as refused:
            messages.error(request, str(refused))
    return redirect("pledges:show-employer", employer.public_id)


def _lead_words(employer: Employer) -> str:
    if employer.lead is None:
        return _("Nobody leads this business now.")
    return _("%(name)s leads this business for every member council.") % {"name": employer.lead.name}


def add_person(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Note somebody at the business; not approved."""
    employer = employer_of(request, public_id)
    form = PersonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            contacts.add_contact(employer=employer, reach=form.reach())
            return _done(request, employer, _("Saved. This person is not approved yet."))
        except contacts.ContactRefused as refused:
            form.add_error(None, str(refused))
    return _add_page(request, employer, form, _("Add a person"))


def add_site(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Note a place of work; not approved."""
    employer = employer_of(request, public_id)
    form = SiteForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            sites.add_site(employer=employer, **form.cleaned_data)
            return _done(request, employer, _("Saved. This site is not approved yet."))
        except sites.SiteRefused as refused:
            form.add_error("postcode", str(refused))
    return _add_page(request, employer, form, _("Add a site"))


def _add_page(request: HttpRequest, employer: Employer, form: Any, title: str) -> HttpResponse:
    context = {"employer": employer, "form": form, "title": title}
    return render(request, "pledges/employer_add.html", context)


def _done(request: HttpRequest, employer: Employer, words: str) -> HttpResponse:
    messages.success(request, words)
    return redirect("pledges:show-employer", employer.public_id)


@require_POST
def approve_person(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """A coordinator knows this person; or takes that back (`do=end`); or has asked them, and their address or number
    works (`do=again`)."""
    seen = access.employers_of(access.hat_of(request))
    rows = EmployerContact.objects.filter(employer__in=seen).select_related("employer")
    contact = get_object_or_404(rows, public_id=public_id)
    try:
        if request.POST.get("do") == "end":
            contacts.end_contact(contact=contact)
        elif request.POST.get("do") == "again":
            addresses.try_again([contact.email, contact.phone])
        else:
            contacts.approve_contact(contact=contact, by=access.user_of(request))
        messages.success(request, _("Saved."))
    except contacts.ContactRefused as refused:
        messages.error(request, str(refused))
    return redirect("pledges:show-employer", contact.employer.public_id)


@require_POST
def send_person_link(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Somebody of a business has lost the mail: a link to their page goes to their own mailbox once more."""
    rows = EmployerContact.objects.filter(employer__in=access.employers_of(access.hat_of(request))).exclude(email="")
    contact = get_object_or_404(rows.exclude(employer__state__in=contacts.CLOSED), public_id=public_id)
    if addresses.sends_nothing(contact.email):
        messages.warning(request, _("That address does not work any more, so nothing is sent there: ask them."))
    elif send_home_link_again(contact):
        messages.success(request, _("We send them the link now."))
    else:
        messages.warning(request, _("It was sent three times today. Ring them: is the address right?"))
    return redirect("pledges:show-employer", contact.employer.public_id)


@require_POST
def approve_site(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """A coordinator knows this place."""
    seen = access.employers_of(access.hat_of(request))
    site = get_object_or_404(
        EmployerSite.objects.filter(employer__in=seen).select_related("employer"), public_id=public_id
    )
    try:
        sites.approve_site(site=site, by=access.user_of(request))
        messages.success(request, _("Saved."))
    except sites.SiteRefused as refused:
        messages.error(request, str(refused))
    return redirect("pledges:show-employer", site.employer.public_id)


@require_POST
def see_words(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """A coordinator has looked at risky words: they may be used from now on."""
    rows = access.pledges_of(access.hat_of(request)).select_related("employer")
    pledge = get_object_or_404(rows, public_id=public_id)
    try:
        looking.mark_seen(pledge=pledge, by=access.user_of(request))
        messages.success(request, _("Saved. These words may be used now."))
    except looking.NothingToSee as refused:
        messages.error(request, str(refused))
    return redirect("pledges:show-employer", pledge.employer.public_id)
