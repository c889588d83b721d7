"""What somebody must hear of is held against the messages: one that is lost is seen, whatever it was about."""

import pytest
from django.urls import reverse

from accounts import objections
from core import clock
from introductions import closing, concerns, help_again
from introductions.asked_messages import HELP, OBJECTION
from introductions.concern_messages import LATE, MANY, TOLD
from introductions.news import ASKED, WANTED
from matching.team_messages import TRANSFER
from matching.telling import PURPOSE as MATCH
from notifications import causes, counting
from notifications.models import Outbox
from pledges.services import THANKS
from tests import factories
from tests.introductions import chain
from tests.matching import factories as matching
from tests.matching import test_transfers as transfers
from tests.pledges import made

pytestmark = pytest.mark.django_db


def a_pledge():
    made.pledge(source="form")


def an_interest():
    with factories.as_worker():
        chain.walked("interested")


def a_question():
    with factories.as_worker():
        chain.walked("asked")


def a_match():
    matching.places()
    matching.person(worker=matching.adviser(), categories=1 << 5)
    matching.opportunity(categories=1 << 5)
    matching.run()


def an_end():
    with factories.as_worker():
        chain.walked("ended")


def say(**more):
    values = {"said_by": "anybody", "urgency": "soon", "role": "visitor", "words": "Help", **more}
    with factories.as_worker():
        return concerns.raise_concern(council=factories.council(), **values)


def a_concern():
    factories.membership("safeguarding_lead")
    say()


def a_concern_where_nobody_leads():
    factories.membership("team_manager")
    say()


def an_objection():
    factories.membership("team_manager")
    kai = factories.young_person(worker=factories.adviser(), user=factories.user())
    with factories.as_worker():
        objections.make_objection(person=kai, about="", words="No", answer_by=clock.today(), by=kai.user)


def help_is_asked():
    kai = factories.young_person(worker=factories.adviser(), user=factories.user())
    with factories.as_worker():
        help_again.ask_again(person=kai, by=kai.user)


def a_transfer():
    transfers.asked(transfers.two_sides())


# By the name of the cause: what happens, and the purpose of its message.
HAPPENS = [
    ("givers", a_pledge, THANKS),
    ("interested", an_interest, WANTED),
    ("asked", a_question, ASKED),
    ("matches", a_match, MATCH),
    ("ended", an_end, closing.WORKER),
    ("ended", an_end, closing.YOUNG_PERSON),
    ("concerns", a_concern, TOLD),
    ("concerns", a_concern_where_nobody_leads, LATE),
    ("objections", an_objection, OBJECTION),
    ("help again", help_is_asked, HELP),
    ("transfers", a_transfer, TRANSFER),
]


def counted() -> dict[str, list[int]]:
    with factories.as_worker():
        return causes.count()


@pytest.mark.parametrize(("name", "happens", "purpose"), HAPPENS)
def test_each_has_its_message_and_a_lost_one_is_seen(name, happens, purpose):
    happens()
    assert counted()[name] == [1, 0]
    with factories.as_worker():
        assert Outbox.objects.filter(purpose=purpose).delete()[0] == 1
    assert counted()[name] == [1, 1]


def test_asked_twice_each_asking_has_its_own():
    with factories.as_worker():
        row = chain.walked("asked")
        first = Outbox.objects.get(purpose=ASKED)
        Outbox.objects.filter(pk=first.pk).update(made_at=first.made_at - causes.LATELY)  # it was about an earlier one
    assert counted()["asked"] == [1, 1] and row


def test_every_kind_of_cause_is_tried():
    assert set(counted()) == {name for name, _happens, _purpose in HAPPENS}


def test_of_very_many_concerns_the_message_of_the_hour_counts_for_each(monkeypatch):
    monkeypatch.setattr(concerns, "USUAL", 1)
    a_concern()
    say(words="Another")
    say(words="A third")
    assert counted()["concerns"] == [3, 0]
    with factories.as_worker():
        assert Outbox.objects.filter(purpose=MANY).delete()[0] == 1
    assert counted()["concerns"] == [3, 2]


def test_what_another_council_took_over_and_was_told_of_there_is_told(monkeypatch):
    monkeypatch.setattr(concerns, "USUAL", 0)
    sides = transfers.two_sides()
    for council in ("Nottinghamshire", "Derbyshire"):
        factories.membership("safeguarding_lead", council=factories.council(council))
    with factories.as_worker():
        concerns.raise_concern(said_by="anybody", urgency="soon", role="visitor", words="x", person=sides["person"])
        Outbox.objects.filter(purpose__in=(TOLD, MANY)).delete()
    assert counted()["concerns"] == [1, 1]
    transfers.accept(transfers.asked(sides), sides)
    assert counted()["concerns"] == [1, 0]


def test_a_concern_that_reaches_nobody_is_seen():
    say()
    assert counted()["concerns"] == [1, 1]


def test_operators_read_how_many_and_never_who(sign_in):
    a_question()
    with factories.as_worker():
        Outbox.objects.filter(purpose=ASKED).delete()
        counting.count()
    page = sign_in("operator").get(reverse("notifications:list-messages")).content.decode()
    assert "A young person is asked for a yes or no" in page and "Not told" in page
    figures = counting.figures()
    assert figures.pulse.causes["asked"] == [1, 1] and figures.untold >= 1


def test_a_second_of_the_name_is_refused():
    with pytest.raises(ValueError, match="registered already"):
        causes.register("asked", "Again", lambda since: None)
