"""Columns with a label: personal data of many kinds and countries, and what only looks like it."""

from __future__ import annotations

import hashlib
import random
import re
import string
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from sunset.catalogue.sensitivity.model import ColumnSample, Family

ROWS = 60
GIVEN = [
    "Maria",
    "Jan",
    "Sophie",
    "Thomas",
    "Lucía",
    "François",
    "Giulia",
    "Pieter",
    "Ingrid",
    "Ahmed",
    "Priya",
    "Katarzyna",
    "Wolfgang",
    "Emma",
    "Noah",
    "Lotte",
]
FAMILY = [
    "de Vries",
    "Smith",
    "Müller",
    "García López",
    "Dubois",
    "Rossi",
    "Jansen",
    "Eriksson",
    "Haddad",
    "Sharma",
    "Nowak",
    "Schäfer",
    "Brown",
    "Bakker",
]
CHINESE = [
    "王伟",
    "李娜",
    "张敏",
    "刘洋",
    "陈静",
    "杨帆",
    "赵磊",
    "黄丽",
    "周杰",
    "吴芳",
    "徐强",
    "孙艳",
    "胡军",
    "朱红",
    "高明",
    "林涛",
    "何勇",
    "郭琳",
    "马超",
    "罗兰",
]


@dataclass(frozen=True)
class Labelled:
    """One column, the table it stands in, and the class it has to get: none for a look-alike."""

    column: ColumnSample
    table: str
    expected: str

    @property
    def label(self) -> str:
        return f"{self.table}.{self.column.name} ({self.expected})"


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
    words = [
        "the",
        "parcel",
        "was",
        "returned",
        "because",
        "its",
        "label",
        "could",
        "not",
        "be",
        "read",
        "and",
        "the",
        "shelf",
        "in",
        "the",
        "depot",
        "is",
        "full",
        "again",
    ]
    return " ".join(r.choice(words) for _ in range(12))


def in_text(make: Make, every: int) -> Make:
    """One value among many texts."""
    state = {"row": 0}

    def text(r: random.Random) -> str:
        state["row"] += 1
        return f"{sentence(r)} {make(r)} {sentence(r)}" if state["row"] % every == every - 1 else sentence(r)

    return text


def as_json(make: Make, key: str) -> Make:
    return lambda r: f'{{"id": {digits(r, 4)}, "extra": [{{"{key}": "{make(r)}"}}, {{"n": 1.5}}]}}'


