"""Names of people and where they live, by the words that they are made of."""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from importlib.resources import files

from sunset.catalogue.sensitivity.detector import Detector
from sunset.catalogue.sensitivity.reach import always

_EDGE = r"(?:(?<=\n)|\A)", r"(?=\n|\Z)"
_WORD = r"[^\W\d_][^\W\d_'’.-]*(?:[-'’][^\W\d_]+)*\.?"
_NAME = re.compile(rf"{_EDGE[0]}{_WORD}(?:,? {_WORD}){{0,4}}{_EDGE[1]}")
_HAN = re.compile(rf"{_EDGE[0]}[\u4e00-\u9fff]{{2,4}}{_EDGE[1]}")
_HANGUL = re.compile(rf"{_EDGE[0]}[\uac00-\ud7a3]{{2,4}}{_EDGE[1]}")
_SURNAMES = frozenset(
    "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢"
    "蒋蔡贾丁魏薛叶阎余潘杜戴夏钟汪田任姜范方石姚谭廖邹熊金陆郝孔白崔康毛邱秦江史顾侯邵孟"
    "龙万段雷钱汤尹黎易常武乔贺赖龚文佐鈴高伊渡中小加山吉"
)
_SURNAMES_KO = frozenset("김이박최정강조윤장임한오서신권황안송전홍유고문양손배백허남심노하곽성차주우구")
_STREET = re.compile(
    r"\b\d{1,5}[a-z]?,? (?:[A-Z][\w.'-]+ "
    r"){1,4}(?:street|st|avenue|ave|road|rd|lane|ln|drive|dr|court|ct|boulevard|blvd|"
    r"square|terrace|place|way|close)\b"
    r"|\b[^\W\d_][\w.'’-]*(?:straat|laan|weg|plein|gracht|kade|singel|dreef|stra(?:ß|ss)e|str\.|allee|platz|gasse|"
    r"gatan|vägen|vej|gade|veien|katu|tie) \d{1,4} ?[a-z]?\b"
    r"|\b\d{1,4}(?: ?(?:bis|ter))?,? (?:rue|avenue|boulevard|impasse|chemin|allée|quai) (?:d[eu]s? |de la |d')?\w+"
    r"|\b(?:calle|avenida|avda\.?|plaza|paseo|via|viale|piazza|corso|rua|"
    r"travessa|ulica|ul\.) [^\d,\n]{3,40},? \d{1,4}\b"
    r"|[\u4e00-\u9fff]{1,8}(?:路|街|道|巷|胡同)\d{1,5}(?:号|號|弄)"
    r"|[\u4e00-\u9fff]{2,4}[都道府県][\u4e00-\u9fff]{1,6}[市区町村]"
    r"|[\uac00-\ud7a3]{1,6}(?:로|길) ?\d{1,4}",
    re.IGNORECASE,
)


def is_name(text: str) -> bool:
    """Words that begin with a capital, one of them a given name that is common somewhere."""
    words = [word.strip(".,") for word in text.split()]
    capitals = sum(word[:1].isupper() for word in words)
    return capitals >= (len(words) + 1) // 2 and any(_plain(word.split("-")[0]) in _given_names() for word in words)


def is_han_name(text: str) -> bool:
    """Begins with one of the commonest surnames."""
    return text[0] in _SURNAMES


def is_hangul_name(text: str) -> bool:
    """Begins with one of the commonest surnames."""
    return text[0] in _SURNAMES_KO


def detectors() -> tuple[Detector, ...]:
    """Names fill a whole value, and are believed where far more values are names than chance explains."""
    return (
        Detector("name of a person", "personal", "content", _NAME, is_name, 0.08, 1e-4, needs="aeiouаеио"),
        Detector("name of a person", "personal", "content", _HAN, is_han_name, 0.3, 1e-6, needs="".join(_SURNAMES)),
        Detector(
            "name of a person", "personal", "content", _HANGUL, is_hangul_name, 0.3, 1e-6, needs="".join(_SURNAMES_KO)
        ),
        Detector("postal address", "personal", "pattern", _STREET, always, 0.03, 0.05),
    )


@cache
def _given_names() -> frozenset[str]:
    return frozenset(files(__package__).joinpath("given_names.txt").read_text("utf-8").split())


def _plain(word: str) -> str:
    """Lower case, without accents."""
    return "".join(each for each in unicodedata.normalize("NFKD", word.casefold()) if not unicodedata.combining(each))
