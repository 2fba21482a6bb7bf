"""Numbers by which states, banks and insurers know a person; python-stdnum knows their check digits."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache
from importlib import import_module

from sunset.catalogue.sensitivity.detector import Detector

_EDGE = r"(?<![\w.+-])", r"(?![\w-]|\.\d)"

# Name, module of stdnum, shape, share of others of this shape that pass, doubt. Shapes that only persons' numbers have
# may be believed on a single find; bare digits have to pass far more often than chance lets them. The shares were
# measured on random strings of each shape, and rounded up; the American number has no check digit: its dashes tell it.
_NUMBERS: tuple[tuple[str, str, str, float, float], ...] = (
    ("US social security number", "us.ssn", r"\d{3}-\d{2}-\d{4}", 0.04, 0.05),
    ("Dutch citizen service number", "nl.bsn", r"\d{9}|\d{4}\.\d{2}\.\d{3}", 0.09, 0.001),
    ("German tax number", "de.idnr", r"\d{11}|\d{2} \d{3} \d{3} \d{3}", 0.03, 0.001),
    ("British health service number", "gb.nhs", r"\d{10}|\d{3}[ -]\d{3}[ -]\d{4}", 0.09, 0.001),
    ("French social security number", "fr.nir", r"[12] ?\d{2} ?\d{2} ?\d[\dAB] ?\d{3} ?\d{3} ?\d{2}", 0.01, 0.05),
    ("Spanish identity number", "es.dni", r"\d{8}-?[A-Z]", 0.045, 0.05),
    ("Spanish foreigner number", "es.nie", r"[XYZ]-?\d{7}-?[A-Z]", 0.045, 0.05),
    ("Italian tax code", "it.codicefiscale", r"[A-Z]{6}\d{2}[A-EHLMPRST]\d{2}[A-Z]\d{3}[A-Z]", 0.04, 0.05),
    ("Chinese identity number", "cn.ric", r"\d{17}[\dXx]", 0.003, 0.05),
    ("Brazilian taxpayer number", "br.cpf", r"\d{11}|\d{3}\.\d{3}\.\d{3}-\d{2}", 0.01, 0.001),
    ("Indian Aadhaar number", "in_.aadhaar", r"[2-9]\d{3} ?\d{4} ?\d{4}", 0.1, 0.001),
    ("Indian taxpayer number", "in_.pan", r"[A-Z]{5}\d{4}[A-Z]", 0.46, 0.001),
    ("Polish identity number", "pl.pesel", r"\d{11}", 0.02, 0.001),
    ("Swedish identity number", "se.personnummer", r"(?:\d{2})?\d{6}[-+]\d{4}", 0.01, 0.05),
    ("Finnish identity code", "fi.hetu", r"\d{6}[-+A]\d{3}[\dA-Y]", 0.004, 0.05),
    ("Danish identity number", "dk.cpr", r"\d{6}-\d{4}", 0.04, 0.001),
    ("Norwegian birth number", "no.fodselsnummer", r"\d{6} ?\d{5}", 0.0015, 0.01),
    ("Belgian national number", "be.nn", r"\d{11}|\d{2}\.\d{2}\.\d{2}-\d{3}\.\d{2}", 0.002, 0.01),
    ("Swiss insurance number", "ch.ssn", r"756\.?\d{4}\.?\d{4}\.?\d{2}", 0.1, 0.001),
    ("Austrian insurance number", "at.vnr", r"\d{4} ?\d{6}", 0.09, 0.001),
    ("Korean resident number", "kr.rrn", r"\d{6}-[1-8]\d{6}", 0.01, 0.05),
    ("Mexican population code", "mx.curp", r"[A-Z]{4}\d{6}[HM][A-Z]{5}[A-Z\d]\d", 0.05, 0.05),
    ("Turkish identity number", "tr.tckimlik", r"[1-9]\d{10}", 0.01, 0.001),
    ("Romanian personal code", "ro.cnp", r"[1-8]\d{12}", 0.01, 0.001),
    ("South African identity number", "za.idnr", r"\d{6} ?\d{4} ?\d{3}", 0.01, 0.001),
    ("Canadian insurance number", "ca.sin", r"\d{3}[ -]\d{3}[ -]\d{3}", 0.1, 0.001),
    ("Czech birth number", "cz.rc", r"\d{6}/\d{3,4}", 0.09, 0.001),
    ("Portuguese citizen card", "pt.cc", r"\d{8} ?\d ?[A-Z\d]{2}\d", 0.1, 0.001),
    ("Japanese individual number", "jp.in_", r"\d{4} ?\d{4} ?\d{4}", 0.1, 0.001),
)
_WORDS = re.compile(
    r"\b(?:ssn|bsn|nhs|dni|nie|cpf|pesel|pps|nir|sin|cnp|aadhaar|hetu|nino|social security|sofi|passport|paspoort|"
    r"identity|tax|steuer|personnummer|cpr|rrn)\b|身份证|マイナンバー|주민",
    re.IGNORECASE,
)


def detectors() -> tuple[Detector, ...]:
    """One detector a number."""
    return tuple(
        Detector(kind, "personal", "content", _whole(shape), _check(module), chance, doubt, words=_WORDS)
        for kind, module, shape, chance, doubt in _NUMBERS
    )


def _whole(shape: str) -> re.Pattern[str]:
    return re.compile(f"{_EDGE[0]}(?:{shape}){_EDGE[1]}")


def _check(module: str) -> Callable[[str], bool]:
    return lambda text: len(set(text) - set(" .-/+")) > 2 and _validator(module)(text)


@cache
def _validator(module: str) -> Callable[[str], bool]:
    if module == "cn.ric":
        return _is_chinese
    found: Callable[[str], bool] = import_module(f"stdnum.{module}").is_valid
    return found


def _is_chinese(text: str) -> bool:
    """Check digit and date alone: stdnum's list of counties does not have all that numbers were given out in."""
    from stdnum.cn import ric
    from stdnum.exceptions import ValidationError

    try:
        ric.get_birth_date(text)
    except ValidationError:
        return False
    return bool(ric.calc_check_digit(text) == text[-1].upper())
