"""One young person, one worker, one business and a council, in real browsers without JavaScript: from "I'm interested"
to week 52. Every message is listed and read; what the business gets before the yes is looked through."""

import datetime as dt
import os
import re

import pytest

from accounts.models import YoungPersonContact
from core import clock
from core.scope import NOBODY, scope
from introductions.models import CheckIn, Introduction
from pledges.home_links import home_link
from tests import factories
from tests.browser.pages import needs_chromium, sign_in
from tests.browser.story import links, product, reader
from tests.matching import factories as matching
from tests.opportunities import factories as made

os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "1")  # Playwright runs an event loop in the test's thread
pytestmark = [pytest.mark.battery, needs_chromium, pytest.mark.django_db(transaction=True)]
BEGIN, FIRST_DAY = dt.date(2027, 3, 1), dt.date(2027, 4, 5)  # Mondays
NAME, LABEL, SECTOR = "Zebedee Quillfeather", "K.M.", "XA1 3"
PERSON = ("Zeb", "Quillfeather", SECTOR, "07700", "zeb@mail.example", "Dana", "Whitlock")
# No message says who, where, or that anybody was in care.
NEVER = (
    *PERSON,
    "Old Bank",
    "Jo Marsh",
    "Sam Field",
    "Mansfield",
    "Front desk",
    "Nottingham",
    "council",
    "leaver",
    " care ",
)


@pytest.fixture
def story():
    with product() as found:
        found.go_to(BEGIN)
        yield found


@pytest.fixture
def people(story):
    """Dana supports Zebedee; Old Bank Kitchen has a job, and Jo there has been approved."""
    matching.places()
    dana = factories.membership("adviser", of=factories.user("Dana Whitlock")).user
    zeb = matching.person(worker=dana, label=LABEL, sector=SECTOR)
    with factories.as_worker():
        details = {"name": NAME, "email": "zeb@mail.example", "phone": "07700 900123"}
        YoungPersonContact.objects.create(person=zeb, details=details)
    with scope(NOBODY):
        business = made.employer("Old Bank Kitchen")
        pledge = made.pledge(business)
        contact = pledge.contact
        contact.name, contact.approved_by, contact.approved_on = "Jo Marsh", factories.user(), clock.today()
        contact.save()
    story.worker = dana
    return zeb, made.published(pledge=pledge, title="Kitchen porter")


@pytest.fixture
def chromium():
    with reader() as found:
        yield found


def phone(chromium):
    """A cheap phone without JavaScript."""
    page = chromium.new_context(java_script_enabled=False, viewport={"width": 390, "height": 800}).new_page()
    page.set_default_timeout(10_000)
    return page


class Phone:
    """A cheap phone without JavaScript."""

    def __init__(self, chromium, story) -> None:
        context = chromium.new_context(java_script_enabled=False, viewport={"width": 390, "height": 800})
        self.page, self.story = context.new_page(), story
        self.page.set_default_timeout(15_000)

    def go(self, path: str) -> None:
        answer = self.page.goto(self.story.address + path)
        assert answer.ok, path

    def as_role(self, role: str) -> None:
        sign_in(self.page, f"{self.story.address}/", role)

    def press(self, name: str) -> None:
        with self.page.expect_navigation():
            self.page.get_by_role("button", name=name).first.click()

    def follow(self, name: str) -> None:
        with self.page.expect_navigation():
            self.page.get_by_role("link", name=name).first.click()

    def fill(self, **answers: str) -> None:
        for label, value in answers.items():
            self.page.get_by_label(label.replace("_", " ")).first.fill(value)

    def date(self, day: dt.date) -> None:
        for label, value in (("Day", day.day), ("Month", day.month), ("Year", day.year)):
            self.page.get_by_label(label, exact=True).first.fill(str(value))

    @property
    def text(self) -> str:
        return self.page.inner_text("main")


def to(mails, recipient: str) -> list:
    return [mail for mail in mails if mail.recipient == recipient]


