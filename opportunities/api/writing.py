"""`/api/v1/drafts/`: an employer's own system writes drafts. People check them and publish; a key never does."""

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import transaction
from django.http import Http404
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from core.api import Problem
from core.idempotency import DifferentBody, once
from core.lifecycle import MoveRefused
from core.policy import READING
from opportunities import by_key, services
from opportunities.api import drafts, limits, pages, schema
from opportunities.api.gate import key_of
from opportunities.api.keys import Key
from opportunities.models import Opportunity
from opportunities.refusals import for_judging

IDEMPOTENCY_KEY = re.compile(r"[A-Za-z0-9._:-]{1,80}")
WRITING = (403, 409, 413, 415, 422)


@dataclass(frozen=True)
class Writer:
    """Whose system writes, and where."""

    key: Key
    employer: int
    partnership: int


def _writer(request: Request) -> Writer:
    """The policy lets no other in."""
    key = key_of(request._request)
    if key is None or key.employer is None or key.partnership is None:
        raise Http404
    return Writer(key, key.employer, key.partnership)


def _row(writer: Writer, public_id: UUID) -> Opportunity:
    """One of the business's own; else the 404 of an id that nobody has."""
    own = by_key.own(writer.employer, writer.partnership)
    row: Opportunity | None = for_judging(own).filter(public_id=public_id).first()
    if row is None:
        raise Http404
    return row


def _tag(data: dict[str, Any]) -> str:
    """What stands in the way may change with the day and the business: it is no part of the version."""
    return pages.etag(JSONRenderer().render({name: value for name, value in data.items() if name != "in_the_way"}))


def _answer(writer: Writer, public_id: UUID, status: int = 200) -> Response:
    data = drafts.told(_row(writer, public_id))
    return Response(data, status, headers={"ETag": _tag(data), "Cache-Control": "no-store"})


def _once(request: Request, do: Callable[[], Opportunity], status: int) -> Response:
    """Do it once for this Idempotency-Key; the same request again gets the first answer again."""
    writer = _writer(request)
    name = request.headers.get("Idempotency-Key", "")
    if not IDEMPOTENCY_KEY.fullmatch(name):
        raise Problem("bad-request", "Send an Idempotency-Key: letters and figures of your own, at most 80.")

    def kept() -> dict[str, Any]:
        found = _answer(writer, do().public_id, status)
        return {"data": json.loads(JSONRenderer().render(found.data)), "etag": found.headers["ETag"]}

    body = {"path": request.path, "body": request.data}
    try:
        answer, again = once(scope=f"api key {writer.key.pk}", key=name, body=body, do=kept)
    except DifferentBody:
        raise Problem("other-body") from None
    headers = {"ETag": answer["etag"], "Cache-Control": "no-store"}
    return Response(answer["data"], status, headers={**headers, "Idempotent-Replayed": "true"} if again else headers)


def _not_now(row: Opportunity) -> Problem:
    """What is sent in or shown is for people to change: who to ask."""
    lead = row.employer.lead or row.pledge.owner
    who = lead.name if lead else _("your coordinator")
    words = _("This is not a draft any more (%(state)s), so a key cannot change it. Ask %(who)s.")
    return Problem("not-now", words % {"state": row.get_state_display(), "who": who})


class Writing(APIView):
    """What a key may do so often a minute only."""

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Counts what is no reading."""
        super().initial(request, *args, **kwargs)
        if request.method not in READING:
            limits.count_write(_writer(request).key)


class DraftList(Writing):
    """New drafts."""

    @extend_schema(
        operation_id="make_draft",
        summary="Make a draft, and the pledge it belongs to",
        parameters=[schema.IDEMPOTENCY_KEY],
        request=drafts.NewDraftSerializer,
        examples=[schema.NEW_DRAFT],
        responses=schema.answers(drafts.DraftSerializer, 201, *WRITING),
    )
    def post(self, request: Request) -> Response:
        """201 with the draft and all that still stands in the way."""
        return _once(request, lambda: self._make(request), 201)

    @staticmethod
    def _make(request: Request) -> Opportunity:
        writer = _writer(request)
        values = drafts.read(drafts.NewDraftSerializer(data=request.data))
        kind, places = values.pop("kind"), values.pop("places")
        try:
            made = by_key.make_draft(
                employer=writer.employer, partnership=writer.partnership, system=writer.key.name,
                kind=kind, places=places, values=values,
            )  # fmt: skip
        except by_key.NoPledgeYet:
            raise Problem(
                "not-now", _("This business has no pledge in a known area yet. Make one on the form.")
            ) from None
        limits.count_draft(writer.key)
        return made


class DraftPage(Writing):
    """One draft of the business's own."""

    @extend_schema(
        operation_id="show_draft",
        summary="A draft, and what still stands in the way",
        parameters=[schema.ID],
        responses=schema.answers(drafts.DraftSerializer, 200, 403),
    )
    def get(self, request: Request, public_id: UUID) -> Response:
        """Also of what has become of it since: see state."""
        return _answer(_writer(request), public_id)

    @extend_schema(
        operation_id="change_draft",
        summary="Change some fields of a draft",
        parameters=[schema.ID, schema.IF_MATCH],
        request=drafts.WritableSerializer,
        examples=[schema.CHANGE],
        responses=schema.answers(drafts.DraftSerializer, 200, 403, 409, 412, 413, 415, 428),
    )
    def patch(self, request: Request, public_id: UUID) -> Response:
        """428 without If-Match, 412 when somebody has changed it since."""
        writer = _writer(request)
        with transaction.atomic():
            row = services.locked(_row(writer, public_id))
            _refuse_stale(request, row)
            if row.state != Opportunity.State.DRAFT:
                raise _not_now(row)
            values = drafts.read(drafts.WritableSerializer(data=request.data, partial=True))
            drafts.refuse_without(values)
            by_key.write(opportunity=row, system=writer.key.name, values=values)
            return _answer(writer, public_id)


def _refuse_stale(request: Request, row: Opportunity) -> None:
    held = request.headers.get("If-Match", "").strip()
    if not held:
        raise Problem("etag-needed")
    if held != "*" and _tag(drafts.told(row)) not in [part.strip() for part in held.split(",")]:
        raise Problem("stale")


class DraftClose(Writing):
    """The end of a draft."""

    @extend_schema(
        operation_id="close_draft",
        summary="Give up a draft",
        parameters=[schema.ID, schema.IDEMPOTENCY_KEY],
        request=drafts.CloseSerializer,
        examples=[schema.CLOSE],
        responses=schema.answers(drafts.DraftSerializer, 200, *WRITING),
    )
    def post(self, request: Request, public_id: UUID) -> Response:
        """Its pledge is taken back with it."""
        return _once(request, lambda: self._close(request, public_id), 200)

    @staticmethod
    def _close(request: Request, public_id: UUID) -> Opportunity:
        writer = _writer(request)
        row = _row(writer, public_id)
        serializer = drafts.CloseSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        try:
            by_key.close(opportunity=row, system=writer.key.name, why=serializer.validated_data["why"])
        except MoveRefused:
            raise _not_now(row) from None
        return row
