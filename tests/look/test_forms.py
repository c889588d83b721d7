"""Forms as they reach the page, and the dates typed in parts."""

import datetime as dt

import pytest
from django import forms
from django.template.loader import render_to_string

from core import clock
from core import forms as fr
from core.gallery import GalleryFilters, GalleryForm
from tests.look import pages


@pytest.fixture(autouse=True)
def _fixed_today(monkeypatch):
    monkeypatch.setattr(clock, "today", lambda: dt.date(2026, 11, 24))


def wrong() -> GalleryForm:
    return GalleryForm({"places": "two", "month_0": "3", "month_1": "26"})


def element(html: str, **wanted: str) -> dict[str, str]:
    """The attributes of the one element that carries all of these."""
    found = [attrs for _, attrs, _ in pages.Page(html).elements if wanted.items() <= attrs.items()]
    assert len(found) == 1, found
    return found[0]


def test_a_form_alone_is_complete():
    html = str(GalleryForm())
    assert pages.faults(html) == []
    assert "There is a problem" not in html
    assert 'class="wrong"' not in html


def test_a_form_with_problems_is_complete():
    html = str(wrong())
    assert pages.faults(html) == []
    assert html.index("There is a problem") < html.index("What would you like to promise?")
    summary = [attrs["href"] for tag, attrs, _ in pages.Page(html).elements if tag == "a"]
    assert summary == ["#id_kind_0", "#id_places", "#id_month_0", "#id_reach", "#id_by_0", "#id_agree"]
    assert "autofocus" in element(html, role="alert")


def test_problems_are_words_beside_the_control():
    html = str(wrong())
    places = element(html, id="id_places")
    assert places["aria-describedby"] == "id_places-hint id_places-error"
    assert places["aria-invalid"] == "true"
    assert places["value"] == "two"
    assert places["class"] == "input input--4"
    assert (places["type"], places["inputmode"]) == ("text", "numeric")
    assert "Places must be a number, like 2" in html


def test_the_fieldset_speaks_for_its_radios():
    html = str(wrong())
    radio = element(html, id="id_by_0")
    assert "aria-describedby" not in radio
    assert "aria-invalid" not in radio
    assert 'aria-describedby="id_by-error"' in html


def test_only_optional_fields_are_marked_and_a_filter_marks_none():
    html = str(GalleryForm())
    assert html.count("(optional)") == 7
    assert "required" not in html
    assert "(optional)" not in str(GalleryFilters())


def test_cards_carry_the_look_of_their_kind():
    html = str(GalleryForm()["kind"].as_field_group())
    assert 'class="tile k-job"' in html
    assert "Paid, with a contract" in html
    assert 'class="choices choices--two"' in html


def test_one_field_alone_and_hidden_ones():
    class Small(forms.Form):
        key = forms.CharField(widget=forms.HiddenInput)
        name = forms.CharField(label="Name", widget=forms.TextInput({"class": "input--10", "autocomplete": "name"}))

    form = Small({"key": "", "name": "x"})
    assert str(form["name"].as_field_group()).count("<input") == 1
    assert element(str(form), id="id_name")["class"] == "input input--10"
    assert [(p.target, p.message) for p in fr.problems(form)] == [("", "This field is required")]
    assert str(form).count('name="key"') == 1


def test_a_problem_of_the_whole_form_comes_first_and_has_no_link():
    class Pair(forms.Form):
        a = forms.CharField()

        def clean(self):
            raise forms.ValidationError("You already made this pledge")

    html = str(Pair({"a": ""}))
    assert "<b>You already made this pledge</b>" in html
    assert html.index("You already made") < html.index("#id_a")


def test_words_from_people_are_escaped():
    form = GalleryForm({"places": "<script>", "words": "</textarea><script>"})
    assert "<script>" not in str(form)


def test_the_title_says_error():
    page = render_to_string("404.html", {"form": wrong()})
    assert "<title>Error: Page not found - First Rung</title>" in page
    assert "<title>Page not found - First Rung</title>" in render_to_string("404.html", {"form": GalleryForm()})


@pytest.mark.parametrize(
    ("planted", "good"),
    [
        ('for="id_reach"', 'for="id_teach"'),
        ('id="id_places-hint"', 'id="id_places-tip"'),
        ('href="#id_kind_0"', 'href="#id_kind"'),
        ('id="id_by_1"', 'id="id_by_0"'),
        ("<fieldset", "<div"),
    ],
)
def test_broken_markup_is_caught(planted, good):
    html = str(wrong())
    assert planted in html
    assert pages.faults(html.replace(planted, good)) != []


