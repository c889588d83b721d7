"""A safeguarding lead's pages: what is late stands first, everything of one concern, and nobody else sees any of it."""

import datetime as dt
import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts import safety
from accounts.models import View, YoungPerson, YoungPersonContact
from accounts.personal_data import export_person
from accounts.roles import Role
from core import clock
from core.scope import NOBODY, scope
from introductions import concerns
from introductions.models import Concern, ConcernNote
from tests import factories
from tests.introductions import factories as chain
from tests.introductions.test_concerns import work_in

pytestmark = pytest.mark.django_db
WORDS = "She is asked to stay the night"


def said(*, council="Nottinghamshire", **more) -> Concern:
    values = {"said_by": "anybody", "urgency": "soon", "role": "visitor", "words": WORDS, "reach": "07700 900321"}
    place = {} if {"person", "introduction"} & set(more) else {"council": factories.council(council)}
    with factories.as_worker() if place == {} else scope(NOBODY):
        return concerns.raise_concern(**{**values, **place, **more})


def lead(sign_in, council="Nottinghamshire"):
    return sign_in("safeguarding_lead", council=factories.council(council))


def page(client, path="/safeguarding/", status=200) -> str:
    answer = client.get(path)
    assert answer.status_code == status, path
    return answer.content.decode()


def address(row, end="") -> str:
    return f"/safeguarding/{row.public_id}/{end}"


def test_the_late_one_stands_first_and_says_so(sign_in):
    soon, late, now = said(), said(urgency="today"), said(urgency="now")
    with factories.as_worker():
        Concern.objects.filter(pk=late.pk).update(look_by=clock.now() - dt.timedelta(hours=1))
    text = page(lead(sign_in))
    places = [text.index(concerns.number_of(row)) for row in (late, now, soon)]
    assert places == sorted(places)
    assert "1 is late" in text and "Late: by" in text
    assert WORDS not in text


def test_one_concern_with_everything_and_the_view_is_written_down(sign_in):
    worker = factories.adviser()
    row = chain.introduced(chain.permitted(label="Wilberforce", worker=worker))
    with factories.as_worker():
        YoungPersonContact.objects.create(person=row.person, details={"name": "Jo Marsh", "phone": "07700 900555"})
    made = said(introduction=row, said_by="employer")
    client = lead(sign_in)
    text = page(client, address(made))
    for words in (
        *(WORDS, "07700 900321", "Wilberforce", "Jo Marsh", "07700 900555", worker.name, row.reference),
        *(row.employer.name, row.opportunity.title, "Sam Field"),
    ):
        assert words in text, words
    with factories.as_worker():
        viewed = list(View.objects.filter(person=row.person).values_list("page", "role"))
    assert viewed == [("safety", "safeguarding_lead")]


def test_who_looked_gives_away_nothing_that_others_said(sign_in):
    row = chain.introduced()
    user = factories.user("Jo")
    with factories.as_worker():
        YoungPerson.objects.filter(pk=row.person_id).update(user=user)
    client, me = lead(sign_in), sign_in(user=user)
    for said_by, shown in (("employer", False), ("worker", False), ("stop", False), ("young_person", True)):
        page(client, address(said(introduction=row, said_by=said_by)))
        text = page(me, "/me/who/")
        assert ("Safeguarding lead, Nottinghamshire: Something you told us" in text) is shown, said_by
        assert "others told" not in text
        with factories.as_worker():
            copies = [str(export_person(row.person, own_copy=own)) for own in (True, False)]
        assert ["Something others told us" in copy or "safety" in copy for copy in copies] == [False, True]


def test_the_lead_where_the_work_is_hears_what_was_said_and_not_who_it_is(sign_in):
    row = chain.introduced(chain.permitted(chain.interested(label="Wilberforce", opportunity=work_in("Bolsover"))))
    made = said(introduction=row, said_by="worker")
    text = page(lead(sign_in, "Derbyshire"), address(made))
    assert WORDS in text and "supported by Nottinghamshire" in text
    assert "Wilberforce" not in text and row.reference not in text


def test_every_other_council_and_role_gets_the_404_of_nothing(sign_in):
    made = said()
    page(lead(sign_in, "Nottingham"), address(made), status=404)
    assert concerns.number_of(made) not in page(lead(sign_in, "Nottingham"))
    for role in set(Role.values) - {"safeguarding_lead", "employer_member", "guest_adviser"}:
        client = sign_in(role)
        for path in ("/safeguarding/", address(made), "/safeguarding/numbers/"):
            page(client, path, status=404)
        assert client.post(address(made, "see/")).status_code == 404
    assert sign_in().get(address(made)).status_code == 302  # a visitor is asked to sign in


