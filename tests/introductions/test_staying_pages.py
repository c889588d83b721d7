"""The pages of check-ins: one tap behind a link, on their own page and the worker's; and who reads what."""

import re

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import SignedLink
from core import clock
from introductions import staying_lists
from introductions.models import CheckIn, Concern
from tests import factories
from tests.introductions.staying_made import (
    NAMES,
    check_in,
    link_of,
    person,
    saved,
    tap,
    text,
)
from tests.introductions.test_staying import end_introduction, end_start, end_support, go, stop
from tests.pledges.reading_age import hard_sentences, prose, reading_age, words_of

pytestmark = pytest.mark.django_db
OLDEST = 11


# --- behind a link ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("side", ["young_person", "employer"])
def test_one_tap_without_a_sign_in_and_another_changes_it(start, side):
    path = link_of(check_in(start, "week4", side))
    page = text(path)
    assert page.count('name="said"') == 4 and "Something is wrong" in page
    assert "You said: <b>It&#x27;s going well</b>" in tap(path, "good")
    assert saved(start, side=side) == ("good", "")
    assert "You said: <b>It&#x27;s not going well</b>" in tap(path, "not_well")
    assert saved(start, side=side) == ("not_well", "good")


@pytest.mark.parametrize("side", ["young_person", "employer"])
@pytest.mark.parametrize("said", ["", "good", "not_well", "left"])
def test_passed_on_it_says_nothing_of_who_or_where(start, side, said):
    path = link_of(check_in(start, "week4", side))
    page = tap(path, said) if said else text(path)
    for name in (*NAMES, start.introduction.employer.name, "Dana", "care leaver", "Mansfield"):
        assert name not in page, name
    answer = Client().get(path)
    assert answer["Referrer-Policy"] == "no-referrer" and "no-store" in answer["Cache-Control"]


def test_opening_it_changes_nothing(start):
    path = link_of(check_in(start, "week4"))
    for method in ("get", "head"):
        for _time in range(3):
            assert getattr(Client(), method)(f"{path}?said=left").status_code == 200
    row = check_in(start, "week4")
    assert (row.answer, row.asked_at, SignedLink.objects.filter(used_at__isnull=False).count()) == ("", None, 0)


def test_a_link_answers_its_own_question_and_no_other(start):
    path = link_of(check_in(start, "week4"))
    tap(path, "good")
    with factories.as_worker():
        said = set(CheckIn.objects.filter(start=start).exclude(answer="").values_list("point", "side"))
    assert said == {("week4", "young_person")}
    link = SignedLink.objects.order_by("-pk")[0]
    other = check_in(start, "week4", "employer")
    SignedLink.objects.filter(pk=link.pk).update(verbs=[f"answer-{other.pk}"])
    text(path, status=404)  # not the other side's, whatever the link says


@pytest.mark.parametrize("side", ["young_person", "employer"])
def test_thirty_days_later_it_is_unknown(start, side):
    path = link_of(check_in(start, "week4", side))
    go("week4", 31)
    text(path, status=404)
    assert Client().post(path, {"said": "good"}).status_code == 404
    assert saved(start, side=side) == ("", "")


@pytest.mark.parametrize(
    ("end", "own", "business"),
    [(end_start, 200, 200), (end_introduction, 200, 200), (end_support, 404, 200), (stop, 200, 404)],
)
def test_when_it_has_ended(start, end, own, business):
    paths = {side: link_of(check_in(start, "week4", side)) for side in ("young_person", "employer")}
    with factories.as_worker():
        end(start)
    for side, status in (("young_person", own), ("employer", business)):
        page = text(paths[side], status=status)
        if end in (end_start, end_introduction):
            assert "come to an end" in page and 'name="said"' not in page
            Client().post(paths[side], {"said": "good"})
            assert saved(start, side=side) == ("", "")
    if end is end_support:
        assert Client().post(paths["young_person"], {"said": "good"}).status_code == 404


def test_erased_it_is_unknown(start):
    path = link_of(check_in(start, "week4"))
    with factories.as_worker():
        CheckIn.objects.filter(start=start).delete()
    text(path, status=404)
    text("/k/nothing/how/", status=404)


