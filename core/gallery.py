"""Samples for the gallery of components: one of each, in every state. All names and figures are made up."""

import datetime as dt
from typing import Any

from django import forms
from django.contrib.messages import constants as levels
from django.contrib.messages.storage.base import Message
from django.core.paginator import Paginator
from django.utils.translation import gettext_lazy as _

from core import forms as fr
from core import look

KIND_LABELS = {
    "ringfenced-job": _("Job"),
    "apprenticeship": _("Apprenticeship"),
    "work-experience": _("Work experience"),
    "guaranteed-interview": _("Interview promised"),
    "site-visit": _("Visit"),
    "skills-course": _("Course"),
    "mentoring": _("Mentor"),
    "volunteering": _("Volunteering"),
    "kit": _("Kit and travel"),
    "undecided": _("Not sure yet. Ring me"),
}


class GalleryForm(forms.Form):
    """Every control once."""

    kind = forms.ChoiceField(
        label=_("What would you like to promise?"),
        choices=[
            ("ringfenced-job", _("A job")),
            *list(KIND_LABELS.items())[1:3],
            ("undecided", _("Not sure yet. Ring me")),
        ],
        widget=fr.ChoiceCards(more={"ringfenced-job": _("Paid, with a contract")}, columns=2),
        error_messages={"required": _("Choose what you would like to promise")},
    )
    places = forms.IntegerField(
        label=_("How many places?"),
        help_text=_("A good guess is fine. You can change it."),
        min_value=1,
        widget=fr.CountInput(),
        error_messages={"invalid": _("Places must be a number, like 2")},
    )
    month = fr.MonthField(label=_("By which month?"), help_text=_("Leave out the year if it is the next one."))
    day = fr.DateField(label=_("When does the insurance end?"), help_text=_("Like 7 12 2027"), required=False)
    reach = forms.EmailField(
        label=_("Your email address"),
        error_messages={"required": _("Enter an email address, like jo@example.org")},
    )
    by = forms.ChoiceField(
        label=_("How should we reach you?"),
        choices=[("text", _("Text")), ("call", _("Call"))],
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose text or call")},
    )
    time = forms.ChoiceField(
        label=_("Best time to ring"), choices=[("am", _("Morning")), ("pm", _("Afternoon"))], required=False
    )
    extras = forms.MultipleChoiceField(
        label=_("What could you help with?"),
        choices=[("travel", _("Travel costs")), ("kit", _("Work clothes or tools"))],
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    interests = forms.MultipleChoiceField(
        label=_("Choose all you like"),
        choices=[("trades", _("Trades")), ("food", _("Food"))],
        widget=fr.ChoiceCardsMultiple(looks={"trades": look.KINDS["apprenticeship"]}, columns=2),
        required=False,
    )
    words = forms.CharField(
        label=_("What would they do?"),
        help_text=_("Two or three plain sentences."),
        widget=forms.Textarea(attrs={"rows": 4}),
        required=False,
    )
    certificate = forms.FileField(
        label=_("Your insurance certificate"), help_text=_("A photo or a PDF, up to 5 MB."), required=False
    )
    reference = forms.CharField(label=_("Reference"), initial="FR-73", disabled=True, required=False)
    agree = forms.BooleanField(
        label=_("If I have not answered by 23 December, you may publish the simple version"),
        error_messages={"required": _("Tick the box, or ring us")},
    )


class GalleryFilters(forms.Form):
    """A filter form: nothing is marked optional, because all of it is."""

    mark_optional = False
    q = forms.CharField(label=_("Search"), help_text=_("Try a job or a place"), required=False)
    good = forms.MultipleChoiceField(
        label=_("Good to know"),
        choices=[("quals", _("No qualifications needed")), ("travel", _("Travel paid"))],
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )


CARDS = [
    {
        "url": "#job",
        "title": "Kitchen team member",
        "who": "The Old Bank Kitchen",
        "sentence": "Learn to cook with a small, friendly team. You get a hot meal every shift.",
        "kind": "ringfenced-job",
        "kind_label": KIND_LABELS["ringfenced-job"],
        "chips": ["No qualifications needed", "Travel paid"],
        "facts": [
            {"icon": "pound", "text": "£381 a week", "strong": True},
            {"icon": "clock", "text": "30 hours, no late nights"},
            {"icon": "pin", "text": "Northmoor, 2 miles"},
        ],
    },
    {
        "url": "#visit",
        "title": "See how a film set works",
        "who": "Tall Ship Pictures",
        "sentence": "Spend a day with the crew. Bring a friend or your adviser.",
        "kind": "site-visit",
        "kind_label": KIND_LABELS["site-visit"],
        "chips": ["Travel paid"],
        "facts": [
            {"icon": "pound", "text": "Free, lunch included", "strong": True},
            {"icon": "calendar", "text": "1 day, Friday 11 December"},
            {"icon": "pin", "text": "Harbour, 9 miles"},
        ],
    },
]
STACKED_FACTS = [
    {"icon": "pound", "text": "£381 a week", "more": "£12.71 an hour. First pay day: 18 December"},
    {"icon": "clock", "text": "30 hours a week", "more": "10am to 4pm. No late nights"},
    {"icon": "shield", "text": "We have checked them", "more": "Our team went to see them"},
]
TODO = [
    {
        "kind": "ringfenced-job",
        "title": "K, 19",
        "badge": "Today",
        "badge_kind": "now",
        "text": "Kitchen team member, The Old Bank Kitchen",
        "more": "Job, food, 2 miles: all that K asked for.",
        "action": "#",
        "hidden": [("match", "1")],
        "buttons": [
            {"label": "I have shared it", "name": "answer", "value": "shared"},
            {"label": "Not now", "name": "answer", "value": "not-now", "second": True},
        ],
    },
    {
        "kind": "mentoring",
        "title": "L, 21",
        "badge": "2 days late",
        "badge_kind": "late",
        "text": "A mentor at Brightside Digital",
        "action": "#",
        "buttons": [{"label": "Show it to L", "name": "answer", "value": "shared"}],
    },
]
STATS = [
    {"label": "Pledged at the breakfast", "figure": 73, "more": "places from 52 businesses", "lead": True},
    {"label": "Open now", "figure": 31, "more": "8 more are being checked"},
    {"label": "Started", "figure": 12},
]
ROWS = [
    {"label": "Kind", "value": "Work experience", "url": "#kind"},
    {"label": "Places", "value": "2, by March", "url": "#places"},
    {"label": "Reach you by", "value": "Text, mornings"},
]
COLUMNS = [{"label": "District"}, {"label": "Pledged", "num": True}, {"label": "Started", "num": True}]
TABLE = [
    [{"text": "City", "url": "#city"}, {"text": "52", "num": True}, {"text": "17", "num": True}],
    ["Northmoor", {"text": "28", "num": True}, {"text": "9", "num": True}],
]
FOLD_COLUMNS = [{"label": "Name"}, {"label": "Now"}, {"label": "Last news"}]
FOLD_TABLE = [
    [
        {"text": "Kai", "url": "#kai"},
        {"text": "Meeting", "badge": "info"},
        "Meets Old Bank Kitchen on Thursday",
    ],
    [
        {"text": "Leah", "url": "#leah"},
        {"text": "Starting", "badge": "good"},
        "Meadow Farm Rescue, Wednesday",
    ],
]
STEPS = [
    {
        "title": "You get a thank-you",
        "text": "With the date you chose.",
        "when": "Within a minute",
        "done": True,
    },
    {
        "title": "We write it up for you",
        "text": "You look, change it or say yes.",
        "when": "Tomorrow",
        "who": "Amina",
    },
    {
        "title": "A real person rings",
        "text": "Before anything goes live.",
        "when": "By day 10",
        "who": "Amina",
    },
]
MOMENTS = [
    {"date": dt.date(2026, 12, 7), "text": "We ask how it is going.", "next": True},
    {"date": dt.date(2026, 11, 16), "text": "A month of bus fares was used."},
]


def samples() -> dict[str, Any]:
    """Everything the gallery page shows."""
    return {
        "form": GalleryForm(),
        "wrong_form": GalleryForm({"places": "two", "month_0": "3", "month_1": "26"}, auto_id="wrong_%s"),
        "small_form": GalleryFilters(auto_id="small_%s"),
        "filters": GalleryFilters({"good": ["travel"]}, auto_id="filter_%s"),
        "kinds": KIND_LABELS.items(),
        "removable": [("No qualifications needed", "#"), ("Travel paid", "#")],
        "badges": [
            ("", "Looking"),
            ("good", "Started"),
            ("now", "Today"),
            ("late", "2 days late"),
            ("info", "Meeting"),
        ],
        "cards": CARDS,
        "kept": {"icon": "heart", "text": "Kept open for you"},
        "stacked_facts": STACKED_FACTS,
        "todo": TODO,
        "stats": STATS,
        "rows": ROWS,
        "columns": COLUMNS,
        "table": TABLE,
        "fold_columns": FOLD_COLUMNS,
        "fold_table": FOLD_TABLE,
        "steps": STEPS,
        "moments": MOMENTS,
        "places": ["started", "held", "live", "not yet"],
        "page": Paginator(range(120), 10).page(4),
        "crumbs": [("Events", "#"), ("Northmoor breakfast", "#")],
        "tabs": [{"label": "Open", "url": "#", "current": True, "count": 31}, {"label": "Kept", "url": "#"}],
        "said": [
            Message(levels.SUCCESS, "Your pledge is saved."),
            Message(levels.ERROR, "That did not work."),
        ],
        "by": dt.date(2026, 12, 4),
        "sample_hat": {"role_label": "Adviser", "where": "Northmoor Council"},
        "sample_menu": [("Inbox", "#", True), ("People", "#", False), ("Open now", "#", False)],
    }
