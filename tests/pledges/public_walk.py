"""Every address that is open to visitors, of a small world, and what each answers."""

import datetime as dt
import re
from collections.abc import Callable

from django.core import signing
from django.test import Client
from django.urls import reverse

from accounts import joining
from accounts.links import make_link
from core import clock
from core.scope import NOBODY, scope
from introductions import business, business_messages, wrong
from matching import stop_news
from notifications import digest_links
from notifications.models import Outbox
from opportunities import services, still_open_messages
from opportunities.models import Opportunity
from pledges import asks, home_links, honest
from pledges.messages import link_to
from pledges.models import EmployerContact, Pledge
from pledges.more_forms import STEPS
from tests import factories
from tests.introductions import factories as introduced
from tests.introductions import staying_made
from tests.opportunities import factories as make
from tests.pledges import made

# What differs from one answer to the next, and tells of nothing: a form's token and key, a page's nonce, now.
FRESH = re.compile(
    rb'(?<=name="csrfmiddlewaretoken" value=")[^"]+|(?<=name="key" value=")[0-9a-f]{32}|(?<=nonce=")[^"]+'
    rb"|(?<=DTSTAMP:)[0-9TZ]+"
)
HEADERS = ("ETag", "Cache-Control", "Location", "Last-Modified", "Content-Type", "Content-Disposition")
# Open to visitors, and yet never about a promise: signing in, and whether the machine is well.
ELSEWHERE = {
    "account_login",
    "account_request_login_code",
    "account_confirm_login_code",
    "account_logout",
    "notifications:show-health",
    "notifications:show-readiness",
    "notifications:show-metrics",  # 404 without a token
    "notifications:take-from-notify",
}


