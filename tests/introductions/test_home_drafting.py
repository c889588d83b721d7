"""A business writes its own draft: who may, what they may write, and what the desk sees of it."""

import re
from decimal import Decimal

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import SignedLink
from core.models import LifecycleLog
from opportunities import by_business, questions, services
from opportunities.models import Opportunity
from opportunities.questions import BY_CODE
from pledges import answers
from pledges.models import Employer
from tests import factories
from tests.introductions.test_home import approve, door
from tests.opportunities import factories as make
from tests.opportunities.test_desk import page_of, typed
from tests.opportunities.test_pledge_follows import correct

pytestmark = pytest.mark.django_db
KEPT = [
    "places",
    "min_age",
    "min_age_reason",
    "audience",
    "needs_mask",
    "training_beside",
    "provider_wanted",
    "no_experience",
]


@pytest.fixture
def row():
    return make.draft(make.employer("Old Bank Kitchen"), summary="Our own words", pay_pence=None, min_age=18)


@pytest.fixture
def path(row):
    """The draft's page behind the link of an approved person."""
    approve(row.pledge.contact)
    return page(door(row.pledge.contact), row)


def page(home, row):
    return f"{home}drafts/{row.public_id}/"


def save(path, step, client=None, **values):
    """All fields of all questions are sent; those of other questions count for nothing."""
    return (client or Client()).post(f"{path}{step}/", typed(**values), follow=True)


def words(answer):
    assert answer.status_code == 200
    return answer.content.decode()


def log_of(row):
    return list(LifecycleLog.objects.filter(object_id=row.pk, model="opportunities.Opportunity").order_by("pk"))


# --- who may ----------------------------------------------------------------------------------------------------------


def test_an_approved_person_writes_and_the_log_says_the_business(row, path):
    assert "Saved." in words(save(path, "work", title="Kitchen helper"))
    row.refresh_from_db()
    (entry,) = log_of(row)
    assert row.title == "Kitchen helper" and (entry.move, entry.role, entry.actor) == ("write", "giver", None)
    assert row.questions_done == BY_CODE["work"].mask


def test_who_signs_in_writes_under_their_name(row, sign_in):
    client = sign_in("employer_member", employer_id=row.employer_id)
    assert f"/employer/drafts/{row.public_id}/" in words(client.get("/employer/"))
    assert "Saved." in words(save(page("/employer/", row), "pay", client, pay="14.20"))
    row.refresh_from_db()
    assert row.pay_pence == 1420 and log_of(row)[0].actor is not None


def test_somebody_nobody_approved_may_only_look(row):
    path, client = page(door(row.pledge.contact), row), Client()
    text = words(client.get(path))
    assert row.title in text and "/work/" not in text and "It is ready" not in text
    assert client.get(f"{path}work/").status_code == 404
    assert client.post(f"{path}work/", typed(title="Mine")).status_code == 404
    assert client.post(f"{path}ready/").status_code == 404
    assert not log_of(row)


def test_planted_a_door_that_lets_everybody_write_is_found(row, monkeypatch):
    monkeypatch.setattr("introductions.home_views.Door.writes", True)
    assert "Saved." in words(save(page(door(row.pledge.contact), row), "work", title="Mine"))


def test_a_link_made_before_there_was_anything_to_write_still_looks(row, path):
    SignedLink.objects.update(verbs=["add", "answer", "choose"])
    client = Client()
    assert "It is ready" not in words(client.get(path))
    assert client.post(f"{path}work/", typed(title="Mine")).status_code == 404


def test_another_businesss_draft_is_a_404(row, path, sign_in):
    other = make.draft()
    for client, home in (
        (Client(), path.split("drafts/")[0]),
        (sign_in("employer_member", employer_id=row.employer_id), "/employer/"),
    ):
        assert client.get(page(home, other)).status_code == 404
        assert client.get(f"{page(home, other)}work/").status_code == 404
        assert client.post(f"{page(home, other)}work/", typed(title="Mine")).status_code == 404
        assert client.post(f"{page(home, other)}ready/").status_code == 404
    assert not log_of(other)


