"""The desk: what each role does there, what another partnership sees of it (nothing), and how many queries it takes."""

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext

from core import clock
from core.scope import NOBODY, scope
from pledges import imports, services
from pledges.models import Employer, EmployerCheck, Event, Pledge, SheetUpload, ToClearUp
from pledges.reading import Reach
from tests import factories
from tests.pledges import made

pytestmark = pytest.mark.django_db


@pytest.fixture
def event():
    return made.event()


@pytest.fixture
def coordinator(sign_in):
    return sign_in("coordinator")


def text_of(page):
    assert page.status_code == 200, page.status_code
    return page.content.decode()


def upload(client, event, data, name="pledges.csv"):
    return client.post(f"/desk/events/{event.code}/sheet/", {"sheet": SimpleUploadedFile(name, data)})


def bad_record(event):
    with scope(NOBODY):
        sheet = imports.read_sheet(made.csv_of(made.row(Pledge="spaceship")), "a.csv")
        imports.apply(event=event, sheet=sheet, mapping=imports.map_columns(sheet.header), by=None)
    return ToClearUp.objects.order_by("-pk").first()


def pledge_of(event, **more):
    with scope(NOBODY):
        return made.pledge(event=event, **more)


# --- who


PAGES = ["/desk/", "/desk/events/", "/desk/events/new/", "/desk/clear-up/"]


@pytest.mark.parametrize("role", ["coordinator", "support_officer", "economic_development"])
def test_officers_have_a_desk(sign_in, event, role):
    client = sign_in(role)
    pledge = pledge_of(event)
    record = bad_record(event)
    more = [
        f"/desk/events/{event.code}/",
        f"/desk/events/{event.code}/pledge/",
        f"/desk/events/{event.code}/sheet/",
        f"/desk/events/{event.code}/code.svg",
        f"/desk/clear-up/{record.public_id}/",
        f"/desk/employers/{pledge.employer.public_id}/",
    ]
    for path in [*PAGES, *more]:
        assert client.get(path).status_code == 200, path
    page = text_of(client.get(more[-1]))
    assert ("We have spoken to them" in page) == (role == "coordinator")
    assert ("Close the event" in text_of(client.get(more[0]))) == (role == "coordinator")


@pytest.mark.parametrize("role", ["adviser", "team_manager", "operator", "board_member"])
def test_others_have_not(sign_in, event, role):
    client = sign_in(role)
    for path in [*PAGES, f"/desk/events/{event.code}/"]:
        assert client.get(path).status_code == 404


def test_another_partnerships_event_is_not_there(sign_in, event):
    client = sign_in("coordinator", partnership=factories.partnership("derbyshire"))
    pledge, record = pledge_of(event), bad_record(event)
    with scope(NOBODY):
        sheet = imports.hold_sheet(
            event=event, sheet=imports.read_sheet(made.csv_of(made.row()), "a.csv"), by=event.owner
        )
    path = f"/desk/events/{event.code}/"
    for hidden in ("", "pledge/", "sheet/", "code.svg", f"sheet/{sheet.public_id}/"):
        assert client.get(path + hidden).status_code == 404
    for action in ("close/", "pledge/", "sheet/", f"sheet/{sheet.public_id}/"):
        assert client.post(path + action, {"do": "apply"}).status_code == 404
    assert client.get(f"/desk/clear-up/{record.public_id}/").status_code == 404
    assert client.get(f"/desk/employers/{pledge.employer.public_id}/").status_code == 404
    assert client.post(f"/desk/employers/{pledge.employer.public_id}/stop/").status_code == 404
    for page in ("/desk/", "/desk/events/", "/desk/clear-up/"):
        found = text_of(client.get(page))
        assert event.name not in found and "Sycamore" not in found and "Old Bank" not in found
    assert Event.objects.get(pk=event.pk).state == "open"


@pytest.mark.parametrize("action", ["", "code.svg", "pledge/", "sheet/"])
def test_a_code_with_a_nul_is_not_there(coordinator, action):
    assert coordinator.get(f"/desk/events/AB%00CD/{action}").status_code == 404


@pytest.mark.parametrize("role", ["support_officer", "economic_development"])
def test_only_a_coordinator_checks_and_closes(sign_in, event, role):
    client, pledge = sign_in(role), pledge_of(event)
    for action in ("call-back", "first", "second", "stop", "reopen"):
        assert client.post(f"/desk/employers/{pledge.employer.public_id}/{action}/").status_code == 404
    assert client.post(f"/desk/events/{event.code}/close/").status_code == 404


# --- events


