"""Tells text from other content, and in which encoding it is."""

from __future__ import annotations

import codecs

_UTF_16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_MOST_STRANGE = 0.02


def text_of(data: bytes) -> str | None:
    """The beginning of a file as text; None where it is none."""
    if data.startswith(_UTF_16):
        return data.decode("utf-16", "replace")
    if b"\0" in data:
        return None
    text = data.decode("utf-8-sig", "replace")
    if text.count("\ufffd") > max(1, _MOST_STRANGE * len(text)):  # one letter may be cut in two at the end
        text = data.decode("cp1252", "replace")
    strange = sum(not each.isprintable() and each not in "\t\n\r\f\x1b" for each in text)
    return None if strange > _MOST_STRANGE * len(text) else text