def test_a_business_that_is_stopped_sees_and_writes_nothing(row, path):
    Employer.objects.filter(pk=row.employer_id).update(state="stopped")
    for address in (path, f"{path}work/"):
        assert Client().get(address).status_code == 404
    for address in (f"{path}work/", f"{path}ready/"):
        assert Client().post(address, typed(title="Mine")).status_code == 404
    assert not log_of(row)


def test_what_is_sent_in_is_shown_and_not_written(path, row):
    Opportunity.objects.filter(pk=row.pk).update(pay_pence=1400)
    row.refresh_from_db()
    with make.acting(factories.user()) as officer:
        services.submit(opportunity=row, by=officer, role="coordinator")
    before = log_of(row)
    text = words(Client().get(path))
    assert "This is sent in" in text and "/work/" not in text and "It is ready" not in text
    assert words(Client().get(f"{path}work/", follow=True)) == text
    assert "Saved." not in words(save(path, "work", title="Mine"))
    assert "This is not a draft any more." in words(Client().post(f"{path}ready/", follow=True))
    row.refresh_from_db()
    assert row.title == "Kitchen team member" and log_of(row) == before


def test_an_officer_who_sends_it_in_meanwhile_wins(row, path, monkeypatch):
    """The form was open: what is saved is refused under the lock, with a sentence."""
    real = services.locked

    def sent_in_first(opportunity):
        Opportunity.objects.filter(pk=opportunity.pk).update(state="submitted")
        return real(opportunity)

    monkeypatch.setattr(services, "locked", sent_in_first)
    assert "This is not a draft any more" in words(save(path, "work", title="Mine"))
    assert not log_of(row)


# --- what they may write ----------------------------------------------------------------------------------------------

GIVEN = {
    "work": ({"title": "Kitchen helper", "bring": "A coat"}, {"title": "Kitchen helper", "bring": "A coat"}),
    "place": ({"hours_a_week": "16", "town": "Worksop"}, {"hours_a_week": Decimal(16), "town": "Worksop"}),
    "pay": ({"pay": "£14.20", "travel_paid": "on"}, {"pay_pence": 1420, "travel_paid": True}),
    "support": ({"support_mask": ["1", "4"]}, {"support_mask": 5}),
    "way": (
        {"go_by": "own", "own_link": "https://jobs.example/1"},
        {"go_by": "own", "own_link": "https://jobs.example/1"},
    ),
}


@pytest.mark.parametrize("step", by_business.BY_CODE)
def test_each_question_is_saved_and_the_others_stay(row, path, step):
    sent, kept = GIVEN[step]
    own = {LIKE.get(name, name) for name in by_business.BY_CODE[step].fields} | PLACE
    others = [name for name in services.copied_fields() if name not in own]
    before = {name: getattr(row, name) for name in others}
    everything = {name: value for each, _kept in GIVEN.values() for name, value in each.items()}
    assert "Saved." in words(save(path, step, **{**everything, **sent, "places": "1", "min_age": "21"}))
    row.refresh_from_db()
    assert {name: getattr(row, name) for name in kept} == kept
    assert {name: getattr(row, name) for name in others} == before


LIKE = {"pay": "pay_pence"}
PLACE = {"sector", "easting", "northing", "authority"}


def test_nothing_of_the_desks_questions_is_asked_or_kept(row, path):
    assert set(by_business.BY_CODE) == set(BY_CODE) - {"people"}
    before = [getattr(row, name) for name in KEPT]
    assert Client().get(f"{path}people/").status_code == 404
    assert save(path, "people", places="1", min_age="16").status_code == 404
    reason = make.reason("volunteer")
    for step in by_business.BY_CODE:
        text = words(Client().get(f"{path}{step}/"))
        assert not [name for name in (*KEPT, "unpaid_reason") if f'name="{name}"' in text]
        save(path, step, places="1", min_age="16", audience="any", unpaid_reason=reason.pk, pay="")
    row.refresh_from_db()
    assert [getattr(row, name) for name in KEPT] == before and row.unpaid_reason is None