def test_a_new_event_gets_an_address_and_a_code(coordinator):
    today = clock.today()
    form = {"name": "Autumn \x00lunch", "place": "", "held_on_0": today.day, "held_on_1": today.month}
    answer = coordinator.post("/desk/events/new/", form)
    assert answer.status_code == 200 and "real date" in text_of(answer)
    answer = coordinator.post("/desk/events/new/", {**form, "held_on_2": today.year})
    event = Event.objects.get()
    assert answer.url == f"/desk/events/{event.code}/" and event.name == "Autumn lunch"
    page = text_of(coordinator.get(answer.url))
    assert f"/pledge/{event.code}/" in page and re.fullmatch("[BCDFGHJKMNPQRTVWXY]{6}", event.code)
    picture = coordinator.get(f"{answer.url}code.svg")
    assert picture["Content-Type"] == "image/svg+xml" and b"<svg" in picture.content and b"style" not in picture.content


def test_closing_and_opening(coordinator, event):
    for move, state in (("close", "closed"), ("close", "closed"), ("open", "open")):
        assert coordinator.post(f"/desk/events/{event.code}/{move}/").status_code == 302
        event.refresh_from_db()
        assert event.state == state
    assert coordinator.post(f"/desk/events/{event.code}/burn/").status_code == 404


def test_a_pledge_after_closing_is_flagged(coordinator, event):
    with scope(NOBODY):
        services.move_event(event=event, name="close", role="coordinator")
    pledge_of(event)
    assert "After closing" in text_of(coordinator.get(f"/desk/events/{event.code}/"))


def card(**more):
    good = {
        "business": "Old Bank",
        "email": "jo@oldbank.example",
        "kind": "mentoring",
        "places": "one",
        "by_month_0": "",
    }
    return {**good, "by_month_1": "", **more}


def test_a_card_typed_in(coordinator, event):
    assert coordinator.post(f"/desk/events/{event.code}/pledge/", card()).status_code == 302
    pledge = Pledge.objects.select_related("kind").get()
    assert (pledge.source, pledge.kind.code, pledge.places, pledge.owner) == ("desk", "mentoring", 1, event.owner)


@pytest.mark.parametrize(
    ("more", "field", "words"),
    [
        ({"email": ""}, "phone", "phone number or an email address"),
        ({"email": "jo"}, "email", "like jo@business"),
        ({"way": "call"}, "phone", "phone number, or choose email"),
        ({"kind": "spaceship"}, "kind", "valid choice"),
        ({"places": "1e9"}, "places", "from 1 to 500"),
        ({"by_month_0": "1", "by_month_1": "2020"}, "by_month", "this month or a later one"),
    ],
)
def test_a_bad_card_gets_a_sentence(coordinator, event, more, field, words):
    answer = coordinator.post(f"/desk/events/{event.code}/pledge/", card(**more))
    assert words in str(answer.context["form"].errors[field]) and not Pledge.objects.exists()


# --- sheets


def test_a_sheet_from_upload_to_result(coordinator, event):
    data = made.csv_of(made.row(), made.row(), made.row(Pledge="spaceship"))
    answer = upload(coordinator, event, data)
    preview = text_of(coordinator.get(answer.url))
    assert "do not know the pledge “spaceship”" in preview and "Work experience: 2" in preview
    assert not Pledge.objects.exists()
    for status in (302, 200):  # a second press shows the result
        assert coordinator.post(answer.url, {"do": "apply"}).status_code == status
    assert "The sheet is saved" in text_of(coordinator.get(answer.url))
    assert Pledge.objects.count() == 2 and ToClearUp.objects.count() == 1
    sheet = SheetUpload.objects.get()
    assert sheet.rows == [] and sheet.outcome["made"] == 2
    again = upload(coordinator, event, data)
    coordinator.post(again.url, {"do": "apply"})
    assert "waiting to be cleared up already" in text_of(coordinator.get(again.url))
    assert Pledge.objects.count() == 2


@pytest.mark.parametrize(
    ("data", "name", "words"),
    [
        (b"", "a.csv", "This file is empty"),
        (b"\x89PNG\r\n\x1a\n\0\0", "a.csv", "not a sheet"),
        (made.xlsx_of([["Business"], ["a"]]), "a.xlsm", "macros"),
        (b"x" * (5 * 1024 * 1024 + 5000), "a.csv", "bigger than 5 MB"),
        (b"x" * (7 * 1024 * 1024), "a.csv", "bigger than 5 MB"),
        (b"Business\n" + b"a\n" * 2001, "a.csv", "more than 2000 rows"),
    ],
)
def test_a_bad_file_gets_a_sentence_and_is_not_kept(coordinator, event, data, name, words):
    answer = upload(coordinator, event, data, name)
    assert words in text_of(answer) and not SheetUpload.objects.exists()