def test_put_off_it_says_so(start):
    path = link_of(check_in(start, "week4"))
    with factories.as_worker():
        CheckIn.objects.filter(start=start, point="week4").update(due_on=clock.today() + 30 * staying_lists.SILENT)
    assert "too soon" in text(path)
    Client().post(path, {"said": "good"})
    assert saved(start) == ("", "")


def test_an_answer_that_is_none_is_unknown(start):
    path = link_of(check_in(start, "week4"))
    assert Client().post(path, {"said": "great"}).status_code == 404


# --- not well ---------------------------------------------------------------------------------------------------------


def test_not_well_says_what_happens_next_and_whom_to_ring(start):
    path = link_of(check_in(start, "week4"))
    page = tap(path, "not_well")
    assert "What happens next" in page and "Your worker talks to you by Tuesday 5 January" in page
    assert 'href="tel:999"' in page and "Ring Nottinghamshire council" in page
    assert "tel:999" not in tap(link_of(check_in(start, "week4", "employer")), "not_well")


def test_more_than_there_is_room_for_is_refused(start):
    path = link_of(check_in(start, "week4"))
    tap(path, "ok")
    answer = Client().post(path, {"words": "x" * 501})
    assert "Use 500 characters or fewer" in answer.content.decode()
    assert check_in(start, "week4").words is None


@pytest.mark.parametrize("side", ["young_person", "employer"])
def test_something_is_wrong_reaches_the_right_leads(start, side):
    factories.membership("safeguarding_lead", council=factories.council())
    path = f"{link_of(check_in(start, 'week4', side))}wrong/"
    page = text(path)
    assert "999" in page and not any(name in page for name in NAMES)
    key = re.search(r'name="key" value="([0-9a-f]+)"', page)[1]
    answer = Client().post(path, {"urgency": "today", "words": "He hit me", "reach": "", "key": key})
    assert answer.status_code == 302 and "Thank you for telling us" in text(answer["Location"])
    with factories.as_worker():
        row = Concern.objects.select_related("responsible").get()
    assert (row.introduction_id, row.said_by) == (start.introduction_id, side)
    assert row.responsible == factories.council() and row.person_id == start.person_id


# --- their own page ---------------------------------------------------------------------------------------------------


def test_on_their_own_page(sign_in, start):
    client = sign_in(user=start.person.user)
    assert "Say how it is going" in text(f"/me/introductions/{start.introduction.public_id}/", client)
    with factories.as_worker():
        CheckIn.objects.filter(start=start, point="week4").update(asked_at=clock.now())
    page = text(f"/me/introductions/{start.introduction.public_id}/", client)
    path = f"/me/introductions/{start.introduction.public_id}/how/week4/"
    assert path in page and "Week 13: we ask you on Monday 8 March" in page
    assert "You said: <b>It&#x27;s all right</b>" in tap(path, "ok", client)
    assert saved(start) == ("ok", "")
    page = text(f"/me/introductions/{start.introduction.public_id}/", client)
    assert "you said “It&#x27;s all right”" in page


def test_their_first_page_asks_until_it_is_answered(sign_in, start):
    client, path = sign_in(user=start.person.user), f"/me/introductions/{start.introduction.public_id}/how/week4/"
    assert path in text("/me/", client)
    tap(path, "ok", client)
    assert path not in text("/me/", client)


def test_their_first_page_asks_nothing_of_a_business_that_is_stopped(sign_in, start):
    stop(start)
    assert "Say how it is going" not in text("/me/", sign_in(user=start.person.user))


def test_another_young_person_and_another_worker_see_nothing(sign_in, start):
    other = person(account=True, name="Kai")
    client = sign_in(user=other.user)
    text(f"/me/introductions/{start.introduction.public_id}/how/week4/", client, status=404)
    stranger = sign_in("adviser")
    text(reverse("introductions:show-how", args=[start.introduction.public_id, "week4"]), stranger, status=404)


@pytest.mark.parametrize("said", ["", "good", "not_well", "left"])
def test_a_child_of_eleven_reads_it(sign_in, start, said):
    path = link_of(check_in(start, "week4"))
    page = tap(path, said) if said else text(path)
    assert reading_age(prose(words_of(page))) <= OLDEST, hard_sentences(words_of(page))
    assert "Exit this page" in page
    page = text(f"/me/introductions/{start.introduction.public_id}/", sign_in(user=start.person.user))
    assert reading_age(prose(words_of(page))) <= OLDEST, hard_sentences(words_of(page))