class World:
    """A breakfast of five businesses: the first one's job is open, one has given kit, and day 30 was counted."""

    def __init__(self, places_open: int = 2, code: str = "ringfenced-job") -> None:
        officer = factories.user("Amina")
        with scope(NOBODY):
            self.event = made.event(days=-31, owner=officer)
            self.pledges = [
                made.pledge(
                    event=self.event,
                    code="kit" if n == 1 else code if n == 0 else "ringfenced-job",
                    business=f"Firm {n}",
                    reach=made.reach(f"jo@firm-{n}.example"),
                    places=places_open if n == 0 else 2,
                    by_month=(clock.today() + dt.timedelta(days=100)).replace(day=1),
                )
                for n in range(5)
            ]
            Pledge.objects.update(show_business=True)
            for pledge in self.pledges[:2]:
                made.checked(pledge.employer, weight="full")
        self.officer = officer
        self.row = Opportunity.objects.get(pledge=self.pledges[0])
        self.publish(search_engines=code == "guaranteed-interview")
        with factories.as_worker():
            honest.score_events()
            self.known = self._known_to_another()
            self.invitation = joining.invite(person=factories.young_person())
        self.mailed = self._match_told_by_mail()
        self.how = staying_made.link_of(staying_made.check_in(staying_made.started()))
        self.addresses = {name: addresses for name, addresses in self._addresses()}

    def _known_to_another(self) -> str:
        """The page of an introduction at another business."""
        row = introduced.introduced()
        EmployerContact.objects.filter(pk=row.opportunity.pledge.contact_id).update(
            approved_by=self.officer, approved_on=clock.today()
        )
        return re.sub(r"^https?://[^/]+", "", business_messages.link_to(row))

    def _match_told_by_mail(self) -> str:
        """The link of a mail that tells an adviser that the opportunity fits somebody."""
        worker = factories.adviser()
        person = factories.young_person(worker=worker)
        values = {"purpose": "match", "channel": "digest", "cause_id": self.row.pk, "dedupe_key": "match told"}
        with factories.as_worker():
            item = Outbox.objects.create(recipient=worker, person=person, state="accepted", **values)
            digest = Outbox(recipient=worker)
            digest_links.sign(digest, [item])
            return reverse("matching:act-from-mail", args=[digest.link, item.pk, "later"])

    def publish(self, **more) -> None:
        easting, northing = make.MANSFIELD
        values = {
            "town": "Mansfield",
            "easting": easting,
            "northing": northing,
            "pay_pence": 1400,
            "hours_a_week": 30,
            "min_age": 18,
            "min_age_reason": "insurance",
        }
        values |= {"title": "Kitchen porter", "category": make.category(), **more}
        Opportunity.objects.filter(pk=self.row.pk).update(**values)
        self.row.refresh_from_db()
        for verb in (services.submit, services.approve):
            with make.acting(factories.user()) as by:
                verb(opportunity=self.row, by=by, role="coordinator")

    def _addresses(self):
        """Every route that a visitor may read, with the addresses to look at."""
        with scope(NOBODY):
            tokens = [link_to(pledge).strip("/").split("/")[-1] for pledge in self.pledges[:2]]
        with factories.as_worker():
            homes = [home_links.home_link(pledge.contact).split("/k/")[1].split("/")[0] for pledge in self.pledges[:2]]
        code, pk = self.event.code, self.row.public_id
        queries = ("", "?q=kitchen", "?place=NG18+1&miles=40", "?kind=ringfenced-job", "?sort=newest")
        yield "core:show-home", ["/"]
        for name in ("help", "privacy", "accessibility"):
            yield f"core:show-{name}", [f"/{name}/"]
        yield "opportunities:list-opportunities", [f"/opportunities/{query}" for query in queries]
        yield "opportunities:show-opportunity", [f"/opportunities/{pk}/", f"/opportunities/{pk}/?view=easy"]
        yield "opportunities:api-list-opportunities", [f"/api/v1/opportunities/{query}" for query in queries]
        yield "opportunities:api-show-opportunity", [f"/api/v1/opportunities/{pk}/"]
        yield "opportunities:show-rss", [f"/opportunities/feed/rss/{query}" for query in queries]
        yield "opportunities:show-json", [f"/opportunities/feed/json/{query}" for query in queries]
        yield "opportunities:show-embedded", [f"/embed/opportunities/{query}" for query in queries]
        yield "opportunities:explain-embed", ["/opportunities/embed/"]
        yield "opportunities:show-sitemap", ["/sitemap.xml"]
        yield "opportunities:show-robots", ["/robots.txt"]
        yield "opportunities:show-api", ["/api/"]
        yield "opportunities:api-show-schema", ["/api/v1/schema/"]
        yield "opportunities:say-why", ["/useful/thanks/"]
        asked = make_link(purpose=still_open_messages.LINK, object_id=self.row.pk, verbs=[still_open_messages.VERB])
        yield "opportunities:answer-still-open", [f"/k/{asked}/still/open/"]
        yield "pledges:make-pledge", ["/pledge/"]
        yield "pledges:make-pledge-at", [f"/pledge/{code}/"]
        yield "pledges:show-wall", [f"/pledge/{code}/wall/"]
        yield "pledges:show-wall-now", [f"/pledge/{code}/wall/now/"]
        yield "pledges:show-public-code", [f"/pledge/{code}/code.svg"]
        yield "pledges:show-promises", [f"/pledge/{code}/promises/"]
        ends = ("", "change/", "certificate.pdf", "promise.ics", "answered/")
        for end, name in zip(ends, ("link", "change", "certificate", "promise-file", "answered"), strict=True):
            name = {"change": "change-link", "answered": "answered-link"}.get(name, f"show-{name}")
            yield f"pledges:{name}", [f"/k/{token}/{end}" for token in tokens]
        for name in ("saved", "another", "contact"):
            yield f"pledges:{name}-link", [f"/k/{token}/{name}/" for token in tokens]
        yield "pledges:more-link", [f"/k/{token}/more/{step}/" for token in tokens for step in STEPS]
        taps = ("on-track", "help", "write", "later", "cannot")
        yield "pledges:answer-link", [f"/k/{token}/answer/{said}/" for token in tokens for said in taps]
        yield "introductions:show-home-link", [f"/k/{token}/home/" for token in homes]
        yield "introductions:show-home-draft-link", [f"/k/{token}/home/drafts/{pk}/" for token in homes]
        yield "introductions:show-home-opportunity-link", [f"/k/{token}/home/opportunities/{pk}/" for token in homes]
        yield "introductions:write-home-draft-link", [f"/k/{token}/home/drafts/{pk}/work/" for token in homes]
        yield "introductions:say-home-wrong-link", [f"/k/{token}/home/wrong/" for token in homes]
        yield "introductions:show-known-link", [self.known]
        yield "introductions:answer-known-link", [f"{self.known}{said}/" for said in business.ANSWERS]
        yield "introductions:show-known-file-link", [f"{self.known}meeting.ics"]
        yield "introductions:say-known-wrong-link", [f"{self.known}wrong/"]
        yield "introductions:say-wrong", ["/wrong/", f"/wrong/?o={pk}", "/wrong/?council=E10000024"]
        told = {"n": "1A2B3C4D", "by": "2027-03-01T09:00:00+00:00", "u": "soon", "c": [factories.council().pk], "h": 0}
        notices = ("young-people", "businesses", "workers")
        yield "introductions:show-notice", [f"/privacy/{name}/" for name in notices]
        yield "introductions:said-wrong", [f"/wrong/{signing.dumps(told, salt=wrong.SALT)}/"]
        yield "introductions:offer-interest", [f"/opportunities/{pk}/interested/"]
        yield "introductions:take-up-invitation", [f"/k/{self.invitation}/join/"]
        yield "introductions:drop-in", ["/drop-in/"]
        yield "introductions:show-drop-in-code", ["/drop-in/code/"]
        yield "introductions:confirm-joining", [f"/k/{self.invitation}/join/code/"]
        taps_by_mail = [self.mailed.replace("/later/", f"/{said}/") for said in ("later", "talk", "not-now")]
        yield "matching:act-from-mail", taps_by_mail
        yield "notifications:stop-emails", [self.mailed.split("match/")[0] + "emails/"]
        news = make_link(purpose=stop_news.LINK, object_id=factories.young_person().pk, verbs=[stop_news.VERB])
        yield "matching:stop-news", [f"/k/{news}/news/stop/"]
        yield "introductions:answer-how", [self.how]
        yield "introductions:say-how-wrong", [f"{self.how}wrong/"]
        yield (
            "introductions:answer-home-link",
            [f"/k/{homes[0]}/home/pledges/{self.pledges[0].public_id}/{said}/" for said in taps],
        )

    def walk(self) -> dict[str, tuple]:
        """What a visitor gets at each address."""
        seen = {}
        for address in (each for group in self.addresses.values() for each in group):
            answer = Client().get(address)
            headers = tuple(answer.headers.get(name, "") for name in HEADERS)
            body = b"".join(answer.streaming_content) if answer.streaming else answer.content
            seen[address] = (answer.status_code, headers, FRESH.sub(b"", body))
        return seen

    def take(self, verb: Callable[..., None], **more) -> None:
        with make.acting(self.officer):
            verb(opportunity_id=self.row.pk, **more)

    def ask(self):
        with make.acting(self.officer):
            return asks.make_ask(
                pledge=self.pledges[1], quantity=1, needed_for="start", hand_over_at="The office",
                needed_by=clock.today(), by=self.officer, council=factories.council(),
            )  # fmt: skip


def differences(before, after) -> dict[str, tuple]:
    return {address: (before[address], after[address]) for address in before if before[address] != after[address]}


def named(found) -> str:
    """The first lines that differ, for whoever reads a failure."""
    said = []
    for address, (old, new) in found.items():
        lines = [pair for pair in zip(old[2].splitlines(), new[2].splitlines(), strict=False) if pair[0] != pair[1]]
        said.append(f"{address}: {old[:2]} -> {new[:2]} {lines[:2]}")
    return "\n".join(said)
