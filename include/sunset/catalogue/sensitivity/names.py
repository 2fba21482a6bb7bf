"""What a column's own name says of it."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import cache

from sunset.catalogue.sensitivity.model import Family
from sunset.catalogue.sensitivity.words import ABOUT, HINTS, OTHERS, PEOPLE, Hint

_PARTS = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+|[^\W\d_a-zA-Z]+")
_DEVICES = re.compile(r"(?:micro|head|ear|smart|sax|mega|gramo)phone")


@dataclass(frozen=True, slots=True)
class Name:
    """A name in pieces: `customerEMail_2` is customer, e, mail, 2."""

    tokens: tuple[str, ...]

    @classmethod
    def of(cls, text: str) -> Name:
        plain = unicodedata.normalize("NFKD", text.replace("ß", "ss").replace("ø", "o").replace("ł", "l"))
        plain = "".join(each for each in plain if not unicodedata.combining(each))
        plain = unicodedata.normalize("NFC", plain)  # Hangul in syllables again
        return cls(tuple(token.lower() for token in _PARTS.findall(plain)))

    @property
    def whole(self) -> str:
        return "".join(self.tokens)

    @property
    def of_people(self) -> bool:
        return any(word in self.whole for word in _split(PEOPLE))


def hints(column: str, table: str, family: Family) -> tuple[Hint, ...]:
    """The kinds that a column's name stands for, given what it can hold."""
    name, people = Name.of(column), Name.of(column).of_people or Name.of(table).of_people
    return tuple(
        hint for hint in HINTS if family in hint.families and (people or not hint.of_people) and _says(name, hint)
    )


def looks_elsewhere(column: str) -> bool:
    """Whether the name says that its numbers are those of things: orders, articles, versions."""
    name = Name.of(column)
    return any(word in name.tokens or (len(word) > 3 and word in name.whole) for word in _split(OTHERS))


def _says(name: Name, hint: Hint) -> bool:
    if not name.tokens or _DEVICES.search(name.whole):
        return False
    stem = next((stem for stem in _split(hint.stems) if stem in name.whole), "")
    if not stem and not any(word in name.tokens for word in _split(hint.words)):
        return False
    return name.whole.endswith(stem or "\0") or name.tokens[-1] not in _split(ABOUT)


@cache
def _split(words: str) -> tuple[str, ...]:
    return tuple(words.split())
