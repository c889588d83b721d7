"""One transaction and one scope around a request, and a planted defect for each promise."""

import pytest
from django.db import connection
from django.http import HttpResponse

from accounts.models import Council, YoungPerson
from core import middleware
from core.scope import scope
from tests import factories
from tests.walls.test_scope import open_first_wall
from tests.walls.views import WRITTEN

FAILING = ["/write/raise/", "/write/return-500/", "/write/raise-404/"]
WHO = "SELECT current_user, (SELECT count(*) FROM pg_tables WHERE schemaname = 'public' AND tableowner <> 'fr_owner')"


def kept() -> int:
    """Rows that a request wrote and that survived it."""
    with factories.as_worker():
        return YoungPerson.objects.filter(label=WRITTEN).count()


@pytest.mark.django_db
def test_an_ordinary_test_runs_as_fr_web_over_tables_of_fr_owner():
    with connection.cursor() as cursor:
        assert cursor.execute(WHO).fetchone() == ("fr_web", 0)


@pytest.mark.django_db(transaction=True)
def test_a_transactional_test_does_too():
    with connection.cursor() as cursor:
        assert cursor.execute(WHO).fetchone() == ("fr_web", 0)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("time", ["first", "second"])
def test_transactional_tests_keep_reference_data_and_lose_the_rest(time):
    person = factories.young_person(factories.council("Derby"))  # fails if a clean-up wiped the councils
    with factories.as_worker():
        assert list(YoungPerson.objects.all()) == [person]


def test_a_list_shows_the_rows_of_its_council_only(sign_in, two_councils):
    page = sign_in("adviser", council=two_councils["Nottingham"]).get("/people/").content.decode()
    assert "person of Nottingham" in page and "person of Derby" not in page


def test_three_requests_of_two_councils_in_one_test(sign_in, two_councils):
    for name in ("Nottingham", "Derby", "Nottingham"):
        page = sign_in("adviser", council=two_councils[name]).get("/people/").content.decode()
        assert page.count("<li>") == 1 and f"person of {name}" in page


def test_a_visitor_sees_nothing_and_no_error(sign_in, two_councils):
    answer = sign_in().get("/people/")
    assert answer.status_code == 200 and b"<li>" not in answer.content


@pytest.mark.parametrize("role", ["coordinator", "support_officer", "economic_development", "board_member", "operator"])
def test_hats_that_do_not_work_with_young_people_see_none(role, sign_in, two_councils):
    assert b"<li>" not in sign_in(role).get("/people/").content


@pytest.mark.parametrize("path", FAILING)
def test_a_failed_request_leaves_nothing(path, sign_in, two_councils):
    assert sign_in("adviser", council=two_councils["Nottingham"]).post(path).status_code in (404, 500)
    assert kept() == 0


@pytest.mark.parametrize("path", FAILING)
def test_a_failed_request_leaves_nothing_after_a_real_commit(path, sign_in, two_councils_committed):
    sign_in("adviser", council=two_councils_committed["Nottingham"]).post(path)
    assert kept() == 0


@pytest.mark.parametrize(("path", "status"), [("/write/ok/", 200), ("/drf/write/", 200), ("/write/return-404/", 404)])
def test_a_request_that_does_not_fail_commits(path, status, sign_in, two_councils_committed):
    client = sign_in("adviser", council=two_councils_committed["Nottingham"])
    assert client.post(path).status_code == status
    assert kept() == 1


def test_drf_rolls_back_too(sign_in, two_councils):
    assert sign_in("adviser", council=two_councils["Nottingham"]).post("/drf/write/raise/").status_code == 400
    assert kept() == 0


def test_a_stream_is_refused(sign_in, two_councils):
    assert sign_in("adviser", council=two_councils["Nottingham"]).get("/stream/").status_code == 500


def test_an_undeclared_route_is_denied(sign_in, two_councils):
    client = sign_in("adviser", council=two_councils["Nottingham"])
    assert client.get("/undeclared/").status_code == client.get("/no-such-page/").status_code == 404
    assert kept() == 0


