"""A database of many tables and a tree of many files, with something sensitive in some of them."""

from __future__ import annotations

import json
import os
import random
from pathlib import Path

from sunset.database.postgres.endpoint import Endpoint, connect

TABLES, ROWS = 1000, 1000
_TABLE = """
    CREATE TABLE bench.t{n:04} (
        id int PRIMARY KEY, other_id int, label text, status text, note text, amount numeric(12,2), at timestamptz,
        code text, doc jsonb, {last} text);
    INSERT INTO bench.t{n:04}
    SELECT g, 1 + (g * 7 + {n}) % {rows}, initcap(left(md5((g * {n})::text), 9)),
           (ARRAY['open', 'closed', 'new'])[1 + g % 3],
           repeat(left(md5((g + {n})::text), 7) || ' was sent to the depot and came back ', 3),
           (g * {n}) % 100000 / 100.0, now() - g * interval '1 hour', upper(md5((g * 31 + {n})::text)),
           jsonb_build_object('n', g, 'tags', jsonb_build_array('a', g % 7),
                              'by', jsonb_build_object('{key}', {value})),
           {value}
    FROM generate_series(1, {rows}) g;
"""
_KEY = "ALTER TABLE bench.t{n:04} ADD FOREIGN KEY (other_id) REFERENCES bench.t{before:04}"
_VALUES = (
    ("mail", "'user' || (g * 31) % 100000 || '@example.com'"),
    ("ref", "'R-' || (g * 7919) % 1000003"),
    ("tel", "'+3161' || lpad(((g * 7919) % 9999999)::text, 7, '0')"),
    ("sku", "(100000000 + (g * 7919) % 99999989)::text"),
)


def fill(database: Endpoint) -> int:
    """Make the tables; returns the number of rows."""
    with connect(database, "bench") as link:
        link.execute("CREATE SCHEMA bench")
        for n in range(1, TABLES + 1):
            key, value = _VALUES[n % len(_VALUES)]
            link.execute(_TABLE.format(n=n, rows=ROWS, key=key, value=value, last=f"v{n % 7}").encode())
            if n % 5 == 0:
                link.execute(_KEY.format(n=n, before=n - 1).encode())
        link.execute("VACUUM ANALYZE")
    return TABLES * ROWS


def grow_tree(root: Path, files: int) -> None:
    """Make the files, a thousand a folder."""
    dice = random.Random(1)
    kinds = (_table, _document, _log, _binary)
    for number in range(files):
        folder = root / f"part{number // 1000:03}"
        if number % 1000 == 0:
            folder.mkdir(parents=True)
        suffix, data = kinds[number % len(kinds)](dice)
        with open(os.path.join(folder, f"file{number:06}{suffix}"), "wb") as file:
            file.write(data)


def _table(dice: random.Random) -> tuple[str, bytes]:
    rows = (f"{dice.randrange(10**6)};user{dice.randrange(10**5)}@example.com;{dice.random():.3f}" for _ in range(40))
    return ".csv", ("id;contact;score\n" + "\n".join(rows)).encode()


def _document(dice: random.Random) -> tuple[str, bytes]:
    return ".json", json.dumps({"id": dice.randrange(10**6), "lines": [dice.random() for _ in range(20)]}).encode()


def _log(dice: random.Random) -> tuple[str, bytes]:
    return ".log", b"".join(b"GET /cart/%d 200\n" % dice.randrange(10**6) for _ in range(dice.randrange(10, 200)))


def _binary(dice: random.Random) -> tuple[str, bytes]:
    return ".bin", b"\0" + dice.randbytes(dice.choice((255, 1023, 4095)))
