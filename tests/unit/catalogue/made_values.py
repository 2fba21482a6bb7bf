"""Makes values: personal data with right check digits, and what only looks like it."""

from __future__ import annotations

import random
import string
from collections.abc import Callable
from datetime import date, timedelta


def _each(text: str) -> tuple[str, ...]:
    return tuple(text.split("|"))


GIVEN = _each(
    "Maria|Jan|Sophie|Thomas|Lucía|François|Giulia|Pieter|Ingrid|Ahmed|Priya|Katarzyna|Wolfgang|Emma|Noah|Lotte"
)
FAMILY = _each(
    "de Vries|Smith|Müller|García López|Dubois|Rossi|Jansen|Eriksson|Haddad|Sharma|Nowak|Schäfer|Brown|Bakker"
)
WORDS = _each("the|parcel|was|returned|because|its|label|could|not|be|read|and|the|shelf|in|the|depot|is|full|again")
GOODS = _each("苹果手机|电脑桌|办公椅|不锈钢锅|羽绒服|运动鞋|咖啡杯|保温瓶|台灯|书架|床单|窗帘|牙刷|毛巾|雨伞|背包")
CITIES = _each("Amsterdam|Berlin|Paris|Madrid|Roma|Lisboa|Warszawa|Stockholm|London|Dublin")
CHINESE = _each("王伟|李娜|张敏|刘洋|陈静|杨帆|赵磊|黄丽|周杰|吴芳|徐强|孙艳|胡军|朱红|高明|林涛|何勇|郭琳|马超|罗兰")

Make = Callable[[random.Random], str]


def _luhn(digits: str) -> str:
    total = sum(sum(divmod(int(d) * (2 - i % 2), 10)) for i, d in enumerate(reversed(digits)))
    return digits + str(-total % 10)


def digits(r: random.Random, number: int) -> str:
    return str(r.randrange(1, 10)) + "".join(str(r.randrange(10)) for _ in range(number - 1))


def bsn(r: random.Random) -> str:
    while True:
        number = digits(r, 8)
        check = sum(int(d) * (9 - i) for i, d in enumerate(number)) % 11
        if check < 10:
            return f"{number}{check}"


def nhs(r: random.Random) -> str:
    while True:
        number = digits(r, 9)
        check = -sum(int(d) * (10 - i) for i, d in enumerate(number)) % 11
        if check < 10:
            return f"{number[:3]} {number[3:6]} {number[6:]}{check}"


def isbn(r: random.Random) -> str:
    number = digits(r, 9)
    check = -sum(int(d) * (10 - i) for i, d in enumerate(number)) % 11
    return number + ("X" if check == 10 else str(check))


def ean(r: random.Random) -> str:
    number = digits(r, 12)
    return number + str(-sum(int(d) * (1 + 2 * (i % 2)) for i, d in enumerate(number)) % 10)


def iban(r: random.Random) -> str:
    account = f"ABNA{digits(r, 10)}"
    value = int("".join(str(int(c, 36)) for c in f"{account}NL00"))
    return f"NL{98 - value % 97:02d}{account}"


def birthday(r: random.Random) -> date:
    return date(1940, 1, 1) + timedelta(days=r.randrange(23_000))


def pesel(r: random.Random) -> str:
    born = birthday(r)
    number = f"{born:%y%m%d}{digits(r, 4)}"
    weights = (1, 3, 7, 9, 1, 3, 7, 9, 1, 3)
    return number + str(-sum(int(d) * w for d, w in zip(number, weights, strict=True)) % 10)


def cpf(r: random.Random) -> str:
    number = digits(r, 9)
    for _ in range(2):
        rest = sum(int(d) * w for d, w in zip(number, range(len(number) + 1, 1, -1), strict=True)) * 10 % 11
        number += str(rest % 10)
    return f"{number[:3]}.{number[3:6]}.{number[6:9]}-{number[9:]}"


def resident_id(r: random.Random) -> str:
    number = f"110101{birthday(r):%Y%m%d}{r.randrange(1000):03d}"
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    return number + "10X98765432"[sum(int(d) * w for d, w in zip(number, weights, strict=True)) % 11]


def dni(r: random.Random) -> str:
    number = digits(r, 8)
    return number + "TRWAGMYFPDXBNJZSQVHLCKE"[int(number) % 23]


def codice_fiscale(r: random.Random) -> str:
    from stdnum.it import codicefiscale

    letters = "".join(r.choice("BCDFGLMNPRSTVZ") for _ in range(6))
    born = birthday(r)
    start = f"{letters}{born:%y}{'ABCDEHLMPRST'[born.month - 1]}{born.day:02d}H501"
    return start + codicefiscale.calc_check_digit(start)


def personnummer(r: random.Random) -> str:
    number = _luhn(f"{birthday(r):%y%m%d}{digits(r, 3)}")
    return f"{number[:6]}-{number[6:]}"


def nir(r: random.Random) -> str:
    number = f"{r.choice('12')}{birthday(r):%y%m}75{digits(r, 6)}"
    return f"{number}{97 - int(number) % 97:02d}"


def card(r: random.Random) -> str:
    return _luhn("4" + digits(r, 14))


def spaced_card(r: random.Random) -> str:
    number = _luhn("52" + digits(r, 13))
    return " ".join(number[i : i + 4] for i in range(0, 16, 4))


def imei(r: random.Random) -> str:
    return _luhn("35" + digits(r, 12))


def full_name(r: random.Random) -> str:
    return f"{r.choice(GIVEN)} {r.choice(FAMILY)}"


def email(r: random.Random) -> str:
    return f"{r.choice(GIVEN).lower()}.{digits(r, 3)}@{r.choice(['example.com', 'mail.example.nl', 'büro.example.de'])}"


def token(r: random.Random, number: int, letters: str = string.ascii_letters + string.digits) -> str:
    return "".join(r.choice(letters) for _ in range(number))


def sentence(r: random.Random) -> str:
    return " ".join(r.choice(WORDS) for _ in range(12))


def in_text(make: Make, every: int) -> Make:
    """One value among many texts."""
    state = {"row": 0}

    def text(r: random.Random) -> str:
        state["row"] += 1
        return f"{sentence(r)} {make(r)} {sentence(r)}" if state["row"] % every == every - 1 else sentence(r)

    return text


def as_json(make: Make, key: str) -> Make:
    return lambda r: f'{{"id": {digits(r, 4)}, "extra": [{{"{key}": "{make(r)}"}}, {{"n": 1.5}}]}}'
