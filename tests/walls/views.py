"""Small views that write and then fail in every way a view can fail, and one honest list."""

import datetime as dt

from django.http import Http404, HttpResponse, StreamingHttpResponse
from django.template import engines
from django.views.generic import ListView
from rest_framework.exceptions import ValidationError
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.models import YoungPerson
from core.scope import current

LIST = "<ul>{% for person in object_list %}<li>{{ person.label }}</li>{% endfor %}</ul>"
WRITTEN = "written before the failure"


class PeopleList(ListView):
    """Lazy on purpose: the query runs while the template renders, after the view has returned."""

    model = YoungPerson
    ordering = "pk"

    def get_queryset(self):
        return YoungPerson.objects.order_by("pk")[:20]

    def render_to_response(self, context, **kwargs):
        from django.template.response import TemplateResponse

        return TemplateResponse(self.request, engines["django"].from_string(LIST), context)


def _write() -> None:
    (council,) = current().councils
    YoungPerson.objects.create(
        label=WRITTEN,
        responsible_authority_id=council,
        living_sector="NG18 1",
        birth_month=dt.date(2005, 1, 1),
    )


def write_then_ok(request):
    _write()
    return HttpResponse("ok")


def write_then_raise(request):
    _write()
    raise RuntimeError("planted")


def write_then_return_500(request):
    _write()
    return HttpResponse("planted", status=500)


def write_then_raise_404(request):
    _write()
    raise Http404


def write_then_return_404(request):
    _write()
    return HttpResponse("not here", status=404)


def stream(request):
    return StreamingHttpResponse(person.label for person in YoungPerson.objects.all())


class ApiWriteThenRaise(APIView):
    authentication_classes = []

    def post(self, request):
        _write()
        raise ValidationError("planted")


class ApiWrite(APIView):
    authentication_classes = []

    def post(self, request):
        _write()
        return Response({"ok": True})
