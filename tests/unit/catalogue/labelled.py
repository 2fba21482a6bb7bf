"""Columns with a label: personal data of many kinds and countries, and what only looks like it."""

from __future__ import annotations

import hashlib
import random
import re
import string
import uuid
from collections.abc import Iterator
from dataclasses import dataclass

from made_values import (
    CHINESE,
    CITIES,
    FAMILY,
    GIVEN,
    GOODS,
    Make,
    as_json,
    birthday,
    bsn,
    card,
    codice_fiscale,
    cpf,
    digits,
    dni,
    ean,
    email,
    full_name,
    iban,
    imei,
    in_text,
    isbn,
    nhs,
    nir,
    personnummer,
    pesel,
    resident_id,
    sentence,
    spaced_card,
    token,
)

from sunset.catalogue.sensitivity.model import ColumnSample, Family

ROWS = 60


@dataclass(frozen=True)
class Labelled:
    """One column, the table it stands in, and the class it has to get: none for a look-alike."""

    column: ColumnSample
    table: str
    expected: str

    @property
    def label(self) -> str:
        return f"{self.table}.{self.column.name} ({self.expected})"


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
    (lambda r: r.choice(GOODS), "text"),
    (lambda r: r.choice(CITIES), "text"),
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
