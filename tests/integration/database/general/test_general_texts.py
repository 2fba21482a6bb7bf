"""The texts of the general path are those that PostgreSQL writes, for every form."""

from __future__ import annotations

import math
import random
import struct
from collections.abc import Callable
from decimal import Decimal

import pytest

from services.old_postgres import DEBIAN_15, old_server
from sunset.database.foreign.canonical import StoredTable, measure_table, stored_tables
from sunset.database.foreign.lines import Tally, line
from sunset.database.foreign.model import Column
from sunset.database.foreign.types import form_of
from sunset.database.general.floats import float_text
from sunset.database.general.values import encoder
from sunset.database.postgres.endpoint import Endpoint, connect

pytestmark = pytest.mark.integration

VALUES: dict[str, list[object]] = {
    "bigint": [0, -1, 2**63 - 1, -(2**63)],
    "numeric": [0, 1.5, 1e-7, 5e-324, Decimal("1.500"), Decimal("9" * 70), -0.0, math.inf, 1e22],
    "numeric(12,4)": [0, 1, -2.5, Decimal("12345678.9012"), -0.0, Decimal("0E-8")],
    "double precision": [0.1, -0.0, 5e-324, 1e15, 999999999999999.0, 1e-4, 1e-5, 1.5e300, math.inf, -math.inf],
    "boolean": [0, 1],
    "text": ["", "a\tb\nc\rd\\", "\\N", "NULL", "\b\f\v", "\u2028\ufeff", "😀", "x" * 100_000],
    "character varying(4)": ["", "äöüß", "😀😀😀😀"],
    "bytea": [b"", b"\\", bytes(range(256))],
    "bit(5)": [0, 31, 9],
    "date": ["0001-01-01", "9999-12-31", "2000-02-29"],
    "time without time zone": ["00:00", "23:59:59", "12:00:00.100", "01:02:03.000001"],
    "timestamp without time zone": [
        "0001-01-01",
        "2001-02-03T04:05",
        "2001-02-03 04:05:06.123450",
        "9999-12-31 23:59:59",
    ],
    "uuid": ["6F9619FF-8B86-D011-B42D-00CF4FC964FF"],
    "json": ['{"b":1,  "a":2,"a":3}', "null", '"\\u0000"', 7, 0.5],
}


@pytest.mark.parametrize("type_", VALUES)
def test_the_target_measures_the_lines_that_were_sent(type_: str, make_database: Callable[..., Endpoint]) -> None:
    encode = encoder(Column("v", "", type_, form_of(type_)))
    lines = [line((encode(value),)) for value in VALUES[type_]] + [line((None,))]
    tally = Tally()
    for each in lines:
        tally.add(each)
    with connect(make_database(), "tests") as link:
        link.execute(f'CREATE SCHEMA s; CREATE TABLE s."T%s" (v {type_})'.encode())
        with link.cursor().copy(b'COPY s."T%s" FROM STDIN') as copy:
            copy.write(b"".join(each + b"\n" for each in lines))
        (stored,) = stored_tables(link, ["s"])
        assert stored == StoredTable("s", "T%s", (("v", form_of(type_)),))
        assert measure_table(link, stored, "shop") == tally.fact('s."T%s"')


def test_floats_are_written_as_postgresql_writes_them(make_database: Callable[..., Endpoint]) -> None:
    source = random.Random(7)
    numbers = [struct.unpack("d", source.randbytes(8))[0] for _ in range(20_000)]
    numbers += [source.randint(-(10**18), 10**18) / 10 ** source.randint(0, 20) for _ in range(20_000)]
    numbers += [float(source.randint(2**52, 10 ** source.randint(17, 40))) for _ in range(20_000)]
    wanted = [float_text(number) for number in numbers if not math.isnan(number)]
    with connect(make_database(), "tests") as link:
        rows = link.execute("SELECT x::float8::text FROM unnest(%s::text[]) AS x", [wanted]).fetchall()
    assert [row[0] for row in rows] == wanted


def test_a_row_of_very_many_columns_has_one_line(make_database: Callable[..., Endpoint]) -> None:
    columns = ", ".join(f"c{number} int" for number in range(1_500))
    tally = Tally()
    tally.add(line(["1", *[None] * 1_499]))
    with connect(make_database(), "tests") as link:
        link.execute(f"CREATE SCHEMA s; CREATE TABLE s.wide ({columns}); INSERT INTO s.wide (c0) VALUES (1)".encode())
        assert measure_table(link, stored_tables(link, ["s"])[0], "shop") == tally.fact("s.wide")


@pytest.mark.skipif(not DEBIAN_15.is_dir(), reason="needs PostgreSQL 15")
def test_an_older_server_measures_the_same(make_database: Callable[..., Endpoint]) -> None:
    script = """
        CREATE SCHEMA s;
        CREATE TABLE s.t AS
          SELECT g AS id, 'text ' || g AS note, g / 3.0::float8 AS f FROM generate_series(1, 500) AS g;
    """
    facts = []
    with old_server() as old:
        for database in (old, make_database()):
            with connect(database, "tests") as link:
                link.execute(script.encode())
                facts.append(measure_table(link, stored_tables(link, ["s"])[0], "shop"))
    assert facts[0] == facts[1]
    assert facts[0].rows == 500
