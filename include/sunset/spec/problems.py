"""What is wrong with a spec, in one line each: file, line, key, what, and what to write instead."""

from __future__ import annotations

import difflib
import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sunset.errors import SunsetError
from sunset.spec.base import KeyPath

_LONGEST = 80


@dataclass(frozen=True, slots=True)
class SpecProblem:
    """One problem of one spec file.

    Attributes:
        file: the file's path below the folder that was read.
        line: 1-based line; 0 where the problem is the file as a whole.
        column: 1-based column; 0 like `line`.
        key: the key concerned, such as `sources.databases[0].conn_id`; "" for the whole product.
        message: what is wrong; completes the sentence that the key begins.
        suggestion: what to write instead, as a sentence; "" where there is no good guess.
    """

    file: str
    line: int
    column: int
    key: str
    message: str
    suggestion: str = ""

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}" if self.line else self.file
        key = f"{self.key}: " if self.key else ""
        end = "." if self.suggestion else ""
        return one_line(f"{place}: {key}{self.message}{end} {self.suggestion}".rstrip())


class SpecError(SunsetError):
    """Specs cannot be used.

    Attributes:
        problems: all of them, sorted by file and line.
    """

    def __init__(self, problems: Iterable[SpecProblem]) -> None:
        self.problems = tuple(problems)
        files = sorted({problem.file for problem in self.problems})
        super().__init__(
            f"{len(self.problems)} problem(s) in the spec.",
            where=", ".join(files),
            remedy="Correct the file; `sunset check FILE` lists the problems again.",
        )

    def __str__(self) -> str:
        return "\n".join(str(problem) for problem in self.problems)

    def __reduce__(self) -> tuple[type[SpecError], tuple[tuple[SpecProblem, ...]]]:
        return type(self), (self.problems,)


def one_line(text: str) -> str:
    """The text with line breaks and whatever cannot be printed escaped."""
    return "".join(char if char.isprintable() else char.encode("unicode_escape").decode() for char in text)


def shorten(text: str) -> str:
    """The text, cut where it is too long to be quoted in a message."""
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}..."


def spell(path: KeyPath) -> str:
    """The key as people write it: `people.crm_owner.roles[0]`."""
    spelled = ""
    for part in path:
        if isinstance(part, int):
            spelled += f"[{part}]"
        elif re.fullmatch(r"[\w-]{1,80}", part):
            spelled += f".{part}"
        else:
            spelled += f"[{json.dumps(shorten(part), ensure_ascii=False)}]"
    return spelled.removeprefix(".")


def nearest(word: str, valid: Sequence[str]) -> str:
    """A sentence that names the valid word nearest to the one written, or all of them where none is near."""
    close = difflib.get_close_matches(word, valid, n=1) if len(word) <= _LONGEST else []
    if close:
        return f'Did you mean "{close[0]}"?'
    return f"Known here: {', '.join(valid)}." if valid else ""
