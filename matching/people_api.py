"""`/api/v1/people/<reference>/`: a council's case system sends a young person. It reads nobody: what it is answered is
its own reference, our id and how the support stands. So nothing is written among who looked at somebody."""

import re
from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.http import Http404
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiExample, OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts import cover, papers
from accounts.models import Council, User, YoungPerson
from core import problems
from core.api import Problem
from core.lifecycle import MoveRefused
from core.scope import Scope, scope
from matching import by_key
from matching.people_sheet import Row, read_facts
from opportunities.api import limits, schema
from opportunities.api.gate import key_of
from opportunities.api.keys import Key
from pledges.words import clean

REFERENCE = r"[A-Za-z0-9][A-Za-z0-9._-]{0,39}"
SENT_AS = {"birth_month": "born", "area": "postcode", "sector": "postcode", "living_sector": "postcode"}
UNKNOWN = (422, problems.MEDIA_TYPE)


class PersonSerializer(serializers.Serializer[Any]):
    """The facts of one young person. No name, no full address: more than this is refused, so that it is not sent."""

    label = serializers.CharField(  # type: ignore[assignment]  # a field's own label is never asked for
        max_length=40, help_text="A short word of the adviser's, like initials: no full name"
    )
    born = serializers.CharField(max_length=20, help_text="Month and year of birth, like 2008-03")
    postcode = serializers.CharField(
        max_length=10, help_text="Where they live: a postcode, of which we keep the first part and the next number"
    )
    worker = serializers.CharField(
        max_length=254, required=False, allow_blank=True,
        help_text="The adviser's email. Left out, the adviser stays as it is, or the team manager chooses",
    )  # fmt: skip

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Nothing but these."""
        if set(self.initial_data) - set(self.fields):
            raise serializers.ValidationError(
                _("Send nothing but %(names)s: nothing else is kept.") % {"names": ", ".join(self.fields)}
            )
        return attrs


class PersonSentSerializer(serializers.Serializer[Any]):
    """That it is known, and nothing of what was sent."""

    reference = serializers.CharField(help_text="As you sent it")
    id = serializers.UUIDField()
    status = serializers.ChoiceField(
        choices=[by_key.SUPPORTED, by_key.NO_ADVISER, by_key.ENDED],
        help_text="Once support has ended, what is sent changes nothing",
    )


def _key(request: Request) -> tuple[Key, Council]:
    """The key and its council. The policy lets no other in."""
    key = key_of(request._request)
    if key is None or key.council is None:
        raise Http404
    return key, Council.objects.get(pk=key.council)


class PersonPage(APIView):
    """One young person of the key's council."""

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Counts what is written."""
        super().initial(request, *args, **kwargs)
        limits.count_write(_key(request)[0])

    @extend_schema(
        operation_id="send_person",
        summary="Send a young person of your council, or put right what you sent",
        parameters=[
            OpenApiParameter(
                "reference", {"type": "string", "pattern": f"^{REFERENCE}$"}, OpenApiParameter.PATH,
                description="What your council calls them: letters, figures, full stops, dashes, at most 40",
            )
        ],
        request=PersonSerializer,
        examples=[
            OpenApiExample(
                "Somebody in Mansfield", {"label": "A.B.", "born": "2008-03", "postcode": "NG18 1AB"}, request_only=True
            )
        ],
        responses={
            **schema.answers(PersonSentSerializer, 200, 403, 409, 410, 413, 415),
            UNKNOWN: OpenApiResponse(schema.ProblemSerializer, "Nobody of your council has the worker's address"),
        },
    )  # fmt: skip
    def put(self, request: Request, reference: str) -> Response:
        """The same again gets the same answer, and another body puts the facts right. Nobody can be read here."""
        key, council = _key(request)
        if not re.fullmatch(REFERENCE, reference):
            raise Problem("wrong-values", fields={"reference": [_("Use letters, figures, . _ and -, at most 40.")]})
        if refused := papers.refusal(council):
            raise Problem("not-now", refused)
        sent = PersonSerializer(data=request.data)
        sent.is_valid(raise_exception=True)
        with scope(Scope(councils=frozenset({council.pk}))):
            person = by_key.find(council, reference)
            if person is None or person.ended_on is None:
                person = _send(council, reference, sent.validated_data, key.name)
            told = {"reference": reference, "id": person.public_id, "status": by_key.status_of(person)}
        return Response(PersonSentSerializer(told).data, headers={"Cache-Control": "no-store"})


def _send(council: Council, reference: str, sent: Mapping[str, str], system: str) -> YoungPerson:
    facts = _facts(council, sent)
    try:
        return by_key.send_person(council=council, reference=reference, facts=facts, system=system)
    except by_key.Gone as refused:
        raise Problem("over", str(refused)) from None
    except MoveRefused as refused:
        raise Problem("not-now", str(refused)) from None
    except ValidationError as error:
        raise _wrong(error.message_dict) from None


def _facts(council: Council, sent: Mapping[str, str]) -> by_key.Facts:
    """What was sent, read by the rules of a sheet (people_sheet)."""
    row = Row(0, {"label": clean(sent["label"]), "born": clean(sent["born"]), "area": clean(sent["postcode"])})
    read_facts([row])
    if row.problems or row.month is None:
        raise _wrong({name: [sentence] for name, sentence in row.problems.items()})
    return by_key.Facts(row.cells["label"], row.month, row.sector, _worker(council, sent.get("worker", "")))


def _worker(council: Council, address: str) -> User | None:
    """Who of the council has the address; None for none. Raises Problem when nobody has it."""
    wanted = address.strip().lower()
    if not wanted:
        return None
    found = [user for user in cover.workers_of(council.pk) if (user.email or "").lower() == wanted]
    if not found:
        words = _("Nobody who works with young people for your council has this address. Invite them, or leave it out.")
        raise Problem("unknown-worker", words, {"worker": [words]})
    return found[0]


def _wrong(said: Mapping[str, list[str]]) -> Problem:
    return Problem("wrong-values", fields={SENT_AS.get(name, name): sentences for name, sentences in said.items()})
