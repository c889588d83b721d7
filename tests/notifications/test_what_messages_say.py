"""What messages say, and what they never say, whatever people have typed into names, places and words.

Each purpose is rendered in a world where every field is hostile (tests/notifications/hostile.py). A purpose that is not
in WHO is a red test: whoever adds one says who reads it.
"""

import re
from collections.abc import Set
from dataclasses import dataclass, replace

import pytest
from django.conf import settings as conf
from django.template import engines

from accounts import hearing
from introductions.news import NEWS
from notifications import picking, preparing, registry
from notifications.models import Outbox
from notifications.registry import TEXT_LENGTH, Mail, Text, begin_with, in_brief, only_ours
from tests import factories
from tests.notifications.hostile import COUNCIL, FIELDS, NASTY, World

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("longest_address")]

OWN, WORKER, DESK, LEAD, BUSINESS = "young person", "worker", "desk", "lead", "business"
GIVER = {"Qemployer"}  # to a business: its own name
OFFICER = GIVER | {"Qofficer"}  # and who is there for it
CARE = re.compile(r"\b(care|leaver|looked after|social work|personal advis|foster|council|leaving)", re.IGNORECASE)
ADDRESS = re.compile(  # as a mail program finds them
    r"(?i:\b\w+://|\bwww\.)\S+|\b[\w-]+(?:\.[\w-]+)*\.(?i:[a-z]{2,})/\S*|\S+@\S+"
)


@dataclass(frozen=True)
class Reads:
    """who: reads it. cause: an attribute of World. may: which fields its body may say."""

    who: str
    cause: str
    may: Set[str] = frozenset()


def reads(who: str, cause: str, *may: str) -> Reads:
    return Reads(who, cause, frozenset(may))


WHO = {
    "digest": reads(WORKER, "match", "Qlabel"),
    "match": reads(WORKER, "match", "Qlabel"),  # the worker's own short word, the kind and the distance
    "draft_ready": reads(DESK, "ready"),
    **dict.fromkeys(("sign_in_code", "sign_in_text", "join_code", "join_text", "new_number"), reads(OWN, "person")),
    **{name: reads(OWN if news.own else WORKER, "row") for name, news in NEWS.items()},
    "ended_worker": reads(WORKER, "row"),
    "ended_young_person": reads(OWN, "row"),
    **dict.fromkeys(("ended_business", "ended_business_text"), reads(BUSINESS, "row")),
    **dict.fromkeys(("introduced_business", "introduced_business_text"), reads(BUSINESS, "row")),
    "remind_worker": reads(WORKER, "row"),
    "remind_own": reads(OWN, "row"),
    **dict.fromkeys(("remind_business", "remind_business_text"), reads(BUSINESS, "row")),
    "how_own": reads(OWN, "how:young_person"),
    "how_worker": reads(WORKER, "how:worker"),
    "how_trouble": reads(WORKER, "how:young_person"),
    **dict.fromkeys(("how_business", "how_business_text"), reads(BUSINESS, "how:employer")),
    **dict.fromkeys(("concern", "concerns_many", "concern_late"), reads(LEAD, "concern")),
    "objection": reads(WORKER, "objection"),
    "objection_answer": reads(OWN, "objection"),
    **dict.fromkeys(("help_again", "help_again_team"), reads(WORKER, "help")),
    "sign_in_own": reads(OWN, "person"),
    "sign_in_worker": reads(WORKER, "person"),
    "team change": reads(WORKER, "person"),
    "team change own": reads(OWN, "person"),
    "transfer": reads(WORKER, "transfer"),
    "own_matches": reads(OWN, "person"),
    "pledge_thanks": Reads(BUSINESS, "pledge", OFFICER),
    "pledge_nudge": Reads(BUSINESS, "nudge", OFFICER),
    "pledge_closing": Reads(BUSINESS, "lapsed", GIVER),
    **dict.fromkeys(("pledge_thanks_text", "pledge_closing_text"), reads(BUSINESS, "pledge")),
    "pledge_nudge_text": reads(BUSINESS, "nudge"),
    "ask_made": reads(BUSINESS, "ask", "Qwords", "Qplace", COUNCIL, "care"),  # their own words; where to hand it over
    "ask_made_text": reads(BUSINESS, "ask"),
    "support_used": Reads(BUSINESS, "contact", GIVER),
    "employer_home": reads(BUSINESS, "contact"),
    **dict.fromkeys(("contact_changed", "contact_changed_text"), reads(BUSINESS, "wish")),
    "still_open": Reads(BUSINESS, "nudge", OFFICER | {"Qtitle"}),
    "still_open_text": reads(BUSINESS, "nudge"),
}
TO_YOUNG_PEOPLE = {name for name, each in WHO.items() if each.who == OWN}
# Said beside a name or an address: whose they are. Leads are told that they are leads of a council.
SAYS_CARE = {"ask_made", "concern", "concern_late"}


