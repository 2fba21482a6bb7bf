"""Makes Great Expectations' Data Docs pages that can be kept: small, readable offline, asking nothing of any server.

As they come they load scripts, styles and a counting image from ten hosts, each time someone opens the evidence.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

from sunset.validation.pages import write_page

_LOADED = re.compile(r"<script\b.*?</script>|<style\b.*?</style>|<link\b[^>]*>|<img\b[^>]*>", re.DOTALL | re.IGNORECASE)
_POLICY = "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">"


@dataclass(frozen=True, slots=True)
class SuiteVerdict:
    """One suite in the index: `page` is the path of its result below the folder."""

    name: str
    evaluated: int
    passed: int
    page: str


def close_off(folder: Path, name: str, verdicts: Sequence[tuple[str, int, int]]) -> None:
    """Take everything out of the pages in `folder` that loads something, and write their index.

    Args:
        folder: the built Data Docs.
        name: name of the run.
        verdicts: suite, expectations evaluated, expectations passed.
    """
    style = files("sunset.validation").joinpath("templates/data_docs.css").read_text(encoding="utf-8")
    for page in folder.rglob("*.html"):
        text = _LOADED.sub("", page.read_text(encoding="utf-8"))
        page.write_text(text.replace("</head>", f"{_POLICY}<style>{style}</style></head>", 1), encoding="utf-8")
    shutil.rmtree(folder / "static")
    suites = [SuiteVerdict(suite, evaluated, passed, _page(folder, suite)) for suite, evaluated, passed in verdicts]
    write_page(folder / "index.html", "data_docs_index.html.j2", name=name, suites=suites)


def _page(folder: Path, suite: str) -> str:
    (page,) = (folder / "validations" / suite).rglob("*.html")
    return page.relative_to(folder).as_posix()
