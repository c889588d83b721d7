"""What own words may mean is offered, never ticked for anybody; what is kept counts, and the words stay."""

import re

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from demo.wishes import WISHES
from matching import passes, reasons, services
from matching import weights as w
from matching.models import Interests
from occupations import slang
from occupations.models import Occupation, Offered
from occupations.table import by_number, occupations
from pledges.models import Category
from tests import factories as everybody
from tests.introductions.test_me import as_oneself, own_account
from tests.matching import factories

OWN = "/me/interests/"
pytestmark = pytest.mark.django_db


TALKING = "someone to talk to about what is out there"  # may be a wish to work as somebody who listens, too


@pytest.mark.parametrize("wish", WISHES, ids=lambda wish: wish.words)
def test_what_people_write_finds_what_they_mean_or_nothing(wish):
    found = {code for each in slang.suggest(wish.words) for code in each.categories}
    assert found & set(wish.categories) if wish.categories else found == set() or wish.words == TALKING


def beside(client) -> str:
    """What the page says stood on it."""
    found = re.search(r'name="offered" value="([a-z -]*)"', client.get(OWN).content.decode())
    return found[1] if found else ""


def offered(page: str) -> dict[str, bool]:
    """Code -> whether it is ticked."""
    boxes = re.findall(r'<input[^>]*name="occupations"[^>]*>', page)
    return {re.search(r'value="([a-z-]+)"', box)[1]: " checked" in box for box in boxes}


def stored(person) -> tuple[str, list[str] | None, set[str]]:
    """Words, codes of what was kept, and the categories wished."""
    with everybody.as_worker():
        row = Interests.objects.get(pk=person.pk)
        kept = row.occupations and [by_number()[number].code for number in row.occupations]
        return row.words, kept, {one.code for one in Category.objects.all() if row.categories >> one.bit & 1}


def test_a_young_person_is_asked_once_and_keeps_what_they_mean(sign_in):
    kai = own_account(worker=everybody.adviser())
    client = as_oneself(sign_in, kai)
    assert offered(client.get(OWN).content.decode()) == {}
    said = {"travel": "walk", "words": "fixing bikes", "needs": "Mondays off", "categories": ["transport"]}
    assert client.post(OWN, said).url == f"{OWN}#own-words"
    assert stored(kai) == ("fixing bikes", None, {"transport"})  # a guess is not ticked
    found = offered(client.get(OWN).content.decode())
    assert next(iter(found)) == "bike-mechanic" and len(found) <= 5 and not any(found.values())
    assert client.post(OWN, {**said, "occupations": ["bike-mechanic"]}).url == "/me/"
    lies_in = set(occupations()["bike-mechanic"].categories)
    assert stored(kai) == ("fixing bikes", ["bike-mechanic"], {"transport"} | lies_in)
    page = client.get(OWN).content.decode()
    assert offered(page)["bike-mechanic"] and 'value="transport" id="id_categories' in page.replace(" checked", "")
    ticked = re.findall(r'name="categories" value="([a-z-]+)"[^>]* checked', page)
    assert ticked == ["transport"]  # what a kept occupation lies in is wished, not ticked
    assert beside(client).split()[0] == "bike-mechanic"
    assert client.post(OWN, {**said, "offered": beside(client)}).url == "/me/"  # dropped again
    assert stored(kai) == ("fixing bikes", [], {"transport"})


def test_other_words_are_asked_about_anew_and_what_was_kept_stays(sign_in):
    kai = own_account(worker=everybody.adviser())
    client = as_oneself(sign_in, kai)
    said = {"travel": "walk", "words": "fixing bikes"}
    client.post(OWN, said)
    client.post(OWN, {**said, "occupations": ["bike-mechanic"]})
    answer = client.post(OWN, {**said, "words": "bikes or cutting hair", "occupations": ["bike-mechanic"]})
    assert answer.url == f"{OWN}#own-words" and stored(kai)[1] == ["bike-mechanic"]
    found = offered(client.get(OWN).content.decode())
    assert found["bike-mechanic"] and found["hairdresser"] is False
    assert client.post(OWN, {"travel": "walk", "words": "sparky"}).url == f"{OWN}#own-words"
    assert stored(kai)[1] is None  # nothing of the old is kept, and nobody has said about the new


def test_words_that_say_nothing_lead_to_the_categories(sign_in):
    client = as_oneself(sign_in, own_account(worker=everybody.adviser()))
    assert client.post(OWN, {"travel": "walk", "words": "something"}).url == f"{OWN}#own-words"
    assert "We cannot tell what work that is" in client.get(OWN).content.decode()
    client.post(OWN, {"travel": "walk", "words": "something", "categories": ["transport"]})
    assert "We cannot tell" not in client.get(OWN).content.decode()
    assert client.post(OWN, {"travel": "walk", "words": "whatever", "categories": ["transport"]}).url == "/me/"


@pytest.mark.parametrize(("sent", "sentence"), [(["king"], "Select a valid choice"), (["chef"] * 1, "")])
def test_what_is_no_occupation_is_refused(sign_in, sent, sentence):
    kai = own_account(worker=everybody.adviser())
    client = as_oneself(sign_in, kai)
    client.post(OWN, {"travel": "walk", "words": "dogs"})
    page = client.post(OWN, {"travel": "walk", "words": "dogs", "occupations": sent}, follow=True).content.decode()
    assert ("Error:" in page) == bool(sentence) and sentence in page
    assert stored(kai)[1] == (None if sentence else ["chef"])