@pytest.mark.parametrize("name", [*KEPT, "unpaid_reason"])
def test_the_verb_itself_keeps_to_its_question(row, name):
    with pytest.raises(TypeError):
        by_business.write(opportunity=row, question=by_business.BY_CODE["pay"], **{name: 1})


def test_pay_ends_a_reason_for_being_unpaid(row, path):
    Opportunity.objects.filter(pk=row.pk).update(unpaid_reason=make.reason("volunteer"))
    assert "Saved." in words(save(path, "pay", pay="14"))
    row.refresh_from_db()
    assert row.pay_pence == 1400 and row.unpaid_reason is None


@pytest.mark.parametrize(
    ("step", "values", "sentence"),
    [
        ("work", {"title": ""}, "Give it a title"),
        ("work", {"summary": " "}, "Say in a few plain sentences"),
        ("work", {"title": "x" * 81}, "Use 80 characters or fewer"),
        ("work", {"category": "99999"}, "choice"),
        ("place", {"hours_a_week": "lots"}, "Enter the hours a week as a number"),
        ("place", {"postcode": "nowhere"}, "Enter a full UK postcode"),
        ("place", {"day_starts": "9am", "day_ends": ""}, "or leave both empty"),
        ("place", {"lasts": "-3"}, "Enter how long as a whole number"),
        ("pay", {"pay": "fair"}, "Enter the pay for one hour in pounds"),
        ("pay", {"pay": "1e9"}, "Enter the pay for one hour in pounds"),
        ("support", {"support_mask": ["512"]}, "choice"),
        ("way", {"own_link": "javascript:x"}, "Enter a whole link that starts with https://"),
        ("way", {"go_by": "nonsense"}, "choice"),
    ],
)
def test_what_cannot_be_comes_back_with_a_sentence(row, path, step, values, sentence):
    text = words(save(path, step, **values))
    assert "There is a problem" in text and sentence in text and "Saved." not in text
    assert not log_of(row)


def test_what_is_to_do_is_said_to_the_business_and_not_to_an_officer(row, path):
    save(path, "work", summary="Ring 07700 900123 to come and cook")
    save(path, "pay", pay="3")
    text = words(Client().get(path))
    assert "Leave out phone numbers" in text and "an hour is below the legal minimum" in text
    assert "the business" not in text.lower().split("as a young person will see it")[0]
    assert "Leave out phone numbers" in words(Client().get(f"{path}work/"))


def test_every_sentence_for_the_business_is_of_a_rule_it_may_meet():
    assert set(by_business.SAID) <= {code for each in by_business.BY_CODE.values() for code in each.mends}


# --- ready, and the desk ----------------------------------------------------------------------------------------------


def test_ready_is_one_button_and_the_desk_sees_it(row, path, sign_in):
    desk, list_page = sign_in("coordinator"), "/desk/opportunities/"
    save(path, "pay", pay="14.20")
    assert "The business is writing it, last on" in words(desk.get(list_page))
    for _time in range(2):
        answer = Client().post(f"{path}ready/", follow=True)
        assert "looks at it next" in words(answer) and "that it is ready" in words(answer)
    assert [entry.move for entry in log_of(row)] == ["write", "ready"]
    for address in (list_page, page_of(row)):
        assert re.search(r"Written by the business on \d+ \w+\.", words(desk.get(address)))
    text = words(desk.get(page_of(row)))
    assert "Written by the business. Pay, in pounds an hour" in text and "The business says that it is ready." in text


def test_what_is_written_after_that_is_not_ready_yet(row, path):
    client = Client()
    client.post(f"{path}ready/")
    save(path, "work", title="Kitchen helper")
    assert by_business.last_words([row.pk])[row.pk].move == "write"
    assert ">It is ready<" in words(client.get(path))


def test_what_was_sent_back_is_not_ready_any_more(row, path):
    Opportunity.objects.filter(pk=row.pk).update(pay_pence=1400)
    Client().post(f"{path}ready/")
    row.refresh_from_db()
    with make.acting(factories.user()) as officer:
        services.submit(opportunity=row, by=officer, role="coordinator")
        services.send_back(opportunity=row, by=officer, role="coordinator", why="The hours are missing")
    assert by_business.last_words([row.pk]) == {}


