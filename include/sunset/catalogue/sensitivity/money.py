"""Numbers of bank accounts and payment cards."""

from __future__ import annotations

import re

from sunset.catalogue.sensitivity.detector import Detector

_CARD = re.compile(
    r"(?<![\w.-])(?:\d{4}([ -])\d{4}\1\d{4}\1\d{4}|3\d{3}[ -]\d{6}[ -]\d{5}|\d{14,16}|\d{19})(?![\w-]|\.\d)"
)
_ISSUED = re.compile(
    r"4\d{15}|4\d{18}|5[1-5]\d{14}|2(?:2[2-9]|[3-6]\d|7[01])\d{13}|3[47]\d{13}|6(?:011|5\d\d)\d{12}|35\d{14}|62\d{14}|3(?:0[0-5]|[68]\d)\d{11}"
)
_IBAN = re.compile(r"(?<!\w)[A-Z]{2}\d{2}(?: ?[A-Z\d]{4}){2,7}(?: ?[A-Z\d]{1,3})?(?!\w)", re.IGNORECASE)
_CARD_WORDS = re.compile(r"card|karte|carte|tarjeta|kaart|visa|mastercard|amex|卡", re.IGNORECASE)


def is_card(text: str) -> bool:
    """A number that a card scheme gives out, with its check digit."""
    from stdnum import luhn

    digits = re.sub(r"\D", "", text)
    return _ISSUED.fullmatch(digits) is not None and luhn.is_valid(digits) and len(set(digits)) > 2


def is_iban(text: str) -> bool:
    """An IBAN; words behind it that look like one more group are left off."""
    from stdnum import iban

    while len(text) > 14:
        if iban.is_valid(text, check_country=False):
            return True
        text = text.rpartition(" ")[0]
    return False


def detectors() -> tuple[Detector, ...]:
    """Cards and accounts."""
    return (
        # A 16-digit number that stands alone among others is believed: one card in a text is too many.
        Detector("payment card number", "personal", "content", _CARD, is_card, 0.016, 0.05, words=_CARD_WORDS),
        Detector("bank account number", "personal", "content", _IBAN, is_iban, 0.01, 0.05),
    )
