"""What somebody must hear of is held against the messages: one that is lost is seen, whatever it was about."""

import pytest
from django.urls import reverse

from introductions.news import ASKED, WANTED
from matching.telling import PURPOSE as MATCH
from notifications import causes, counting
from notifications.models import Outbox
from pledges.services import THANKS
from tests import factories
from tests.introductions import chain
from tests.matching import factories as matching
from tests.pledges import made

pytestmark = pytest.mark.django_db


def a_pledge():
    made.pledge(source="form")
    return "givers", THANKS


def an_interest():
    with factories.as_worker():
        chain.walked("interested")
    return "interested", WANTED


def a_question():
    with factories.as_worker():
        chain.walked("asked")
    return "asked", ASKED


def a_match():
    matching.places()
    matching.person(worker=matching.adviser(), categories=1 << 5)
    matching.opportunity(categories=1 << 5)
    matching.run()
    return "matches", MATCH


def counted() -> dict[str, list[int]]:
    with factories.as_worker():
        return causes.count()


@pytest.mark.parametrize("happens", [a_pledge, an_interest, a_question, a_match])
def test_each_has_its_message_and_a_lost_one_is_seen(happens):
    name, purpose = happens()
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