def test_a_lead_of_another_council_cannot_act(sign_in):
    made = said()
    client = lead(sign_in, "Nottingham")
    assert client.post(address(made, "see/")).status_code == 404
    assert client.post(address(made, "write/"), {"do": "note", "words": "x"}).status_code == 404


def test_look_note_close_and_open_again(sign_in):
    made, client = said(), lead(sign_in)
    assert "Save and close" not in page(client, address(made))
    client.post(address(made, "see/"))
    text = client.post(address(made, "see/"), follow=True).content.decode()
    assert "already" in text and "Save and close" in text
    for do, words in (("note", "Rang the worker"), ("close", "All is well"), ("reopen", "It is not")):
        client.post(address(made, "write/"), {"do": do, "words": words})
    text = page(client, address(made))
    assert text.index("It is not") < text.index("All is well") < text.index("Rang the worker")
    with factories.as_worker():
        assert Concern.objects.get(pk=made.pk).state == "seen"


def test_closing_needs_words_and_an_unknown_verb_is_refused(sign_in):
    made, client = said(), lead(sign_in)
    client.post(address(made, "see/"))
    text = client.post(address(made, "write/"), {"do": "close", "words": " "}).content.decode()
    assert "Error:" in text and "Write what you did, or heard" in text
    assert client.post(address(made, "write/"), {"do": "delete", "words": "x"}).status_code == 400
    with factories.as_worker():
        assert Concern.objects.get(pk=made.pk).state == "seen" and not ConcernNote.objects.exists()


def test_words_are_kept_when_somebody_else_was_quicker(sign_in):
    made, client = said(), lead(sign_in)
    for do, words in (("close", "Rang the police"), ("reopen", "She rang back")):
        text = client.post(address(made, "write/"), {"do": do, "words": words}, follow=True).content.decode()
        assert words in text and "Your words are saved as a note." in text
    with factories.as_worker():
        assert Concern.objects.get(pk=made.pk).state == "new"


def test_a_double_tap_is_one_note_and_other_words_are_one_more(sign_in):
    made, client = said(), lead(sign_in)
    key = re.search(r'name="key" value="([0-9a-f]{32})"', page(client, address(made)))[1]
    for words in ("Rang her", "Rang her", "Rang her mother"):
        client.post(address(made, "write/"), {"do": "note", "words": words, "key": key})
    with factories.as_worker():
        kept = [row.words["words"] for row in ConcernNote.objects.order_by("pk")]
    assert kept == ["Rang her", "Rang her mother"]
    assert key not in page(client, address(made))


def test_closed_ones_are_on_a_list_of_their_own(sign_in):
    made, client = said(), lead(sign_in)
    client.post(address(made, "see/"))
    client.post(address(made, "write/"), {"do": "close", "words": "Done"})
    number = concerns.number_of(made)
    assert number not in page(client) and "Nothing waits" in page(client)
    assert number in page(client, "/safeguarding/?show=closed")


def test_the_lists_queries_do_not_grow(sign_in):
    client, counts = lead(sign_in), []
    for _n in range(2):
        for _each in range(4):
            client.post(address(said(), "see/"))
            said(introduction=chain.introduced(), said_by="worker")
        with CaptureQueriesContext(
            connection,
        ) as seen:
            page(client)
        counts.append(len(seen))
    assert counts[0] == counts[1] <= 12


def test_a_lead_records_the_numbers_of_their_own_council(sign_in):
    client = lead(sign_in)
    assert "None are recorded yet" in page(client, "/safeguarding/numbers/")
    wrong = client.post("/safeguarding/numbers/", {"day_phone": "ring me", "day_hours": "9 to 5"}).content.decode()
    assert "Error:" in wrong and "out of hours" in wrong
    values = {"day_phone": "0115 496 0100", "day_hours": "Monday to Friday, 9am to 5pm", "night_phone": "01154960200"}
    assert client.post("/safeguarding/numbers/", values).status_code == 302
    ours, theirs = safety.numbers_of([factories.council(), factories.council("Nottingham")])
    assert ours.known.night_phone and theirs.known is None
    text = page(sign_in(), "/wrong/?council=E10000024")
    assert ours.known.night_phone in text and "0115 496 0100" in text
