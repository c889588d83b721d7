"""Reading the style sheet: tokens, rules, contrast. Small: the sheet has no nesting and no layers."""

import re
from pathlib import Path

import brotli

ROOT = Path(__file__).resolve().parents[2]
SHEET = (ROOT / "static/css/first-rung.css").read_text(encoding="utf-8")
RAW_LIMIT, BROTLI_LIMIT, FONT_LIMIT, FIRST_VIEW_LIMIT = 30_000, 7_000, 12_000, 25_000

PHYSICAL = re.compile(
    r"^(?:(?:margin|padding|border)-(?:left|right|top|bottom)\b.*|(?:left|right|top|bottom)"
    r"|(?:min-|max-)?(?:width|height)|border-(?:top|bottom)-(?:left|right)-radius)$"
)
SIDEWAYS = re.compile(r"^(?:text-align|float|clear):(?:left|right)$")
FOUR_VALUES = re.compile(r"^(?:margin|padding|inset|border-width):(\S+) (\S+) (\S+) (\S+)$")


def packed(data: str | bytes) -> int:
    """Bytes over the wire after brotli at its highest setting, as static files are packed."""
    return len(brotli.compress(data.encode() if isinstance(data, str) else data, quality=11))


def rules(css: str) -> list[tuple[str, list[str]]]:
    """(selector, declarations) of every rule, those inside @media included; conditions of @media left out."""
    css = re.sub(r"/\*.*?\*/", "", css, flags=re.S)
    found = re.findall(r"([^{}]+)\{([^{}]*)\}", css)
    return [(selector.strip(), [d.strip() for d in body.split(";") if d.strip()]) for selector, body in found]


def tokens(css: str) -> dict[str, str]:
    """Custom properties of :root that are colours."""
    return dict(re.findall(r"(--[\w-]+):(#[0-9a-f]{3,6})", css))


def colour(value: str, known: dict[str, str]) -> str | None:
    """A colour as six hex digits, or None when the value is none (transparent, a system colour)."""
    value = known.get(value.removeprefix("var(").removesuffix(")"), value)
    match = re.fullmatch(r"#([0-9a-f]{3}|[0-9a-f]{6})", value)
    if not match:
        return None
    digits = match[1]
    return digits if len(digits) == 6 else "".join(digit * 2 for digit in digits)


def contrast(one: str, other: str) -> float:
    """WCAG 2.2's contrast ratio of two colours given as six hex digits."""

    def light(digits: str) -> float:
        parts = [int(digits[i : i + 2], 16) / 255 for i in (0, 2, 4)]
        red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue

    low, high = sorted((light(one), light(other)))
    return (high + 0.05) / (low + 0.05)


def same_rule_pairs(css: str) -> list[tuple[str, str, str]]:
    """(selector, text, background) of each rule that sets both."""
    known, found = tokens(css), []
    for selector, declarations in rules(css):
        values = dict(d.split(":", 1) for d in declarations if ":" in d)
        text = colour(values.get("color", ""), known)
        back = colour(values.get("background", values.get("background-color", "")), known)
        if text and back:
            found.append((selector, text, back))
    return found


def text_colours(css: str) -> set[str]:
    """Every value that a rule gives to `color` as a token."""
    return {
        d.removeprefix("color:var(").removesuffix(")")
        for _, declarations in rules(css)
        for d in declarations
        if d.startswith("color:var(--")
    }


def physical(css: str) -> list[str]:
    """Declarations that name a side of the screen and so cannot turn round for right-to-left."""
    found = []
    for selector, declarations in rules(css):
        for declaration in declarations:
            name = declaration.split(":", 1)[0]
            four = FOUR_VALUES.match(declaration)
            if PHYSICAL.match(name) or SIDEWAYS.match(declaration) or (four and four[2] != four[4]):
                found.append(f"{selector} {{{declaration}}}")
    return found


def classes(css: str) -> set[str]:
    """Class names the sheet knows."""
    return {name for selector, _ in rules(css) for name in re.findall(r"\.([a-z][\w-]*)", selector)}