def test_no_file_at_all(coordinator, event):
    assert "Choose a file" in text_of(coordinator.post(f"/desk/events/{event.code}/sheet/", {}))


def test_unknown_headings_are_asked_for_and_chosen_by_hand(coordinator, event):
    row = {"Firma": "Old Bank", "Tel": "01632 960001", "Was": "kit", "Zahl": "2"}
    answer = upload(coordinator, event, made.csv_of(row, header=list(row)))
    page = text_of(coordinator.get(answer.url))
    assert "No column says “Business”" in page and "Save these pledges" not in page
    assert coordinator.post(answer.url, {"do": "apply"}).status_code == 302
    assert not Pledge.objects.exists()
    chosen = {"business": "0", "phone": "1", "kind": "2", "places": "3", "do": "columns"}
    coordinator.post(answer.url, {**chosen, "places": "9"})
    assert "places" not in SheetUpload.objects.get().mapping
    coordinator.post(answer.url, chosen)
    assert "Save these pledges" in text_of(coordinator.get(answer.url))
    coordinator.post(answer.url, {"do": "apply"})
    assert Pledge.objects.get().places == 2


def test_formulas_and_scripts_in_a_sheet_are_shown_as_words(coordinator, event):
    row = made.row(Pledge="=HYPERLINK(1)<script>alert(1)</script>\x00\u202e", Business="<b>Bank</b>")
    answer = upload(coordinator, event, made.csv_of(row))
    page = text_of(coordinator.get(answer.url))
    assert "=HYPERLINK(1)&lt;script&gt;" in page and "<script>alert" not in page
    coordinator.post(answer.url, {"do": "apply"})
    record = ToClearUp.objects.get()
    for path in ("/desk/", "/desk/clear-up/", f"/desk/clear-up/{record.public_id}/"):
        page = text_of(coordinator.get(path))
        assert "<b>Bank" not in page and "<script>alert" not in page and "\u202e" not in page


# --- to clear up


def test_a_record_becomes_a_pledge(coordinator, event):
    record = bad_record(event)
    page = text_of(coordinator.get(f"/desk/clear-up/{record.public_id}/"))
    assert "spaceship" in page and 'value="hello@sycamore-joinery.example"' in page and "Row 2" in page
    form = card(business="Sycamore Joinery", do="pledge")
    assert "kind" in str(
        coordinator.post(f"/desk/clear-up/{record.public_id}/", {**form, "kind": ""}).context["form"].errors
    )
    for _press in range(2):
        assert coordinator.post(f"/desk/clear-up/{record.public_id}/", form).status_code == 302
    record.refresh_from_db()
    assert record.state == "cleared" and record.pledge == Pledge.objects.get()
    assert record.pledge.source == "sheet" and record.pledge.event == event


def test_a_record_is_set_aside_with_a_reason(coordinator, event):
    record = bad_record(event)
    path = f"/desk/clear-up/{record.public_id}/"
    assert "Say why" in text_of(coordinator.post(path, {"do": "aside", "aside-because": " "}))
    assert coordinator.post(path, {"do": "aside", "aside-because": "A joke"}).status_code == 302
    record.refresh_from_db()
    assert (record.state, record.because) == ("set_aside", "A joke")


# --- employers


def parts(name, day):
    return {f"{name}_0": day.day, f"{name}_1": day.month, f"{name}_2": day.year}


def test_two_coordinators_check_a_business(sign_in, event):
    one, two = sign_in("coordinator"), sign_in("coordinator")
    employer = pledge_of(event).employer
    path = f"/desk/employers/{employer.public_id}/"
    assert "Nobody has spoken to them yet" in text_of(one.get(path))
    answer = one.post(f"{path}first/", {"first-because": "Yes"})
    assert "Ring them first" in text_of(answer)
    assert "When did you speak" in text_of(one.post(f"{path}call-back/", {}))
    form = {"call-back-spoke_to": "the owner", "call-back-found_by": "met", **parts("call-back-on", clock.today())}
    assert one.post(f"{path}call-back/", form).status_code == 302
    assert "liability insurance" in text_of(one.post(f"{path}first/", {"first-because": "I met them"}))
    insured = parts("first-insurance_until", clock.today().replace(year=clock.today().year + 1, day=1))
    assert one.post(f"{path}first/", {"first-because": "I met them", **insured}).status_code == 302
    assert "The second person" not in text_of(one.get(path)).split("<h2>Checks</h2>")[1]
    refused = text_of(one.post(f"{path}second/", {"second-because": "me again"}))
    assert "A second person must agree" in refused
    assert "The second person" in text_of(two.get("/desk/"))
    assert two.post(f"{path}second/", {"second-because": "So did I"}).status_code == 302
    assert Employer.objects.get().state == "checked"
    check = EmployerCheck.objects.get()
    assert check.first_by != check.second_by
    page = text_of(two.get(path))
    assert "So did I" in page and "Insured until" in page
    assert two.post(f"{path}stop/", {"stop-because": "A false address"}).status_code == 302
    assert "Open it again" in text_of(two.get(path))
    assert two.post(f"{path}reopen/", {"reopen-because": "A mistake"}).status_code == 302
    assert Employer.objects.get().state == "unchecked"


