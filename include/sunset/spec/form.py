"""The written form of a value. The reader hands over every scalar as the text that was written."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, core_schema

from sunset.spec.base import complaint


def _nothing(_: str) -> str:
    return ""


@dataclass(frozen=True, slots=True)
class Form:
    """The written form of one kind of value.

    Attributes:
        name: what the field reference calls it.
        words: what the text has to be; completes "must be ...".
        pattern: regular expression that the whole text matches.
        read: makes the value of the text; a ValueError, ArithmeticError, LookupError or OSError refuses the text.
        write: the one canonical text of a value; reading it again gives the same value.
        suggest: a sentence that names a legal text near an illegal one, or "".
    """

    name: str
    words: str
    pattern: str
    read: Callable[[str], Any] = str
    write: Callable[[Any], str] = str
    suggest: Callable[[str], str] = _nothing

    def __get_pydantic_core_schema__(self, source: type, handler: GetCoreSchemaHandler) -> CoreSchema:
        written = re.compile(self.pattern)

        def validate(value: object) -> object:
            if not isinstance(value, str):
                if source is not str and isinstance(value, source):
                    return value
                raise complaint(f"must be {self.words}")
            if not written.fullmatch(value):
                raise complaint(f"must be {self.words}", self.suggest(value))
            try:
                return self.read(value)
            except (ValueError, ArithmeticError, LookupError, OSError) as error:
                raise complaint(f"must be {self.words}") from error

        return core_schema.no_info_plain_validator_function(
            validate, serialization=core_schema.plain_serializer_function_ser_schema(self.write, when_used="json")
        )

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        return {
            "type": "string",
            "$comment": self.name,  # what the field reference shows
            "pattern": f"^(?:{self.pattern})$",
            "patternErrorMessage": f"must be {self.words}",  # what editors show
        }