def test_from_interest_to_week_52(story, people, chromium):
    person, job = people
    hers, his, theirs = (Phone(chromium, story) for _ in range(3))
    giver, own = "giver@business.example", "zeb@mail.example"
    story.work()

    # He takes up her invitation, and goes for what fits.
    hers.as_role("adviser")
    hers.go(f"/adviser/people/{person.public_id}/invite/")
    hers.press("Make the link")
    his.page.goto(hers.page.locator("section.panel b").inner_text())
    his.fill(What_shall_we_call_you="Zeb", Your_mobile_number=own)
    his.press("Make my page")
    (letter,) = story.work()
    his.fill(The_code=re.search(r"\b\d{6}\b", letter.body)[0])
    his.press("Make my page")
    with factories.as_worker():
        home = home_link(job.pledge.contact)
    before = what_the_business_sees(theirs, home)
    his.go("/me/matches/")
    his.press("I'm interested")
    assert [mail.recipient for mail in story.work()] == [person_of(hers)]

    # She asks him with the exact words; until he says yes the business sees nothing new.
    hers.go("/adviser/")
    hers.follow("Ask them")
    hers.fill(
        What_do_they_want_to_be_called="Zeb", The_phone_number="0115 496 0000", Who_at_the_business="Jo, in the kitchen"
    )
    hers.page.get_by_label("Through me").check()
    hers.press("Show the words")
    hers.press("Ask them with these words")
    assert [mail.recipient for mail in story.work()] == [own]
    assert what_the_business_sees(theirs, home) == before and not any(canary in before for canary in PERSON)
    his.go("/me/")
    his.follow("Read it first")
    his.press("Yes, tell them")
    story.work()
    hers.go("/adviser/")
    hers.follow("Tell the business")
    hers.press("Hold a place")

    # The business reads the words, meets him, and offers.
    (letter,) = to(story.work(), giver)
    link = links(letter)[0]
    theirs.go(link)
    assert "Zeb would like to go for" in theirs.text
    assert not any(canary in theirs.page.content() for canary in ("Quillfeather", LABEL, SECTOR, "07700", own))
    theirs.follow("Let us meet")
    theirs.date(BEGIN + dt.timedelta(days=7))
    theirs.fill(At_what_time="14:30", Where="Front desk")
    theirs.page.get_by_label("It is a public place").check()
    theirs.press("Send")
    assert {mail.recipient for mail in story.work()} == {person_of(hers)}
    his.go("/me/introductions/")
    assert "looks at the place first" in his.text and "Front desk" not in his.text

    # He reads the place once she has seen to it.
    hers.go("/adviser/")
    hers.follow("See what they say")
    hers.follow("See to the place")
    hers.page.get_by_label("It is a public place").check()
    hers.press("They will meet")
    assert {mail.recipient for mail in story.work()} == {own, giver}
    his.go("/me/introductions/")
    assert "Front desk" in his.text
    for day, hour in ((5, 15), (7, 13)):  # two days and two hours before
        story.go_to(BEGIN + dt.timedelta(days=day), hour)
        assert {mail.recipient for mail in story.work()} == {own, giver, person_of(hers)}
    story.live_until(BEGIN + dt.timedelta(days=8))
    theirs.go(link)
    theirs.follow("We offer it to them")
    theirs.press("Send")
    theirs.follow("Checks are under way")
    theirs.date(FIRST_DAY - dt.timedelta(days=7))
    theirs.fill(bring="Passport or birth certificate")
    theirs.press("Send")

    # He has a first day.
    story.live_until(BEGIN + dt.timedelta(days=24))
    hers.as_role("adviser")
    his.as_role("young_person")
    assert "Still fine" in his.text or "still fine" in his.text
    hers.go(f"/adviser/people/{person.public_id}/introductions/")
    hers.follow("Kitchen porter")
    hers.follow("They have a first day")
    hers.date(FIRST_DAY)
    hers.fill(looks_out_for_them="Sam Field", buddy="Ola")
    hers.page.get_by_label("Who pays the fares?").select_option(label="The business")
    hers.press("They have a first day")
    his.go("/me/")
    assert "You have a first day" in his.text

    # Day 1, and weeks 1, 4, 13, 26 and 52, by one tap each.
    asked = []
    while story.today() < FIRST_DAY + dt.timedelta(days=52 * 7 + 1):
        story.go_to(story.today() + dt.timedelta(days=1 if story.today() < FIRST_DAY + dt.timedelta(days=1) else 7))
        for mail in story.work():
            if mail.subject == "How is it going?":
                asked.append((mail.recipient, (story.today() - FIRST_DAY).days // 7))
                answer = his if mail.recipient == own else theirs
                answer.go(links(mail)[0])
                answer.press("It's going well")
                assert "You said: It's going well" in answer.text
    assert asked == [(own, 0), (own, 1), (own, 4), (giver, 4), (own, 13), (giver, 13), (own, 26), (own, 52)]
    hers.as_role("adviser")
    with factories.as_worker():
        said = CheckIn.objects.exclude(answer="").count()
        assert (said, Introduction.objects.get().state) == (8, "started")

    read(story)


def person_of(phone: Phone) -> str:
    """The worker's own address."""
    with factories.as_worker():
        return str(phone.story.worker.email)


def what_the_business_sees(phone: Phone, home: str) -> str:
    """Its own page, its offer, the list, the API and the feeds, without what is fresh each time."""
    found = []
    for path in (home, "/opportunities/", "/api/v1/opportunities/", "/opportunities/feed/rss/", "/sitemap.xml"):
        answer = phone.page.request.get(phone.story.address + re.sub(r"^https?://[^/]+", "", path))
        assert answer.ok, path
        found.append(re.sub(r'(csrfmiddlewaretoken" value="|nonce=")[^"]+', "", answer.text()))
    return "\n".join(found)


def read(story) -> None:
    """List every message, and look for what none may say. Only the giver's own offer is called by its name to them."""
    assert len(story.read) > 20
    for mail in story.read:
        print(f"{mail.kept_at:%Y-%m-%d %H:%M} {mail.channel} to {mail.recipient}: {mail.subject}\n{mail.body}")
        words = f"{mail.subject}\n{re.sub(r'https?://[^ ]+', '', mail.body)}"
        offer = mail.subject == "Is it still open?"
        for canary in NEVER:
            assert canary not in words or (offer and canary in ("Old Bank", "Mansfield")), (canary, mail.subject)
        assert not set(mail.subject.split()) & {"Kitchen", "porter"}