# By content alone: the columns are called c1, c2, ...
PERSONAL: tuple[tuple[Make, Family], ...] = (
    (email, "text"),
    (in_text(email, 30), "text"),
    (as_json(email, "v"), "document"),
    (as_json(email, "v"), "text"),
    (lambda r: f"+3161{digits(r, 7)}", "text"),
    (lambda r: f"+49 30 {digits(r, 7)}", "text"),
    (lambda r: f"+86 138 {digits(r, 4)} {digits(r, 4)}", "text"),
    (lambda r: f"06-{digits(r, 8)}", "text"),
    (lambda r: f"0171 {digits(r, 7)}", "text"),
    (lambda r: f"13{r.choice('5678')}{digits(r, 8)}", "text"),
    (lambda r: f"13{r.choice('5678')}{digits(r, 8)}", "number"),
    (lambda r: f"(212) {r.randrange(200, 999)}-{digits(r, 4)}", "text"),
    (in_text(lambda r: f"call +44 20 7946 {digits(r, 4)}", 20), "text"),
    (iban, "text"),
    (lambda r: " ".join(re.findall(".{1,4}", iban(r))), "text"),
    (in_text(lambda r: "NL91 ABNA 0417 1643 00", 50), "text"),
    (card, "text"),
    (card, "number"),
    (spaced_card, "text"),
    (in_text(lambda r: "4539578763621486", 50), "text"),
    (bsn, "text"),
    (bsn, "number"),
    (nhs, "text"),
    (pesel, "text"),
    (cpf, "text"),
    (resident_id, "text"),
    (dni, "text"),
    (codice_fiscale, "text"),
    (personnummer, "text"),
    (nir, "text"),
    (lambda r: f"{r.randrange(100, 665)}-{r.randrange(10, 99)}-{r.randrange(1000, 9999)}", "text"),
    (in_text(lambda r: "SSN 536-22-8726", 50), "text"),
    (full_name, "text"),
    (lambda r: f"{r.choice(FAMILY)}, {r.choice(GIVEN)}", "text"),
    (lambda r: r.choice(CHINESE), "text"),
    (lambda r: f"{r.choice(['Kerkstraat', 'Hauptstraße', 'Lindenlaan', 'Bahnhofstr.'])} {r.randrange(1, 200)}", "text"),
    (lambda r: f"{r.randrange(1, 300)} {r.choice(['Baker', 'Main', 'Elm'])} Street, Springfield", "text"),
    (lambda r: f"{r.randrange(1, 90)} rue de {r.choice(['Rivoli', 'Lyon', 'Paris'])}", "text"),
    (lambda r: f"北京市朝阳区{r.choice(['建国', '光华', '长安'])}路{r.randrange(1, 99)}号", "text"),
    (lambda r: f"{r.randrange(100, 223)}.{r.randrange(256)}.{r.randrange(256)}.{r.randrange(1, 255)}", "text"),
    (lambda r: f"2001:db8:{token(r, 4, '123456789abcdef')}::{token(r, 3, '123456789abcdef')}", "text"),
    (lambda r: ":".join(token(r, 2, "0123456789abcdef") for _ in range(6)), "text"),
    (imei, "text"),
    (lambda r: f"52.{digits(r, 5)}, 4.{digits(r, 5)}", "text"),
)
SECRET: tuple[tuple[Make, Family], ...] = (
    (lambda r: f"$2b$12${token(r, 53)}", "text"),
    (lambda r: f"AKIA{token(r, 16, string.ascii_uppercase + string.digits)}", "text"),
    (lambda r: f"eyJhbGciOiJI{token(r, 8)}.eyJzdWIiOiIx{token(r, 12)}.{token(r, 30)}", "text"),
    (in_text(lambda r: f"postgresql://app:{token(r, 12)}@db.internal/app", 40), "text"),
)
# By name alone: the values say nothing.
NAMED: tuple[tuple[str, str, str, Family], ...] = (
    ("customers", "first_name", "personal", "text"),
    ("kunden", "Nachname", "personal", "text"),
    ("klanten", "achternaam", "personal", "text"),
    ("clients", "prenom", "personal", "text"),
    ("clientes", "apellidos", "personal", "text"),
    ("用户", "姓名", "personal", "text"),
    ("顧客", "氏名", "personal", "text"),
    ("pracownicy", "nazwisko", "personal", "text"),
    ("customers", "name", "personal", "text"),
    ("employees", "dateOfBirth", "personal", "date"),
    ("mitarbeiter", "geburtsdatum", "personal", "date"),
    ("leden", "geboortedatum", "personal", "text"),
    ("t1", "生日", "personal", "date"),
    ("orders", "billing_address_line1", "personal", "text"),
    ("adressen", "Straße", "personal", "text"),
    ("t2", "postcode", "personal", "text"),
    ("t3", "telefoonnummer", "personal", "text"),
    ("t4", "手机号", "personal", "text"),
    ("t5", "passport_no", "personal", "text"),
    ("t6", "身份证号", "personal", "text"),
    ("t7", "rekeningnummer", "personal", "text"),
    ("staff", "gross_salary", "personal", "number"),
    ("t8", "gender", "personal", "text"),
    ("t9", "last_login_ip", "personal", "text"),
    ("t10", "user_name", "personal", "text"),
    ("patients", "diagnosis_code", "special", "text"),
    ("personnel", "religion", "special", "text"),
    ("t11", "血型", "special", "text"),
    ("t12", "ethnicity", "special", "text"),
    ("t13", "api_key", "secret", "text"),
    ("users", "password", "secret", "text"),
    ("gebruikers", "wachtwoord", "secret", "text"),
    ("t14", "密码", "secret", "text"),
)
# Look-alikes by content.
HARMLESS: tuple[tuple[Make, Family], ...] = (
    (lambda r: digits(r, 9), "text"),
    (lambda r: digits(r, 9), "number"),
    (lambda r: digits(r, 10), "number"),
    (lambda r: digits(r, 11), "text"),
    (lambda r: digits(r, 12), "text"),
    (lambda r: digits(r, 16), "text"),
    (lambda r: digits(r, 16), "number"),
    (lambda r: digits(r, 18), "number"),
    (ean, "text"),
    (isbn, "text"),
    (lambda r: f"{r.randrange(1, 12)}.{r.randrange(20)}.{r.randrange(30)}.{r.randrange(9)}", "text"),
    (lambda r: f"{r.randrange(1, 12)}.{r.randrange(20)}.{r.randrange(30)}", "text"),
    (lambda r: str(uuid.UUID(int=r.getrandbits(128))), "text"),
    (lambda r: hashlib.sha256(digits(r, 9).encode()).hexdigest(), "text"),
    (lambda r: hashlib.md5(digits(r, 9).encode()).hexdigest(), "text"),
    (lambda r: f"{birthday(r)}", "text"),
    (lambda r: f"{birthday(r):%d-%m-%Y}", "text"),
    (lambda r: f"{birthday(r)}T12:30:{r.randrange(60):02d}Z", "text"),
    (lambda r: str(1_600_000_000 + r.randrange(10**8)), "number"),
    (lambda r: str(1_600_000_000_000 + r.randrange(10**11)), "number"),
    (lambda r: f"{r.randrange(10**6) / 100:.2f}", "number"),
    (lambda r: f"€ {r.randrange(10**6) / 100:,.2f}", "text"),
    (lambda r: f"INV-{r.randrange(2000, 2030)}-{digits(r, 5)}", "text"),
    (lambda r: f"{token(r, 3, string.ascii_uppercase)}-{digits(r, 4)}-{digits(r, 3)}", "text"),
    (lambda r: f"{digits(r, 8)}{r.choice(string.ascii_uppercase)}", "text"),
    (lambda r: f"1Z{token(r, 16, string.ascii_uppercase + string.digits)}", "text"),
    (lambda r: f"#{token(r, 6, '0123456789abcdef')}", "text"),
    (lambda r: f"icon-{digits(r, 2)}@2x.png", "text"),
    (lambda r: f"https://shop.example.com/p/{digits(r, 7)}?ref={token(r, 5)}", "text"),
    (lambda r: f"/srv/data/{digits(r, 4)}/{token(r, 6)}.csv", "text"),
    (
        lambda r: f"{r.choice(['Blue', 'Garden', 'Oak', 'Steel'])} {r.choice(['Chair', 'Table', 'Lamp', 'Shelf'])}",
        "text",
    ),
    (
        lambda r: r.choice(
            [
                "苹果手机",
                "电脑桌",
                "办公椅",
                "不锈钢锅",
                "羽绒服",
                "运动鞋",
                "咖啡杯",
                "保温瓶",
                "台灯",
                "书架",
                "床单",
                "窗帘",
                "牙刷",
                "毛巾",
                "雨伞",
                "背包",
            ]
        ),
        "text",
    ),
    (
        lambda r: r.choice(
            ["Amsterdam", "Berlin", "Paris", "Madrid", "Roma", "Lisboa", "Warszawa", "Stockholm", "London", "Dublin"]
        ),
        "text",
    ),
    (lambda r: r.choice(["open", "closed", "waiting"]), "text"),
    (sentence, "text"),
    (in_text(lambda r: f"order {digits(r, 9)}", 10), "text"),
    (as_json(lambda r: token(r, 8), "v"), "document"),
    (lambda r: f"{r.randrange(800, 1600)}x{r.randrange(600, 1200)}", "text"),
    (lambda r: f"{token(r, 3, string.ascii_lowercase)}_{token(r, 6, string.ascii_lowercase)}", "text"),
    (lambda r: f"{r.randrange(24):02d}:{r.randrange(60):02d}:{r.randrange(60):02d}", "text"),
    (lambda r: token(r, 24), "text"),
    (lambda r: f"192,{digits(r, 3)} kg", "text"),
    (lambda r: f"POINT({r.randrange(900)} {r.randrange(900)})", "text"),
)
# Look-alikes by name.
MISNAMED: tuple[tuple[str, str, Family], ...] = (
    ("products", "name", "text"),
    ("artikelen", "naam", "text"),
    ("files", "filename", "text"),
    ("customers", "email_verified", "boolean"),
    ("customers", "email_count", "number"),
    ("customers", "address_id", "number"),
    ("mails", "email_template", "text"),
    ("devices", "phone_model", "text"),
    ("products", "headphones", "text"),
    ("users", "password_changed_at", "date"),
    ("usage", "token_count", "number"),
    ("shops", "latitude", "number"),
    ("t20", "hostname", "text"),
    ("t21", "description", "text"),
    ("t22", "payload_size", "number"),
    ("t23", "shipment", "text"),
    ("t24", "street_type", "text"),
    ("t25", "image", "text"),
    ("t26", "package", "text"),
    ("t27", "订单编号", "text"),
    ("t28", "语言", "text"),
    ("t29", "Menge", "number"),
    ("t30", "libelle", "text"),
)


def labelled(seed: int) -> Iterator[Labelled]:
    """Every column, with values by this seed."""
    r = random.Random(seed)
    for label, group in (("personal", PERSONAL), ("secret", SECRET), ("none", HARMLESS)):
        for number, (make, family) in enumerate(group):
            values = [None if row % 10 == 9 else make(r) for row in range(ROWS)]
            yield Labelled(ColumnSample(f"c{number}", family, values), f"t_{label}", label)
    for table, name, label, family in NAMED:
        yield Labelled(ColumnSample(name, family, [token(r, 6) for _ in range(ROWS)]), table, label)
    for table, name, family in MISNAMED:
        yield Labelled(ColumnSample(name, family, [token(r, 6) for _ in range(ROWS)]), table, "none")
