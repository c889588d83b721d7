"""The adviser's section about matches in their digest. Asked when the mail is made: people and opportunities change."""

from collections.abc import Sequence
from urllib.parse import urljoin

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.utils.translation import ngettext

from accounts.cover import supporters_of
from accounts.models import YoungPerson
from accounts.roles import SEES_YOUNG_PEOPLE, WORKERS
from matching import telling
from matching.asking import Questions
from matching.models import Match, MatchAction
from matching.shown import Shown, live, matches_of
from matching.telling import PURPOSE
from notifications import causes, digest_links
from notifications.models import Outbox
from notifications.registry import Kind, Mail, Mails, Purpose, Rows, Text, register

KIND = Kind("matches", _lazy("New matches for young people I support"), WORKERS & SEES_YOUNG_PEOPLE)
TAP = "matching:act-from-mail"
TAPS = {"talk": _lazy("I'll talk to them"), "later": _lazy("Later"), "not-now": _lazy("Not now")}
A_WEEK = 5  # new matches that a worker reads about by mail


def register_purpose() -> None:
    """Called once, when the room is ready."""
    causes.register("matches", _lazy("Something fits a young person"), telling.told_since)
    register(
        Purpose(
            PURPOSE, "digest", may_receive=may_receive, render=render,
            kind=KIND, best=best, a_week=A_WEEK, page="matching:list-matches", render_all=render_all,
        )
    )  # fmt: skip


def may_receive(rows: Sequence[Outbox]) -> set[int]:
    """The ids of the rows still to be told: the recipient is their worker or stands in
    for them today, the match is live, nobody acted on it."""
    people = {row.person_id for row in rows if row.person_id}
    supporters = supporters_of(people)
    open_still = set(live(Match.objects.filter(person_id__in=people)).values_list("person_id", "opportunity_id"))
    acted = MatchAction.objects.filter(person_id__in=people).values_list("person_id", "opportunity_id", "state")
    done = {(person, opportunity) for person, opportunity, state in acted if state != MatchAction.State.NOT_NOW}
    return {
        row.pk
        for row in rows
        if (row.person_id, row.recipient_id) in supporters
        and (pair := (row.person_id, row.cause_id)) in open_still
        and pair not in done
    }


def best(rows: Rows) -> list[Outbox]:
    """The matches that fit best first. One query."""
    found = Match.objects.filter(person_id__in={row.person_id for row in rows})
    found = found.filter(opportunity_id__in={row.cause_id for row in rows})
    scores = {(m[0], m[1]): m[2] for m in found.values_list("person_id", "opportunity_id", "score")}
    return sorted(rows, key=lambda row: (-scores.get((row.person_id, row.cause_id), 0), row.person_id or 0, row.pk))


def render(row: Outbox, items: Rows) -> Mail | Text:
    """The section of one mail."""
    return render_all([(row, items)])[0]


def render_all(mails: Mails) -> list[Mail | Text]:
    """Grouped by young person under the adviser's own label: kind, distance, reasons and a link. Names, titles and
    places stay inside the product. Eight queries for any number of mails."""
    about = {item.person_id for _, items in mails for item in items}
    people = {person.pk: person for person in YoungPerson.objects.filter(pk__in=about).order_by("pk")}
    causes = {item.cause_id or 0 for _, items in mails for item in items}
    matches = matches_of(people, only=causes)
    questions = Questions(people)
    return [_section(row, items, people, matches, questions) for row, items in mails]


def _section(
    row: Outbox, items: Rows, people: dict[int, YoungPerson], matches: dict[int, list[Shown]], questions: Questions
) -> Mail:
    wanted = {(item.person_id, item.cause_id) for item in items}
    own = {person: people[person] for person in sorted({item.person_id for item in items if item.person_id in people})}
    told = [m for p in own for m in matches.get(p, []) if (p, m.opportunity_id) in wanted]
    subject = ngettext("%(number)s new match", "%(number)s new matches", len(told)) % {"number": len(told)}
    labels = sorted({match.person_id for match in told}, key=lambda person: (people[person].label, person))
    numbers = {(item.person_id, item.cause_id): item.pk for item in items}
    lines = {(m.person_id, m.opportunity_id): _line(row, numbers[m.person_id, m.opportunity_id], m) for m in told}
    parts = [_part(people[person], [words for pair, words in lines.items() if pair[0] == person]) for person in labels]
    if asked := questions.one_about(own):
        question, page = asked
        words = _("One question: %(question)s\nSay it here: %(address)s")
        parts.append(words % {"question": question, "address": _whole(page)})
    return Mail(subject, "\n\n".join(parts))


def _part(person: YoungPerson, lines: list[str]) -> str:
    page = _("Their list: %(address)s") % {"address": _address("matching:list-matches") + f"#p-{person.public_id}"}
    return "\n".join([person.label, *lines, page])


def _line(row: Outbox, number: int, match: Shown) -> str:
    """What fits and why; below it what can be done about it at once, from a mail that goes out."""
    taps = [f"  {words}: {digest_links.address(row, TAP, number, said)}" for said, words in TAPS.items() if row.link]
    return "\n".join([f"- {match.kind_name}: {match.line}", *taps])


def _address(name: str) -> str:
    return _whole(reverse(name))


def _whole(path: str) -> str:
    return urljoin(settings.SITE_URL, path)
