"""The sheet keeps its promises: contrast, size, right-to-left. Each guard catches a planted defect."""

import pytest

from tests.look import pages
from tests.look.sheet import (
    BROTLI_LIMIT,
    RAW_LIMIT,
    ROOT,
    SHEET,
    classes,
    colour,
    contrast,
    packed,
    physical,
    same_rule_pairs,
    text_colours,
    tokens,
)

GROUNDS = ["--cream", "--paper", "--sand", "#fff"]
KINDS = ["--sun", "--mint", "--sky", "--lilac", "--peach", "--sand", "#f6d9ea", "#e3ebb8", "#f0dfc4"]
NOTES = ["--sky", "--mint", "#ffe9ad", "--bad-tint"]
# Text whose background comes from somewhere else in the sheet: (text, the grounds it stands on).
INHERITED = [
    ("--ink", [*GROUNDS, *KINDS, *NOTES, "--bad-tint"]),
    ("--soft", ["--cream", "--paper", "#fff", "--sand"]),
    ("#43535a", ["--bad-tint"]),
    ("--link", ["--cream", "--paper", "--sand", "#fff"]),
    ("--seen", ["--cream", "--paper", "--sand"]),
    ("--deep", ["--cream", "--paper", "--sand", *NOTES]),
    ("--pine", ["#fff", "--paper", "--mint", *KINDS]),
    ("--on-pine", ["--pine", "--deep"]),
    ("#fff", ["--pine", "--pine-2", "--deep", "--ink", "--bad", "--good", "#8f1c12"]),
    ("--bad", ["--bad-tint", "#fff", "--paper"]),
    ("--sun", ["--pine", "--deep"]),
    ("#06402f", ["--mint"]),
    ("#8f1c12", ["--bad-tint"]),
    ("--edge", []),  # the stroke between crumbs, the outline of what cannot be pressed: see CONTROLS
]
# Borders and marks that tell a control or a state: at least 3:1 against what they stand on.
CONTROLS = [
    ("--ink", ["#fff", "--paper", "--cream", "--sun"]),
    ("--edge", ["#fff", "--paper", "--cream", "--sand"]),
    ("--bad", ["#fff", "--bad-tint"]),
    ("--pine", ["#fff", "--cream", "--paper", "--mint"]),
    ("#5f9393", ["--pine"]),
    ("--sun", ["--pine"]),
]


WALL = (ROOT / "static/css/wall.css").read_text(encoding="utf-8")


def weak(css: str) -> list[str]:
    """Every pair below its floor."""
    known = tokens(css)
    pairs = [(f"{selector} (own rule)", text, back, 4.5) for selector, text, back in same_rule_pairs(css)]
    for table, floor in ((INHERITED, 4.5), (CONTROLS, 3.0)):
        pairs += [
            (f"{text} on {back}", colour(text, known), colour(back, known), floor)
            for text, backs in table
            for back in backs
        ]
    return [f"{name}: {contrast(text, back):.2f}" for name, text, back, floor in pairs if contrast(text, back) < floor]


def test_every_pair_of_text_and_background_is_readable():
    assert len(same_rule_pairs(SHEET)) > 30
    assert weak(SHEET) == []


def test_every_text_colour_stands_in_the_table():
    assert text_colours(SHEET) - {text for text, _ in INHERITED} == set()


@pytest.mark.parametrize(
    ("good", "bad"),
    [
        ("--soft:#4a5a61", "--soft:#8f9a9f"),  # an inherited pair
        (
            ".badge--late{background:var(--bad-tint);color:#8f1c12}",
            ".badge--late{background:var(--bad-tint);color:#e8442e}",
        ),
        ("--edge:#7a6f5c", "--edge:#c4b596"),  # a control's border
    ],
)
def test_a_faint_colour_is_caught(good, bad):
    assert good in SHEET
    assert weak(SHEET.replace(good, bad)) != []


def test_a_new_text_colour_is_caught():
    planted = SHEET + ".new{color:var(--tomato)}"
    assert "--tomato" in text_colours(planted) - {text for text, _ in INHERITED}


def test_the_sheet_is_small():
    assert len(SHEET.encode()) <= RAW_LIMIT
    assert packed(SHEET) <= BROTLI_LIMIT


def test_a_sheet_that_grew_is_caught():
    grown = SHEET + "".join(f".grown-{n}{{inset-block-start:{n * 7919 % 997}px}}" for n in range(120))
    assert len(grown.encode()) > RAW_LIMIT
    assert packed(grown) > BROTLI_LIMIT


def test_only_logical_properties():
    assert physical(SHEET) == []


@pytest.mark.parametrize(
    "planted",
    [
        "margin-left:1rem",
        "text-align:right",
        "left:0",
        "width:3rem",
        "padding:0 1rem 0 2rem",
        "border-top-left-radius:3px",
    ],
)
def test_a_physical_property_is_caught(planted):
    assert len(physical(SHEET + f".x{{{planted}}}")) == 1


def test_the_old_ways_stay_out():
    for word in ("!important", "@layer", "gradient(", "@import", "http:", "https:"):
        assert word not in SHEET


def test_templates_use_only_classes_of_the_sheet():
    """A class that the sheet does not know does nothing: use a component, or add the class to the sheet."""
    known = classes(SHEET) | classes(WALL)
    wrong = {name: sorted(pages.class_names(text) - known) for name, text in pages.sources().items()}
    assert {name: words for name, words in wrong.items() if words} == {}


def test_an_invented_class_is_caught():
    assert pages.class_names('<p class="chip{% if a %} chip--kind{% endif %} k-{{ x }} invented">') - classes(
        SHEET
    ) == {"invented"}