def test_six_are_too_many(sign_in):
    kai = own_account(worker=everybody.adviser())
    client = as_oneself(sign_in, kai)
    client.post(OWN, {"travel": "walk", "words": "dogs"})
    six = list(occupations())[:6]
    assert (
        "Tick up to five" in client.post(OWN, {"travel": "walk", "words": "dogs", "occupations": six}).content.decode()
    )


def test_the_worker_is_asked_too_until_somebody_has_said(sign_in):
    adviser = everybody.adviser()
    factories.places()
    person = factories.person(worker=adviser, words="walking dogs")
    page, form = (reverse(f"matching:{name}", args=[person.public_id]) for name in ("show-person", "edit-interests"))
    client = sign_in(user=adviser)
    assert "Did they mean Kennel worker" in client.get(page).content.decode()
    said = {"travel": "bus", "words": "walking dogs"}
    assert client.post(form, {**said, "occupations": ["kennel-worker"]}).url == page
    assert stored(person)[1] == ["kennel-worker"]
    shown = client.get(page).content.decode()
    assert "Did they mean" not in shown and "Kennel worker" in shown
    client.post(form, {**said, "offered": "kennel-worker dog-groomer king"})
    assert stored(person)[1] == [] and "Did they mean" not in client.get(page).content.decode()


def test_what_was_kept_stays_while_the_words_do():
    person = factories.person(words="sparky")
    with everybody.as_worker():
        services.record_interests(person=person, by=None, words="sparky", occupations=["electrician"])
        services.record_interests(person=person, by=None, words="sparky", hours=1)
    assert stored(person)[1] == ["electrician"]
    with everybody.as_worker():
        services.record_interests(person=person, by=None, words="roofs")
    assert stored(person)[1] is None
    with everybody.as_worker(), pytest.raises(LookupError):
        services.record_interests(person=person, by=None, words="roofs", occupations=["king"])


def test_a_page_on_which_nothing_was_offered_answers_nothing(sign_in):
    """A tab from before, and a code of a drop-in before the words were stored."""
    kai = own_account(worker=everybody.adviser())
    client = as_oneself(sign_in, kai)
    said = {"travel": "walk", "words": "fixing bikes"}
    client.post(OWN, said)
    client.post(OWN, said)
    assert stored(kai)[1] is None and not Offered.objects.exists()
    client.post(OWN, {**said, "offered": beside(client)})
    assert stored(kai)[1] == [] and Offered.objects.exists()


def test_what_the_occupations_lie_in_follows_the_file(db):
    person = factories.person(words="sparky")
    with everybody.as_worker():
        services.record_interests(
            person=person, by=None, words="sparky", occupations=["electrician"], categories=["transport"]
        )
        Occupation.objects.filter(code="electrician").update(categories=1 << 9)
        passes.refresh_places()
        row = Interests.objects.get(pk=person.pk)
    assert row.categories == row.ticked | 1 << 9


def test_six_are_refused_by_the_verb_and_planted_by_the_table():
    person = factories.person(words="sparky")
    with everybody.as_worker():
        with pytest.raises(ValueError, match="more than 5"):
            services.record_interests(person=person, by=None, words="sparky", occupations=list(occupations())[:6])
        with pytest.raises(IntegrityError, match="interests_occupations"), transaction.atomic():
            Interests.objects.filter(pk=person.pk).update(occupations=[1, 2, 3, 4, 5, 6])


def test_what_was_offered_and_kept_is_counted_once_by_category_and_never_the_words():
    person = factories.person(words="fixing bikes")
    meant = [each.code for each in slang.suggest("fixing bikes")]
    for _time in range(2):
        with everybody.as_worker():
            services.record_interests(
                person=person, by=None, words="fixing bikes", occupations=meant[:1], offered=meant
            )
    rows = list(Offered.objects.order_by("pk"))
    assert (sum(row.offered for row in rows), sum(row.kept for row in rows)) == (len(meant), 1)
    assert {field.name for field in Offered._meta.fields} == {"id", "category", "month", "offered", "kept"}


# --- matched by it ----------------------------------------------------------------------------------------------------


def test_the_very_work_weighs_more_and_says_so():
    factories.places()
    adviser = everybody.adviser()
    person = factories.person(worker=adviser, words="sparky")
    with everybody.as_worker():
        services.record_interests(person=person, by=None, words="sparky", occupations=["electrician"])
    number = occupations()["electrician"].number
    sort = factories.opportunity(audience="england")
    very = factories.opportunity(audience="england", occupation=number)
    other = factories.opportunity(audience="england", category=Category.objects.get(code="animal-care"))
    factories.run()
    found = factories.stored()
    assert (person.pk, other.pk) not in found
    assert found[person.pk, very.pk][0] == found[person.pk, sort.pk][0] + w.OCCUPATION.points
    mask = found[person.pk, very.pk][1]
    assert mask & w.OCCUPATION.flag and not found[person.pk, sort.pk][1] & w.OCCUPATION.flag
    said = [reasons.sentences(mask, 5, ["Construction"], occupation=number, you=you)[0] for you in (False, True)]
    assert said == ["The work they named: Electrician", "The work you named: Electrician"]
    assert reasons.sentences(mask, 5, ["Construction"], occupation=None)[0] == "Would like construction"
