"""Where a person or a device is reached: mail, phone, network, place."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from ipaddress import AddressValueError, IPv4Address, IPv6Address

from sunset.catalogue.sensitivity.detector import Detector

_EMAIL = re.compile(r"[\w.+%'’-]{1,64}@(?:[\w-]{1,63}\.){1,6}[^\W\d_]{2,24}(?![\w@])")
_NO_DOMAIN = re.compile(r"\.(?:png|jpe?g|gif|svg|webp|ico|css|js|ts|pdf|html?|git|sock|service)$", re.IGNORECASE)
_ABROAD = re.compile(r"(?<![\w+])(?:\+|00)[1-9](?:[ ().\-/]{0,2}\d){6,14}(?![\w-]|\.\d)")
_AT_HOME = re.compile(r"\(?\d(?:[ ().\-/]{0,2}\d){6,14}")
_IPV4 = re.compile(r"(?<![\w.-])(?:\d{1,3}\.){3}\d{1,3}(?![\w-]|\.\d)")
_IPV6 = re.compile(r"(?<![\w:])(?:[0-9a-f]{0,4}:){3,7}[0-9a-f]{1,4}(?![\w:])", re.IGNORECASE)
_MAC = re.compile(r"(?<![\w:-])(?:[0-9a-f]{2}[:-]){5}[0-9a-f]{2}(?![\w:-])", re.IGNORECASE)
_IMEI = re.compile(r"(?<![\w.-])(?:35|86|01|99)\d{13}(?![\w-]|\.\d)")
_POINT = re.compile(r"(?<![\w.-])-?\d{1,2}\.\d{3,12}[,;] ?-?\d{1,3}\.\d{3,12}(?![\w]|\.\d)")
_PHONE_WORDS = re.compile(r"tel|phone|fon|mobi|cell|call|bel |handy|fax|电话|手机|電話|전화", re.IGNORECASE)

REGIONS = (
    *("US", "GB", "DE", "FR", "NL", "BE", "ES", "IT", "PT", "PL", "SE", "DK", "NO", "FI", "CH", "AT", "IE", "CZ", "RO"),
    *("TR", "RU", "CN", "JP", "KR", "IN", "BR", "MX", "AU", "ZA"),
)
_MOST_NUMBERS, _FIRST = 60, 6
_DATE = re.compile(r"\d{4}[-/.]\d\d[-/.]\d\d|\d\d[-/.]\d\d[-/.]\d{4}")
_CLOCK = re.compile(r"1\d{9}(?:\d{3})?")


def is_email(text: str) -> bool:
    """An address by the rules of e-mail; no name server is asked."""
    from email_validator import EmailNotValidError, validate_email

    if _NO_DOMAIN.search(text):
        return False
    try:
        validate_email(text.strip("'’"), check_deliverability=False, globally_deliverable=False)
    except EmailNotValidError:
        return False
    return True


def is_phone(text: str, region: str | None = None) -> bool:
    """A number that is given out, in the plan of its country or of a region."""
    import phonenumbers

    text = f"+{text[2:]}" if region is None and text.startswith("00") else text
    try:
        return phonenumbers.is_valid_number(phonenumbers.parse(text, region))
    except phonenumbers.NumberParseException:
        return False


def national_phones(values: Sequence[str]) -> int:
    """Number of values that are phone numbers of one region, written without its code; 0 where they need not be.

    Nearly all values have to be numbers of one and the same plan. Where they are not written as numbers are dialled,
    they also have to pass far more often than the same digits do backwards.
    """
    numbers = [value for value in values if _AT_HOME.fullmatch(value) and 7 <= sum(map(str.isdigit, value)) <= 13]
    if len(numbers) < max(5, 0.8 * len(values)):
        return 0
    looked_at = numbers[:_MOST_NUMBERS]
    plans = (region for region in REGIONS if _nearly_all(looked_at[:_FIRST], region) and _nearly_all(looked_at, region))
    region = next(plans, None)
    return len(numbers) if region and (_dialled(looked_at) or _spread(looked_at, region)) else 0


def _nearly_all(numbers: Sequence[str], region: str) -> bool:
    return _valid(numbers, region) >= 0.95 * len(numbers)


def _valid(numbers: Iterable[str], region: str) -> int:
    return sum(is_phone(number, region) for number in numbers)


def _dialled(numbers: Sequence[str]) -> bool:
    """With the trunk's zero, an area in brackets, or in groups; dates have groups of four and two, and are none."""
    grouped = sum(number.startswith(("0", "(")) or re.search(r"\d[ \-]\d", number) is not None for number in numbers)
    return grouped >= 0.8 * len(numbers) and not any(map(_DATE.fullmatch, numbers))


def _spread(numbers: Sequence[str], region: str) -> bool:
    """Bare digits that begin as the plan has it and go on at random, which neither counters nor clocks do."""
    digits = [number for number in numbers if number.isdecimal()]
    if len(digits) < len(numbers) or all(map(_CLOCK.fullmatch, digits)):
        return False
    values = sorted(map(int, digits))
    running = values[-1] - values[0] < 1000 * len(values)
    chance = max(_valid((number[::-1] for number in digits), region), 1) / len(digits)
    return not running and len(set(digits)) > 0.8 * len(digits) and chance ** len(digits) < 1e-12


def is_ipv4(text: str) -> bool:
    """An address of the internet; numbers of versions, which are small, are none."""
    try:
        address = IPv4Address(text)
    except AddressValueError:
        return False
    return max(address.packed) >= 100 and not address.is_unspecified


def is_ipv6(text: str) -> bool:
    """An address of the newer internet."""
    try:
        return not IPv6Address(text).is_unspecified
    except AddressValueError:
        return False


def is_imei(text: str) -> bool:
    """The number of a mobile device."""
    from stdnum import imei

    return bool(imei.is_valid(text))


def is_point(text: str) -> bool:
    """Latitude and longitude."""
    latitude, longitude = (float(part) for part in re.split("[,;]", text))
    return abs(latitude) <= 90 and abs(longitude) <= 180


def always(_: str) -> bool:
    """For shapes that need no check."""
    return True


def detectors() -> tuple[Detector, ...]:
    """One for each kind of address."""
    return (
        Detector("e-mail address", "personal", "content", _EMAIL, is_email, 0.01, 0.05, needs="@"),
        Detector("phone number", "personal", "content", _ABROAD, is_phone, 0.05, 0.05, words=_PHONE_WORDS),
        Detector("IP address", "personal", "pattern", _IPV4, is_ipv4, 0.05, 0.05, needs="."),
        Detector("IP address", "personal", "pattern", _IPV6, is_ipv6, 0.01, 0.05, needs=":"),
        Detector("device address", "personal", "pattern", _MAC, always, 0.01, 0.05, needs=":-"),
        Detector("device number", "personal", "content", _IMEI, is_imei, 0.1, 0.001),
        Detector("place", "personal", "pattern", _POINT, is_point, 0.2, 0.001, needs="."),
    )
