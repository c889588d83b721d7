"""The five papers: open to all where they speak to somebody, and accepted before anybody real is entered."""

import datetime as dt
from dataclasses import replace

import pytest
from django.core.exceptions import ValidationError
from django.test import Client

from accounts import papers, services
from accounts.models import Acceptance, YoungPerson
from accounts.papers import Paper
from core import clock
from tests import factories
from tests.matching.factories import places
from tests.matching.test_pages import GOOD
from tests.pledges.reading_age import reading_age, words_of

pytestmark = pytest.mark.django_db
NOTICES = ("young-people", "businesses", "workers")


@pytest.fixture
def real(settings):
    settings.INSTALLATION_MODE = "real"


def accept(*wanted: str, council="Nottinghamshire") -> None:
    with factories.as_worker():
        for paper in wanted:
            papers.accept(
                council=factories.council(council), paper=paper, version=papers.text_of(paper).version,
                accepted_by="Ann Fairley, Director", accepted_on=clock.today(), by=factories.user(),
            )  # fmt: skip


def add(council="Nottinghamshire") -> YoungPerson:
    with factories.as_worker():
        return services.add_young_person(
            by=None, council=factories.council(council), label="A.B.", birth_month=clock.today() - dt.timedelta(7000),
            sector="NG18 1", living_authority=factories.council(),
        )  # fmt: skip


@pytest.fixture(autouse=True)
def sectors(monkeypatch):
    monkeypatch.setattr(services, "find_sector", lambda sector: sector)


# --- the words --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", NOTICES)
def test_a_notice_is_open_to_all_and_linked(name):
    text = Client().get(f"/privacy/{name}/").content.decode()
    assert "Version of 26 November 2026" in text and "Information Commissioner" in text
    assert f'href="/privacy/{name}/"' in Client().get("/privacy/").content.decode()


def test_the_others_are_not_public():
    for name in ("dpia", "retention", "young_person", "other"):
        assert Client().get(f"/privacy/{name}/").status_code == 404


def test_young_people_read_theirs_with_ease():
    assert reading_age(words_of(Client().get("/privacy/young-people/").content.decode())) <= 11


def test_every_paper_has_a_version_headings_and_words():
    for paper in Paper.values:
        text = papers.text_of(paper)
        assert text.day <= clock.today() and {"h2", "p", "ul"} <= {block.kind for block in text.blocks}
        assert not any("Version:" in line for block in text.blocks for line in block.lines)


def test_a_paper_without_a_version_is_refused(tmp_path, settings):
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / "dpia.md").write_text("# Title\n\nWords\n")
    settings.BASE_DIR = tmp_path
    with pytest.raises(ValueError, match="no line"):
        papers.text_of.__wrapped__(Paper.DPIA)


# --- before anybody is entered ----------------------------------------------------------------------------------------


def test_a_demonstration_does_not_ask():
    assert add().pk and papers.refusal(factories.council()) == ""


@pytest.mark.parametrize("left_out", Paper.values)
def test_in_real_use_each_missing_paper_stops_it_and_is_named(real, left_out):
    accept(*(paper for paper in Paper.values if paper != left_out))
    with pytest.raises(ValidationError) as refused:
        add()
    (sentence,) = refused.value.message_dict["council"]
    others = [str(Paper(paper).label) for paper in Paper.values if paper != left_out]
    assert str(Paper(left_out).label) in sentence and not any(label in sentence for label in others)
    accept(left_out)
    assert add().pk


def test_another_councils_acceptance_does_not_count(real):
    accept(*Paper.values, council="Nottingham")
    with pytest.raises(ValidationError, match="has not accepted"):
        add()
    assert add("Nottingham").pk


def test_new_words_have_to_be_accepted_anew(real, monkeypatch):
    accept(*Paper.values)
    plain = papers.text_of
    monkeypatch.setattr(
        papers,
        "text_of",
        lambda paper: replace(plain(paper), version="2027-01-01") if paper == "dpia" else plain(paper),
    )
    assert papers.missing(factories.council()) == ["Data protection impact assessment"]
    with pytest.raises(ValidationError, match="Data protection impact assessment"):
        add()


def test_an_advisers_form_says_what_is_missing(real, sign_in):
    places()
    client = sign_in("adviser", council=factories.council())
    text = client.post("/adviser/people/new/", GOOD).content.decode()
    assert "Error:" in text and "has not accepted these papers yet" in text
    with factories.as_worker():
        assert not YoungPerson.objects.exists()


# --- the record -------------------------------------------------------------------------------------------------------


def post(client, name="young-person", **more):
    today = clock.today()
    values = {
        "version": papers.text_of(name.replace("-", "_")).version, "accepted_by": "Ann Fairley, Director",
        "accepted_on_0": today.day, "accepted_on_1": today.month, "accepted_on_2": today.year, **more,
    }  # fmt: skip
    return client.post(f"/safeguarding/papers/{name}/", values)


@pytest.mark.parametrize("role", ["safeguarding_lead", "auditor"])
def test_a_lead_or_auditor_records_it_once(sign_in, role):
    client = sign_in(role, council=factories.council())
    text = client.get("/safeguarding/papers/").content.decode()
    assert "5 are missing" in text and text.count("Not yet") == 5
    assert "What we keep" in client.get("/safeguarding/papers/young-person/").content.decode()
    assert post(client).status_code == 302
    row = Acceptance.objects.get()
    assert (row.paper, row.council, row.accepted_on) == ("young_person", factories.council(), clock.today())
    text = client.get("/safeguarding/papers/").content.decode()
    assert "4 are missing" in text and "Ann Fairley, Director" in text
    assert "recorded as accepted already" in post(client).content.decode()


def test_a_day_to_come_and_words_that_changed_are_refused(sign_in):
    client = sign_in("safeguarding_lead", council=factories.council())
    assert "today or earlier" in post(client, accepted_on_2=clock.today().year + 1).content.decode()
    assert "words have changed" in post(client, version="2020-01-01").content.decode()
    assert not Acceptance.objects.exists()


def test_nobody_else_records_anything(sign_in):
    for role in ("adviser", "team_manager", "coordinator", "operator", "ambassador"):
        client = sign_in(role)
        assert client.get("/safeguarding/papers/").status_code == 404
        assert post(client).status_code == 404
    assert not Acceptance.objects.exists()
    assert sign_in("auditor", council=factories.council()).get("/safeguarding/papers/other/").status_code == 404