def test_only_the_newest_round_of_a_business_waits_and_only_while_it_is_open(coordinator, event):
    first, newest, other = factories.user("Early Bird"), factories.user("Late Riser"), factories.user("Nobody Asked")
    waits = pledge_of(event, business="Sycamore Joinery").employer
    passed = pledge_of(event, business="Old Bank Kitchen", reach=Reach(email="jo@other.example")).employer
    with scope(NOBODY):
        made.called_back(waits, first)
        made.called_back(waits, newest)
        made.called_back(passed, other)
        made.checked(passed)
    page = coordinator.get("/desk/")
    assert [(row[0]["text"], row[3]) for row in page.context["waiting"]] == [("Sycamore Joinery", "Late Riser")]
    assert "Late Riser" in text_of(page) and "Early Bird" not in text_of(page) and "Nobody Asked" not in text_of(page)


def test_a_business_that_may_be_another_says_so(coordinator, event):
    one = pledge_of(event).employer
    two = pledge_of(event, reach=Reach(email="jo@other.example")).employer
    for employer, other in ((one, two), (two, one)):
        page = text_of(coordinator.get(f"/desk/employers/{employer.public_id}/"))
        assert "May be the same as" in page and f"/desk/employers/{other.public_id}/" in page


def test_a_pledge_without_a_place_is_taken_on(sign_in, coordinator):
    pledge = pledge_of(None)
    assert "Take it on" in text_of(coordinator.get("/desk/"))
    assert "Nobody yet" in text_of(coordinator.get("/desk/"))
    page = text_of(coordinator.post(f"/desk/pledges/{pledge.public_id}/take/", follow=True))
    pledge.refresh_from_db()
    assert pledge.partnership == factories.partnership() and pledge.owner is not None
    assert "Old Bank Kitchen is yours now. Ring them by" in page
    assert pledge.owner.name in page and "Nobody yet" not in page
    again = text_of(coordinator.post(f"/desk/pledges/{pledge.public_id}/take/", follow=True))
    assert "Somebody has taken this pledge on already" in again
    elsewhere = sign_in("coordinator", partnership=factories.partnership("derbyshire"))
    assert elsewhere.post(f"/desk/pledges/{pledge.public_id}/take/").status_code == 404


# --- how much the pages ask


def many(event, start, count):
    with scope(NOBODY):
        rows = [
            made.row(Business=f"Firm {n}", Email=f"hello@firm-{n}.example", Pledge="kit" if n % 2 else "spaceship")
            for n in range(start, start + count)
        ]
        sheet = imports.read_sheet(made.csv_of(*rows), "a.csv")
        imports.apply(event=event, sheet=sheet, mapping=imports.map_columns(sheet.header), by=None)


@pytest.mark.parametrize(
    ("path", "budget"),
    [("/desk/", 20), ("/desk/events/", 10), ("/desk/events/{code}/", 12), ("/desk/clear-up/", 10)],
)
def test_the_queries_of_a_page_do_not_grow_with_its_rows(coordinator, event, path, budget):
    counts = []
    for start in (0, 20):
        many(event, start, 20)
        with CaptureQueriesContext(connection) as found:
            assert coordinator.get(path.format(code=event.code)).status_code == 200
        counts.append(len(found))
    assert counts[0] == counts[1] <= budget, counts


def test_the_queries_of_a_preview_do_not_grow(coordinator, event):
    counts = []
    for count in (5, 200):
        rows = [made.row(Business=f"Firm {n}", Email=f"hello@firm-{n}.example") for n in range(count)]
        answer = upload(coordinator, event, made.csv_of(*rows))
        with CaptureQueriesContext(connection) as found:
            assert coordinator.get(answer.url).status_code == 200
        counts.append(len(found))
    assert counts[0] == counts[1] <= 15, counts


def test_lists_are_paged(coordinator, event):
    many(event, 0, 80)
    assert 'rel="next"' in text_of(coordinator.get("/desk/clear-up/"))
    assert 'rel="prev"' in text_of(coordinator.get(f"/desk/events/{event.code}/?page=2"))