MONTHS = [
    (["3", "2027"], dt.date(2027, 3, 1)),
    (["11", "2026"], dt.date(2026, 11, 1)),  # this month is not over
    (["3", ""], dt.date(2027, 3, 1)),  # the next time it comes
    (["12", ""], dt.date(2026, 12, 1)),
    (["11", " "], dt.date(2026, 11, 1)),
]


@pytest.mark.parametrize(("typed", "means"), MONTHS)
def test_a_month(typed, means):
    assert fr.MonthField().clean(typed) == means


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        (["10", "2026"], "Choose this month or a later one"),
        (["3", "26"], "Choose a month and enter the year in full, like March 2027"),
        (["", "2027"], "Choose a month and enter the year in full, like March 2027"),
        (["13", "2027"], "Choose a month and enter the year in full, like March 2027"),
        (["3", "9" * 400], "Choose a month and enter the year in full, like March 2027"),
        (["3", "\x00"], "Choose a month and enter the year in full, like March 2027"),
        (["", ""], "Choose a month"),
    ],
)
def test_a_month_that_cannot_be(typed, words):
    with pytest.raises(forms.ValidationError) as caught:
        fr.MonthField().clean(typed)
    assert caught.value.messages == [words]


def test_a_month_that_is_over_where_that_is_asked_for():
    assert fr.MonthField(allow_past=True).clean(["2", "2007"]) == dt.date(2007, 2, 1)
    with pytest.raises(forms.ValidationError):
        fr.MonthField(allow_past=True).clean(["2", ""])


@pytest.mark.parametrize(
    ("typed", "means"),
    [(["29", "2", "2028"], dt.date(2028, 2, 29)), (["07", "12", "2026"], dt.date(2026, 12, 7))],
)
def test_a_day(typed, means):
    assert fr.DateField().clean(typed) == means


@pytest.mark.parametrize("typed", [["29", "2", "2027"], ["7", "", "2026"], ["x", "1", "2026"], ["1", "1", "10000"]])
def test_a_day_that_cannot_be(typed):
    with pytest.raises(forms.ValidationError, match="real date"):
        fr.DateField().clean(typed)


def test_dates_left_out():
    assert fr.DateField(required=False).clean(["", " ", None]) is None
    assert fr.MonthField(required=False).clean(None) is None


def test_a_saved_date_comes_back_into_its_boxes_and_a_change_is_seen():
    class Dates(forms.Form):
        day = fr.DateField()
        month = fr.MonthField()

    saved = {"day": dt.date(2027, 2, 9), "month": dt.date(2027, 5, 1)}
    html = str(Dates(initial=saved))
    assert element(html, id="id_day_0")["value"] == "9"
    assert '<option value="5" selected>May</option>' in html
    same = {"day_0": "9", "day_1": "2", "day_2": "2027", "month_0": "5", "month_1": "2027"}
    assert Dates(same, initial=saved).changed_data == []
    assert Dates({**same, "day_0": "10", "month_1": "x"}, initial=saved).changed_data == ["day", "month"]


@pytest.mark.parametrize(
    ("said", "written"),
    [
        ("Choose a month.", "Choose a month"),
        ("Choose a month", "Choose a month"),
        ("Enter what stands after the @, like oldbank.co.uk.", "Enter what stands after the @, like oldbank.co.uk"),
        ("That was wrong too often. Ask for a new code", "That was wrong too often. Ask for a new code."),
        ("That is not it. Try again.", "That is not it. Try again."),
        ("Is it paid? Say so", "Is it paid? Say so."),
    ],
)
def test_one_sentence_has_no_full_stop_and_several_have(said, written):
    class Small(forms.Form):
        name = forms.CharField(error_messages={"required": said})

        def clean(self):
            raise forms.ValidationError(said)

    form = Small({"name": ""})
    assert [problem.message for problem in fr.problems(form)] == [written, written]
    html = str(form)
    assert html.count(written) == 3 and html.count(f"{written}.") == 0


def test_a_list_that_begins_with_nothing_begins_with_words():
    class Lists(forms.Form):
        bare = forms.ChoiceField(choices=[("", ""), ("0-1", "None")])
        dashes = forms.ChoiceField(choices=[("", "---------"), (0, "Zero")], required=False)
        said = forms.ChoiceField(choices=[("", "Nobody"), ("a", "Ada")])

    html = str(Lists())
    assert html.count('<option value="" selected>Choose one</option>') == 2
    assert "---" not in html and ">Zero<" in html and ">Nobody<" in html and ">None<" in html