def test_planted_error_page_that_reads_the_database_turns_a_404_into_a_500(sign_in, two_councils, monkeypatch):
    """Why error pages must not query (a banner, the hat's name): the transaction is already marked for rollback."""
    from tests.walls import urls

    def page(request, exception):
        return HttpResponse(str(Council.objects.count()), status=404)

    monkeypatch.setattr(urls, "handler404", page, raising=False)
    assert sign_in("adviser", council=two_councils["Nottingham"]).post("/write/raise-404/").status_code == 500


class WithoutProcessException(middleware.RequestTransactionMiddleware):
    def process_exception(self, request, exception):
        pass


class WithoutStatusRule(middleware.RequestTransactionMiddleware):
    def __call__(self, request):
        with scope(self.scope_for(request)):
            return self.get_response(request)


class ClosedBeforeRendering(middleware.RequestTransactionMiddleware):
    """What ATOMIC_REQUESTS does: the transaction and the scope end with the view, the template renders later."""

    def __call__(self, request):
        return self.get_response(request)

    def process_view(self, request, view, args, kwargs):
        with scope(self.scope_for(request)):
            return view(request, *args, **kwargs)


class NeverRestores(middleware.RequestTransactionMiddleware):
    """Sets the scope for the session instead of the transaction."""

    def __call__(self, request):
        with scope(self.scope_for(request)) as mine, connection.cursor() as cursor:
            cursor.execute("SELECT set_config('app.councils', %s, false)", mine.settings()[:1])
            return self.get_response(request)


def plant(settings, defect) -> None:
    real = "core.middleware.RequestTransactionMiddleware"
    settings.MIDDLEWARE = [f"{__name__}.{defect.__name__}" if name == real else name for name in settings.MIDDLEWARE]


@pytest.mark.parametrize("path", ["/write/raise/", "/write/raise-404/"])
def test_planted_no_process_exception_keeps_the_write_before_a_404(path, settings, sign_in, two_councils):
    plant(settings, WithoutProcessException)
    sign_in("adviser", council=two_councils["Nottingham"]).post(path)
    assert kept() == (1 if path.endswith("404/") else 0)  # a 500 is still caught by its status


def test_planted_no_status_rule_keeps_the_write_before_a_returned_500(settings, sign_in, two_councils):
    plant(settings, WithoutStatusRule)
    sign_in("adviser", council=two_councils["Nottingham"]).post("/write/return-500/")
    assert kept() == 1


def test_planted_rendering_after_the_transaction_is_loud(settings, sign_in, two_councils_committed):
    plant(settings, ClosedBeforeRendering)
    client = sign_in("adviser", council=two_councils_committed["Nottingham"])
    assert client.get("/people/").status_code == 500


def test_planted_rendering_after_the_transaction_is_empty_without_the_first_wall(
    settings, sign_in, two_councils_committed, monkeypatch
):
    plant(settings, ClosedBeforeRendering)
    open_first_wall(monkeypatch)
    answer = sign_in("adviser", council=two_councils_committed["Nottingham"]).get("/people/")
    assert answer.status_code == 200 and b"<li>" not in answer.content  # the silent failure this design is about


def test_planted_drf_without_our_handler_keeps_the_write(sign_in, two_councils, monkeypatch):
    from rest_framework.views import APIView, exception_handler

    monkeypatch.setattr(APIView, "get_exception_handler", lambda self: exception_handler)
    sign_in("adviser", council=two_councils["Nottingham"]).post("/drf/write/raise/")
    assert kept() == 1


def leaks() -> bool:
    """Does a connection that has finished its request still carry somebody's councils?"""
    with connection.cursor() as cursor:
        return bool(cursor.execute("SELECT current_setting('app.councils', true)").fetchone()[0])


def test_no_scope_is_left_on_the_connection(sign_in, two_councils_committed):
    sign_in("adviser", council=two_councils_committed["Nottingham"]).get("/people/")
    assert not leaks()


def test_planted_session_setting_leaks_between_requests(settings, sign_in, two_councils_committed):
    plant(settings, NeverRestores)
    sign_in("adviser", council=two_councils_committed["Nottingham"]).get("/people/")
    assert leaks()
