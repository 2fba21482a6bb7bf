"""The documents of the project, and how to take them apart."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
DOCUMENTS = (ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md")))

_FENCE = re.compile(r"^```(?P<language>\w*)\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL)
_SPAN = re.compile(r"`([^`\n]+)`")
_LINK = re.compile(r"!?\[[^\]]*\]\((?P<target>[^)\s]+)\)")
_HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)


def label(page: Path) -> str:
    return page.relative_to(ROOT).as_posix()


def prose(page: Path) -> str:
    """The page without its blocks of code."""
    return _FENCE.sub("", page.read_text(encoding="utf-8"))


def blocks(page: Path, language: str) -> list[str]:
    """The page's blocks of code in a language."""
    found = _FENCE.finditer(page.read_text(encoding="utf-8"))
    return [block["text"] for block in found if block["language"] == language]


def spans(text: str) -> list[str]:
    """What stands between backticks."""
    return _SPAN.findall(text)


def links(page: Path) -> list[str]:
    """Targets of links and images that lie in the repository."""
    targets = [link["target"] for link in _LINK.finditer(prose(page))]
    return [target for target in targets if "://" not in target]


def anchors(page: Path) -> set[str]:
    """What a link to a heading of the page may name, as code hosts make it."""
    headings = (re.sub(r"[^\w\- ]", "", heading.lower()) for heading in _HEADING.findall(prose(page)))
    return {heading.strip().replace(" ", "-") for heading in headings}


def first_cells(text: str) -> Iterator[str]:
    """The first cell of every row of every table."""
    for line in text.splitlines():
        if line.startswith("|") and not line.startswith(("|---", "| |")):
            yield line.split("|")[1].strip()


def section(page: Path, heading: str) -> str:
    """The text below a heading, up to the next one of its level or a higher one."""
    level, _, _ = heading.partition(" ")
    _, found, after = prose(page).partition(f"\n{heading}\n")
    assert found, f"{label(page)} has no heading {heading!r}"
    return re.split(rf"^#{{1,{len(level)}}} ", after, maxsplit=1, flags=re.MULTILINE)[0]


def source() -> str:
    """All Python of the house as one text, literals that are split over lines put together."""
    files = (path for top in ("dags", "plugins", "include") for path in sorted((ROOT / top).rglob("*.py")))
    text = "\n".join(path.read_text(encoding="utf-8") for path in files)
    return re.sub(r'"\s*\n\s*f?"', "", text)


_RAISING = {"Refusal", "Unavailable", "Locked", "Deviation", "Missing", "AlreadyWritten", "_refused", "_wrong"}
_HOLE = "\0"


def errors() -> Iterator[str]:
    """The messages of the errors that plugins and library raise on purpose; what is filled in is a hole."""
    for top in ("plugins", "include/sunset"):
        for path in sorted((ROOT / top).rglob("*.py")):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Call) and isinstance(node.func, (ast.Name, ast.Attribute)):
                    name = node.func.id if isinstance(node.func, ast.Name) else node.func.attr
                    if name in _RAISING:
                        yield from _messages(node.args)


def pieces(message: str) -> list[str]:
    """The parts of a message that stand in every log as they are."""
    parts = (piece.strip(" .,;|") for piece in re.split(rf"[{_HOLE}:]", message))
    return [piece for piece in parts if len(piece) > 6]


def _messages(arguments: list[ast.expr]) -> Iterator[str]:
    for argument in arguments:
        nodes = [node for node in ast.walk(argument) if isinstance(node, (ast.Constant, ast.FormattedValue))]
        inside = {id(node) for hole in nodes if isinstance(hole, ast.FormattedValue) for node in ast.walk(hole.value)}
        texts = [
            _HOLE if isinstance(node, ast.FormattedValue) else str(node.value)
            for node in nodes
            if isinstance(node, ast.FormattedValue) or (isinstance(node.value, str) and id(node) not in inside)
        ]
        if pieces(message := "".join(texts)):
            yield message
