"""One question in each digest: a fact about one young person that nobody has written down yet, and where it goes."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.models import YoungPerson
from core import clock
from matching.models import Interests


@dataclass(frozen=True)
class Question:
    """field: the control of the form that takes the answer. missing: whether nobody has said."""

    field: str
    words: str | Promise
    missing: Callable[[Interests], bool]


# What narrows most comes first; what was left empty on purpose is asked about again on another day, never twice in one.
QUESTIONS = (
    Question(
        "id_categories_0", _("What work would %(label)s like?"), lambda i: not (i.categories or i.open_to_anything)
    ),
    Question("id_has_0", _("Does %(label)s drive, or take the bus?"), lambda i: not i.has),
    Question("id_hours_0", _("When can %(label)s work: days, evenings, weekends?"), lambda i: not i.hours),
    Question("id_kinds_0", _("What would %(label)s go for: a job, a course, a visit?"), lambda i: not i.kinds),
    Question("id_words", _("What does %(label)s say they would like, in their own words?"), lambda i: not i.words),
)


class Questions:
    """What nobody has said yet of `people` (id -> person). Two queries, whoever is asked about."""

    def __init__(self, people: Mapping[int, YoungPerson]) -> None:
        self.people = people
        self.day = clock.today().toordinal()
        rows = Interests.objects.filter(pk__in=people).order_by("pk")
        self.asked = {row.pk: one for row in rows if (one := next((q for q in QUESTIONS if q.missing(row)), None))}

    def one_about(self, people: Iterable[int]) -> tuple[str, str] | None:
        """(question, path of the form at that field) about one of `people`; another one each day."""
        found = [pk for pk in sorted(people) if pk in self.asked]
        if not found:
            return None
        pk = found[self.day % len(found)]
        person, question = self.people[pk], self.asked[pk]
        page = reverse("matching:edit-interests", args=[person.public_id])
        return str(question.words) % {"label": person.label}, f"{page}#{question.field}"
