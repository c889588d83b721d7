"""Reading templates and pages: what is wrong with them, as lists of sentences. An empty list is a pass."""

import re
from html.parser import HTMLParser

from tests.look.sheet import ROOT

TEMPLATES = ROOT / "templates"
VOID = {"input", "br", "meta", "link", "img", "hr", "path", "circle", "rect"}
CONTROLS = {"input", "select", "textarea"}


def sources() -> dict[str, str]:
    """Every template of pages and letters: name -> text. Those of papers are Typst's (core.papers)."""
    paths = (path for path in TEMPLATES.rglob("*.*") if path.parent.name != "papers")
    return {str(path.relative_to(TEMPLATES)): path.read_text(encoding="utf-8") for path in paths}


def code() -> dict[str, str]:
    """Every Python file of the product: path -> text."""
    skip = {"tests", "bench", "var", ".venv"}
    return {
        str(path): path.read_text(encoding="utf-8")
        for folder in ROOT.iterdir()
        if folder.is_dir() and folder.name not in skip and not folder.name.startswith(".")
        for path in folder.rglob("*.py")
    }


def inline(template: str) -> list[str]:
    """What the content security policy refuses: style attributes and elements, handlers, bare script."""
    patterns = (
        r"\sstyle\s*=",
        r"<style\b",
        r"<script(?![^>]*\bsrc=)",
        r"\son[a-z]+\s*=\s*[\"']",
        r"javascript:",
    )
    return [match[0].strip() for pattern in patterns for match in re.finditer(pattern, template, re.I)]


def drawings(text: str) -> list[tuple[str, str]]:
    """(folder, name) of each icon and scene a template or a Python file names."""
    icons = re.findall(r"""icon(?:_name)?["']?(?:=|: | )["']([a-z-]+)["']""", text)
    scenes = re.findall(r"""scene(?:=| )"([a-z-]+)\"""", text)
    return [("icons", name) for name in icons] + [("scenes", name) for name in scenes]


def missing_drawings(text: str) -> list[str]:
    return [
        f"{folder}/{name}"
        for folder, name in drawings(text)
        if not (ROOT / "static" / folder / f"{name}.svg").is_file()
    ]


def class_names(template: str) -> set[str]:
    """Class names written out in a template; those put together from a variable are left out."""
    found: set[str] = set()
    for value in re.findall(r'class="((?:\{%.*?%\}|\{\{.*?\}\}|[^"{])*)"', template):
        plain = re.sub(r"\{%.*?%\}", " ", re.sub(r"[\w-]*\{\{.*?\}\}[\w-]*", " ", value))
        found |= set(plain.split())
    return found


def unused(names: set[str], texts: list[str]) -> list[str]:
    """Template names that no text names in quotes."""
    everything = "\n".join(texts)
    return sorted(name for name in names if f'"{name}"' not in everything and f"'{name}'" not in everything)


class Page(HTMLParser):
    """A page as a flat list of (tag, attributes, names of the elements around it)."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str], list[str]]] = []
        self._open: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        self.elements.append((tag, {name: value or "" for name, value in attrs}, list(self._open)))
        if tag not in VOID:
            self._open.append(tag)

    def handle_endtag(self, tag):
        if tag in self._open:
            while self._open.pop() != tag:
                pass

    def ids(self) -> list[str]:
        return [attrs["id"] for _, attrs, _ in self.elements if "id" in attrs]

    def labels(self) -> set[str]:
        return {attrs.get("for", "") for tag, attrs, _ in self.elements if tag == "label"}


def faults(html: str) -> list[str]:
    """What a screen reader would stumble over: ids twice; labels, descriptions, links that lead nowhere."""
    page = Page(html)
    ids = page.ids()
    found = [f"id {one} stands {ids.count(one)} times" for one in sorted(set(ids)) if ids.count(one) > 1]
    found += [f"a label is for {one!r}, which is nowhere" for one in sorted(page.labels() - set(ids))]
    for tag, attrs, around in page.elements:
        if tag in CONTROLS and attrs.get("type") not in {"hidden", "submit"} and attrs.get("id") not in page.labels():
            found.append(f"{tag} {attrs.get('name')} has no label")
        if attrs.get("type") == "radio" and "fieldset" not in around:
            found.append(f"radio {attrs.get('name')} stands in no fieldset")
        for name in ("aria-describedby", "aria-labelledby"):
            found += [f"{name} {one} is nowhere" for one in attrs.get(name, "").split() if one not in ids]
        target = attrs.get("href", "")
        if re.fullmatch(r"#(?:id_|wrong_|main).*", target) and target[1:] not in ids:
            found.append(f"the link {target} leads nowhere")
    return found