@pytest.fixture(scope="module", params=NASTY)
def nasty(request):
    return request.param


@pytest.fixture
def world(nasty):
    with factories.as_worker():
        yield World(nasty)


def rendered(world: World, purpose: str) -> Mail | Text:
    """The message as it would leave the house, but for the word of a young person."""
    row = world.about(purpose, WHO[purpose].cause)
    rule = registry.find(purpose)
    items = world.ready_items() if purpose == "draft_ready" else world.items
    if purpose == "digest":
        items = [*world.items, *world.ready_items()]
    mail = rule.render(row, items if rule.channel == "digest" or purpose == "digest" else [])
    return only_ours(mail)


def said_by(fields, text: str) -> set[str]:
    """The fields and the council, as far as a text says them."""
    return {field for field in fields if field in text}


def problems(purpose: str, mail: Mail | Text) -> list[str]:
    """What is wrong with a message, in words."""
    who = WHO[purpose]
    all_fields = {*FIELDS, COUNCIL}
    found = [f"subject: {each}" for each in said_by(all_fields, mail.subject)]
    found += ["subject: care"] if CARE.search(mail.subject) else []
    found += ["subject: not one plain line"] if not mail.subject.isprintable() else []
    may = set() if isinstance(mail, Text) else who.may
    found += [f"body: {each}" for each in said_by(all_fields - may, mail.text)]
    if isinstance(mail, Text):
        found += ["text: too long or not plain"] if len(mail.text) > TEXT_LENGTH or not mail.text.isascii() else []
    found += ["body: care"] if purpose not in SAYS_CARE and CARE.search(_ours(mail.text, may)) else []
    return found + [f"link: {each}" for each in ADDRESS.findall(mail.text) if not _is_ours(each)] + _lines(mail)


def _ours(text: str, may: set[str]) -> str:
    """The words that are ours: lines in which a field may stand say what its writer says."""
    return "\n".join(line for line in text.splitlines() if not said_by(may, line))


def _is_ours(link: str) -> bool:
    return link.startswith(f"{conf.SITE_URL}/") or link == conf.SITE_URL


def _lines(mail: Mail | Text) -> list[str]:
    """A link is the end of its line, so that no mail program takes what follows for a part of it; no line is longer
    than mail servers carry (RFC 5322: 998); nothing turns the writing round."""
    links = [line for line in mail.text.splitlines() if conf.SITE_URL in line and re.search(r"https?://\S+\s+\S", line)]
    long = [line for line in mail.text.splitlines() if len(line) > 998]
    marks = [sign for sign in mail.text if not sign.isprintable() and sign not in "\n\u200d"]
    return [f"line: {each}" for each in (*links, *long, *map(ascii, marks))]


def test_every_purpose_is_covered():
    assert set(WHO) == set(registry.names())


def test_planted_a_purpose_that_nobody_looks_at(monkeypatch):
    monkeypatch.setitem(registry._purposes, "new", registry.find("digest"))
    assert set(WHO) != set(registry.names())


def test_no_message_says_what_it_should_not(world):
    found = {purpose: problems(purpose, rendered(world, purpose)) for purpose in WHO}
    assert {purpose: what for purpose, what in found.items() if what} == {}


def test_every_mail_to_a_young_person_is_one_text_too_with_the_longest_word(world):
    for purpose in sorted(TO_YOUNG_PEOPLE):
        mail = rendered(world, purpose)
        text = in_brief(mail) if isinstance(mail, Mail) else mail
        for each in (text, begin_with("W" * hearing.LONGEST, text)):
            assert problems(purpose, each) == [], purpose


