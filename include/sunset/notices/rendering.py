"""Notices in words. Templates are a team's to override, so they run in a sandbox and see plain values alone."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from sunset.errors import Refusal
from sunset.notices.facts import Facts, Language

if TYPE_CHECKING:
    from jinja2.sandbox import ImmutableSandboxedEnvironment

_MONTHS = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
]


@dataclass(frozen=True, slots=True)
class Words:
    """One notice as it is read.

    Attributes:
        subject: one line without control characters.
        text: plain text, for chats and hooks.
        html: a page of its own, for mail.
    """

    subject: str
    text: str
    html: str


@dataclass(frozen=True, slots=True)
class Templates:
    """The templates of the notices.

    Attributes:
        folder: a team's own: `<language>/<name>`, each in the place of Sunset's of that name; None for none.
    """

    folder: Path | None = None

    def words(self, facts: Facts, day: date, *, correction: bool) -> Words:
        """A notice in the words of its language.

        Args:
            facts: what it tells.
            day: the day on which it is due.
            correction: whether the audience was told other facts before.

        Raises:
            Refusal: a template of the team's is broken.
        """
        values = {**asdict(facts), "day": day, "correction": correction}
        subject, text, html = (
            self._render(facts.language, name, values) for name in ("subject.txt.j2", "notice.txt.j2", "notice.html.j2")
        )
        return Words(one_line(subject), text.strip() + "\n", html)

    def _render(self, language: Language, name: str, values: dict[str, object]) -> str:
        from jinja2.exceptions import SecurityError, TemplateError

        path = f"{language}/{name}"
        try:
            return _environment(self.folder, language).get_template(path).render(values)
        except SecurityError as error:
            raise self._broken(path, f"does what a template may not: {error}") from error
        except TemplateError as error:
            line = getattr(error, "lineno", None)
            raise self._broken(path, f"is broken{f' in line {line}' if line else ''}: {error.message}") from error
        except (ArithmeticError, LookupError, TypeError, ValueError) as error:
            raise self._broken(path, f"does not work: {type(error).__name__}") from error

    def _broken(self, path: str, what: str) -> Refusal:
        return Refusal(
            f"the template {what}.",
            where=f"{self.folder or 'sunset'}: {path}",
            remedy="Correct it; a dry run tries it.",
        )


def one_line(text: str) -> str:
    """The text without line breaks and control characters: what may stand in a header."""
    return " ".join("".join(each if each.isprintable() else " " for each in text).split())


@cache
def _environment(folder: Path | None, language: Language) -> ImmutableSandboxedEnvironment:
    from jinja2 import ChoiceLoader, FileSystemLoader, PackageLoader, StrictUndefined
    from jinja2.sandbox import ImmutableSandboxedEnvironment

    own = PackageLoader("sunset.notices")
    environment = ImmutableSandboxedEnvironment(
        loader=ChoiceLoader([FileSystemLoader(folder), own]) if folder else own,
        autoescape=lambda name: bool(name) and str(name).endswith(".html.j2"),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["on"] = _DAYS[language]
    environment.filters["at"] = _MOMENTS[language]
    return environment


def _english_day(day: date) -> str:
    return f"{day.day} {day:%B} {day.year}"


def _english_moment(moment: datetime) -> str:
    return f"{_english_day(moment)}, {moment:%H:%M} UTC"


def _chinese_day(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"


def _chinese_moment(moment: datetime) -> str:
    return f"{_chinese_day(moment)} {moment:%H:%M}（UTC）"


_DAYS: dict[Language, Callable[[date], str]] = {"en": _english_day, "zh": _chinese_day}
_MOMENTS: dict[Language, Callable[[datetime], str]] = {"en": _english_moment, "zh": _chinese_moment}
