"""Who hears that a business says its draft is ready, how often, and until when."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import Membership
from core.models import LifecycleLog
from core.scope import NOBODY, scope
from notifications import registry
from notifications.digests import make_digests
from notifications.models import Outbox
from opportunities import by_business, ready_messages
from opportunities.models import Opportunity
from opportunities.questions import BY_CODE
from opportunities.ready_messages import may_receive
from pledges.models import Pledge
from tests import factories
from tests.opportunities import factories as make

pytestmark = pytest.mark.django_db


@pytest.fixture
def officer():
    return factories.membership("coordinator").user


@pytest.fixture
def row(officer):
    with scope(NOBODY):
        yield a_draft(officer)


def a_draft(owner, **more) -> Opportunity:
    return make.draft(pledge=make.pledge(make.employer("Old Bank Kitchen"), owner=owner), **more)


def say_ready(row: Opportunity) -> None:
    by_business.say_ready(opportunity=row)


def write(row: Opportunity, **values) -> None:
    by_business.write(opportunity=row, question=BY_CODE["work"], **values)


def held() -> list[Outbox]:
    return list(Outbox.objects.filter(purpose=by_business.TELL_READY).order_by("pk"))


def test_the_owner_of_the_pledge_hears_of_it_once_for_each_time_it_is_said(row, officer):
    say_ready(row)
    say_ready(row)
    (item,) = held()
    said = LifecycleLog.objects.get(object_id=row.pk, move="ready")
    assert (item.recipient, item.cause_id, item.channel, item.person_id) == (officer, said.pk, "digest", None)
    write(row, title="Kitchen helper")
    say_ready(row)
    assert len(held()) == 2 and may_receive(held()) == {held()[1].pk}


def test_without_an_owner_it_is_the_lead_of_the_business_and_without_both_nobody(officer):
    with scope(NOBODY):
        for lead in (officer, None):
            say_ready(make.draft(pledge=make.pledge(make.employer(f"Of {lead}", lead=lead))))
        assert [item.recipient for item in held()] == [officer]


def test_planted_a_key_of_the_draft_in_place_of_what_was_said_loses_the_second_time(row, monkeypatch):
    hold = by_business.messages.hold
    by_draft = lambda *, purpose, items: hold(purpose=purpose, items=[(o, p, row.pk, v) for o, p, _c, v in items])  # noqa: E731
    monkeypatch.setattr(by_business.messages, "hold", by_draft)
    say_ready(row)
    write(row, title="Kitchen helper")
    say_ready(row)
    assert len(held()) == 1


def gone_on(row: Opportunity) -> None:
    Opportunity.objects.filter(pk=row.pk).update(state="withdrawn")


def written_again(row: Opportunity) -> None:
    write(row, title="Kitchen helper")


def another_owner(row: Opportunity) -> None:
    Pledge.objects.filter(pk=row.pledge_id).update(owner=factories.membership("coordinator").user)


def left_the_team(row: Opportunity) -> None:
    Membership.objects.filter(user=row.pledge.owner_id).delete()


def no_officer_any_more(row: Opportunity) -> None:
    Membership.objects.filter(user=row.pledge.owner_id).update(role="board_member")


def account_ended(row: Opportunity) -> None:
    row.pledge.owner.is_active = False
    row.pledge.owner.save()


@pytest.mark.parametrize(
    "since", [gone_on, written_again, another_owner, left_the_team, no_officer_any_more, account_ended]
)
def test_what_ends_the_item_before_it_is_sent(row, since):
    say_ready(row)
    other = a_draft(factories.membership("coordinator").user)
    say_ready(other)
    first, second = held()
    assert may_receive(held()) == {first.pk, second.pk}
    since(row)
    assert may_receive(held()) == {second.pk}


def test_the_mail_names_kinds_and_addresses_and_nothing_else(row, officer):
    say_ready(row)
    say_ready(a_draft(officer, title="Baker wanted"))
    with factories.as_worker():
        make_digests(day=row.made_at.date())
        (digest,) = Outbox.objects.filter(purpose="digest")
        mail = registry.find("digest").render(digest, held())
    assert mail.subject == "2 drafts are ready"
    assert "- Job: " in mail.text.replace(row.kind.name, "Job") and f"/desk/opportunities/{row.public_id}/" in mail.text
    for secret in ("Old Bank", "Kitchen", "Baker", "Mansfield", officer.name):
        assert secret not in mail.text + mail.subject


def test_many_drafts_are_asked_for_no_more_often(row, officer):
    def count() -> int:
        with CaptureQueriesContext(connection) as caught:
            assert may_receive(held()) == {item.pk for item in held()}
            ready_messages.render(Outbox(), held())
        return len(caught)

    say_ready(row)
    count()
    few = count()
    for _number in range(9):
        say_ready(a_draft(officer))
    text = ready_messages.render(Outbox(), held()).text
    assert count() == few and text.count("\n- ") == 10