def test_what_waits_elsewhere_says_its_kind_and_a_number(world):
    for item in world.items:
        item.reason = picking.WAITS
    rows = [*world.ready_items(), *world.items]
    mail = registry.find("digest").render(Outbox(purpose="digest", recipient=world.worker), rows)
    assert problems("digest", mail) == [] and "more on your page" in mail.text


def test_the_sender_says_nothing(settings):
    assert not CARE.search(settings.DEFAULT_FROM_EMAIL) and COUNCIL not in settings.DEFAULT_FROM_EMAIL


# --- planted defects --------------------------------------------------------------------------------------------------


@pytest.fixture
def plain():
    with factories.as_worker():
        yield World("plain")


@pytest.mark.parametrize(
    ("template", "caught"),
    [
        ("Hello {{ young }},", "body: Qyoung"),
        ("{{ label }} waits", "body: Qlabel"),
        ("{{ employer }} would like to meet you", "body: Qemployer"),
        ("Meet them at {{ place }}", "body: Qplace"),
        ("From Nottinghamshire", "body: Nottinghamshire"),
        ("Your personal adviser says hello", "body: care"),
        ("See https://other.example/page", "link: https://other.example/page"),
        ("{{ site }}/me/ is your page", "line: {{ site }}/me/ is your page"),
    ],
)
def test_planted_a_template_that_says_too_much(plain, template, caught):
    values = {"young": plain.user.name, "label": plain.person.label, "employer": plain.pledge.employer.name}
    values |= {"place": plain.pledge.town, "site": conf.SITE_URL}
    text = engines["django"].from_string(template).render(values)
    assert caught.replace("{{ site }}", conf.SITE_URL) in problems("news_asked", Mail("Something is waiting", text))


@pytest.mark.parametrize("name", ["Qyoung", "Qemployer", COUNCIL, "your leaving care team"])
def test_planted_a_subject_that_says_a_name(name):
    assert problems("news_asked", Mail(f"A message for {name}", "Hello,"))


def test_planted_a_text_with_the_place_to_hand_it_over(plain):
    assert problems("ask_made_text", Text(f"Hand it over at {plain.ask.hand_over_at}")) == ["body: Qplace"]


def test_a_subject_is_one_line_that_nothing_turns_round():
    """A name in a subject would be refused here: none of ours holds one."""
    for subject in ("two\nlines", "turned \u202eround", ""):
        with pytest.raises(ValueError, match="one line"):
            Mail(subject, "text")


@pytest.mark.parametrize(
    ("said", "reads"),
    [
        ("Hello, Win https://evil.example/x now.", "Hello, Win (...) now."),
        ("Hello, www.evil.example and evil.example/now", "Hello, (...) and (...)"),
        ("Booking.com and 9.30/10.00", "Booking.com and 9.30/10.00"),
        ("turned \u202eround\u2066 and\r\nfamily 👩\u200d🔧", "turned round and\nfamily 👩\u200d🔧"),
        ("{site}/me/", "{site}/me/"),
        ("{site}.evil.example/me/", "(...)"),
    ],
)
def test_links_of_others_and_what_turns_the_writing_round_are_taken_out(said, reads):
    site = conf.SITE_URL
    assert only_ours(Mail("Subject", said.replace("{site}", site))).text == reads.replace("{site}", site)


def test_planted_nothing_is_taken_out(monkeypatch):
    """The twin without it: a stranger's business called after their website sends its link from our mailbox."""
    with factories.as_worker():
        world = World("link")
        row = world.about("pledge_thanks", "pledge")
        mail = registry.find("pledge_thanks").render(row, [])
    assert any(each.startswith("link: ") for each in problems("pledge_thanks", mail))
    assert problems("pledge_thanks", only_ours(mail)) == []


def test_it_is_taken_out_of_every_letter(plain, monkeypatch):
    rule = replace(
        registry.find("news_asked"), render=lambda row, items: Mail("S", "www.evil.example"), may_receive=_all
    )
    monkeypatch.setitem(registry._purposes, "news_asked", rule)
    row = plain.about("news_asked", "row")
    assert preparing.prepare(row).mail.text == "(...)"


def _all(rows) -> set[int]:
    return {row.pk for row in rows}