def test_the_same_answer_twice_is_logged_once(row, path):
    for _time in range(2):
        save(path, "pay", pay="14.20")
    assert len(log_of(row)) == 1


def desk_says(row, step):
    row.refresh_from_db()
    return next(each.label for each in questions.standings(row, []) if each.question.code == step)


def test_what_the_business_saved_is_to_check_until_an_officer_saves_it(row, path, sign_in):
    save(path, "work", title="Kitchen helper")
    assert desk_says(row, "work") == "From the business: check it"
    assert next(each.label for each in by_business.standings(row) if each.question.code == "work") == "Done"
    assert "From the business: check it" in words(sign_in("coordinator").get(page_of(row)))
    sign_in("coordinator").post(f"{page_of(row)}work/", typed(title="Kitchen helper"))
    assert desk_says(row, "work") == "Done"
    save(path, "work", title="Cook")
    assert desk_says(row, "work") == "From the business: check it"


def test_a_later_correction_of_the_pledge_puts_back_the_question_it_touches_and_no_other(row, sign_in):
    for step in ("work", "pay"):
        sign_in("coordinator").post(f"{page_of(row)}{step}/", typed())
    correct(row.pledge, words="Now in the bakery")
    assert desk_says(row, "work") == "From the business: check it" and desk_says(row, "pay") == "Done"
    assert desk_says(row, "people") == "From the pledge: check it"


# --- how it is drawn --------------------------------------------------------------------------------------------------


def test_opening_a_page_changes_nothing_and_tells_nobody(row, path):
    used = SignedLink.objects.values_list("used_at", flat=True)
    before = Opportunity.objects.filter(pk=row.pk).values().get()
    for address in (path, *(f"{path}{step}/" for step in by_business.BY_CODE)):
        answer = Client().get(address)
        assert words(answer) and answer.headers["Referrer-Policy"] == "no-referrer"
        assert "csrfmiddlewaretoken" not in answer.content.decode()
    assert Opportunity.objects.filter(pk=row.pk).values().get() == before and not log_of(row) and set(used) == {None}
    assert Client().get(f"{path}ready/").status_code in (404, 405)


def test_a_post_with_a_session_needs_its_token_and_a_link_does_not(row, path):
    member = factories.membership("employer_member", employer_id=row.employer_id).user
    strict = Client(enforce_csrf_checks=True)
    factories.sign_in(strict, user=member)
    own = page("/employer/", row)
    assert strict.post(f"{own}pay/", typed(pay="14")).status_code == 403
    assert strict.post(f"{own}ready/").status_code == 403
    assert Client(enforce_csrf_checks=True).post(f"{path}pay/", typed(pay="14")).status_code == 302
    assert Client(enforce_csrf_checks=True).post(f"{path}ready/").status_code == 302


def test_the_number_of_queries_is_the_same_however_much_was_written(row, path, sign_in):
    desk, addresses = sign_in("coordinator"), (path, f"{path}work/")

    def count():
        with CaptureQueriesContext(connection) as caught:
            for address in addresses:
                words(Client().get(address))
            words(desk.get("/desk/opportunities/"))
        return len(caught)

    save(path, "pay", pay="14")
    count()
    few = count()
    for number in range(5):
        save(path, "work", title=f"Kitchen helper {number}")
        more = make.draft(row.employer)
        with factories.as_worker():
            by_business.say_ready(opportunity=more)
    assert count() == few


def test_what_was_said_without_a_name_is_called_your_business_and_the_desk_says_the_giver(row, sign_in):
    approve(row.pledge.contact)
    with factories.as_worker():
        answers.answer(pledge=row.pledge, said="on-track")
    own = words(Client().get(door(row.pledge.contact)))
    assert "(Your business)" in own and "The giver" not in own
    desk = words(sign_in("coordinator").get(f"/desk/employers/{row.employer.public_id}/"))
    assert "The giver" in desk and "Your business" not in desk
