from __future__ import annotations

import json
import math
import tracemalloc
from pathlib import Path
from typing import TYPE_CHECKING, Any

import psycopg
import pytest
from psycopg import sql

from sunset.archive import parquet
from sunset.archive.export import export_tables
from sunset.archive.parquet import TableFile, export_table
from sunset.archive.tally import Tally
from sunset.database.postgres.endpoint import Endpoint, connect
from sunset.errors import Deviation, Refusal

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    import pyarrow as pa

pytestmark = pytest.mark.integration

CORNERS = Path(__file__).with_name("corners.sql").read_bytes()


@pytest.fixture
def endpoint(make_database: Callable[..., Endpoint]) -> Endpoint:
    return make_database("archive")


@pytest.fixture
def connection(endpoint: Endpoint) -> Iterator[psycopg.Connection]:
    connection = connect(endpoint, "tests")
    yield connection
    connection.close()


def export(connection: psycopg.Connection, table: str, folder: Path) -> TableFile:
    with connection.transaction():
        connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        return export_table(connection, table, folder)


def read(folder: Path, exported: TableFile) -> pa.Table:
    import pyarrow.parquet as pq

    assert exported.file
    return pq.read_table(folder / exported.file)


def native(exported: TableFile) -> str:
    """The columns that are not kept as text."""
    kept = (column for column in exported.columns if column.encoding != "string")
    return " ".join(f"{column.name}:{column.encoding.replace(' ', '')}" for column in kept)


def require_same(connection: psycopg.Connection, exported: TableFile, data: pa.Table) -> None:
    """Every value of the file against the database: text for text, number for number, and instants by their counts."""
    import pyarrow as pa

    for column in exported.columns:
        name = sql.Identifier(column.name)
        shown = {
            "string": "format('%s', {})", "float32": "{}::float8", "date32": "{} - date '1970-01-01'",
            "timestamp[us]": "(extract(epoch FROM {}) * 1000000)::bigint",
            "timestamp[us, UTC]": "(extract(epoch FROM {}) * 1000000)::bigint",
        }.get(column.encoding, "{}")  # fmt: skip
        shown = f"CASE WHEN num_nulls({{}}) = 1 THEN NULL ELSE {shown} END"
        query = sql.SQL("SELECT {} FROM ONLY {}").format(sql.SQL(shown).format(name, name), sql.SQL(exported.table))
        expected = [row[0] for row in connection.execute(query).fetchall()]
        values = data.column(column.name)
        if pa.types.is_date32(values.type):
            values = values.cast(pa.int32())
        if pa.types.is_timestamp(values.type):
            values = values.cast(pa.int64())
        assert list(map(exact, values.to_pylist())) == list(map(exact, expected)), column.name


def exact(value: Any) -> Any:
    """A value for comparison: NaN equals itself, -0 is not 0, 1.50 is not 1.5."""
    return (
        (math.isnan(value), math.copysign(1, value), str(value))
        if isinstance(value, float)
        else (type(value), str(value))
    )


@pytest.mark.parametrize(
    ("table", "expected"),
    [
        ("num", "id:int32 b:boolean i2:int16 i8:int64 f4:float32 f8:float64 fits:decimal128(38,20)"),
        ("times", "id:int32 d:date32 ts:timestamp[us] tz:timestamp[us,UTC]"),
        ("beyond", "ok:date32"),
        ("txt", "b:binary"),
        ("others", "c:decimal128(10,2)"),
    ],
)
def test_every_value_is_kept(connection: psycopg.Connection, tmp_path: Path, table: str, expected: str) -> None:
    connection.execute(CORNERS)
    exported = export(connection, f"public.{table}", tmp_path)
    data = read(tmp_path, exported)
    assert native(exported) == expected
    assert data.num_rows == exported.tally.rows > 1
    require_same(connection, exported, data)


def test_null_and_empty_stay_apart_and_json_stays_byte_for_byte(connection: psycopg.Connection, tmp_path: Path) -> None:
    connection.execute(CORNERS)
    texts = read(tmp_path, export(connection, "public.txt", tmp_path)).to_pydict()
    assert texts["a"][:2] == [None, ""]
    assert texts["b"][:2] == [None, b""]
    assert texts["c"][2] == "A1    "
    assert (texts["a"].count(None), texts["a"].count("")) == (1, 1)
    others = read(tmp_path, export(connection, "public.others", tmp_path)).to_pydict()
    assert others["j"][0] == '{"b":1,  "a":2,"a":3}'
    assert others["p"] == ['(1,"a,b")', "(,)", '(,"")']


def test_types_and_encodings_stand_in_the_file_and_in_schema_json(
    connection: psycopg.Connection, tmp_path: Path
) -> None:
    connection.execute(CORNERS + b"CREATE TABLE public.nothing (); INSERT INTO public.nothing DEFAULT VALUES")
    with connection.transaction():
        connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        exported = export_tables(connection, ["public.others", "public.nothing"], tmp_path / "crm")
    assert read(tmp_path / "crm", exported[0]).schema.field("c").metadata == {
        b"type": b"public.more_cents", b"encoding": b"decimal128(10, 2)",
    }  # fmt: skip
    schema = json.loads((tmp_path / "crm" / "schema.json").read_bytes())
    assert schema["tables"][1] == {"table": "public.nothing", "file": None, "rows": 1, "columns": []}
    assert schema["tables"][0]["columns"][4] == {
        "name": "c", "type": "public.more_cents", "encoding": "decimal128(10, 2)", "nulls": 1,
    }  # fmt: skip


TABLES = ['"Odd Schema"."Order"', '"Odd Schema"."order"', 'public."a.b"', '"public.a".b', 'public."%s"',
          'public."{{ ds }}"', f'public."{"表" * 21}"', f"public.{'n' * 62}1", f"public.{'n' * 62}2"]  # fmt: skip
COLUMNS = ["Id", "a b", 'quo""te', "per%cent", "col:on", "tab\t", "%(id)s", "{}", "列", "0", "back\\slash"]


def test_names_are_kept_and_files_stay_distinct(connection: psycopg.Connection, tmp_path: Path) -> None:
    connection.execute('CREATE SCHEMA "Odd Schema"; CREATE SCHEMA "public.a"')
    columns = ", ".join(f'"{name}" text' for name in COLUMNS)
    for table in TABLES:
        connection.execute(f"CREATE TABLE {table} ({columns})".encode())
    exported = [export(connection, table, tmp_path) for table in TABLES]
    assert [one.table for one in exported] == TABLES
    assert len({one.file.casefold() for one in exported if one.file and one.file.isascii()}) == len(TABLES)
    assert read(tmp_path, exported[0]).column_names == [name.replace('""', '"') for name in COLUMNS]


def test_an_empty_table_is_a_file_without_rows(connection: psycopg.Connection, tmp_path: Path) -> None:
    connection.execute("CREATE TABLE public.empty (id int, d date, n numeric(5,2), gone text)")
    connection.execute("ALTER TABLE public.empty DROP COLUMN gone")
    exported = export(connection, "public.empty", tmp_path)
    assert read(tmp_path, exported).num_rows == 0
    assert native(exported) == "id:int32 d:date32 n:decimal128(5,2)"


def test_columns_of_nulls_only(connection: psycopg.Connection, tmp_path: Path) -> None:
    connection.execute("CREATE TABLE public.one (t text); INSERT INTO public.one VALUES (NULL), (''), (NULL)")
    assert read(tmp_path, export(connection, "public.one", tmp_path)).to_pydict() == {"t": [None, "", None]}


def test_a_parent_is_exported_without_its_children(connection: psycopg.Connection, tmp_path: Path) -> None:
    connection.execute(
        "CREATE TABLE public.parent (id int); CREATE TABLE public.child () INHERITS (public.parent);"
        "INSERT INTO public.parent VALUES (1); INSERT INTO public.child VALUES (2), (3);"
        "CREATE TABLE public.part (id int) PARTITION BY LIST (id);"
        "CREATE TABLE public.part_1 PARTITION OF public.part FOR VALUES IN (1); INSERT INTO public.part VALUES (1);"
        "CREATE MATERIALIZED VIEW public.mv AS SELECT id FROM public.child;"
        "CREATE VIEW public.v AS SELECT * FROM public.mv"
    )
    tables = ["public.parent", "public.child", "public.part", "public.part_1", "public.mv", "public.v"]
    assert [export(connection, table, tmp_path).tally.rows for table in tables] == [1, 2, 0, 1, 2, 2]


def test_generated_columns_and_sixteen_hundred_columns(connection: psycopg.Connection, tmp_path: Path) -> None:
    connection.execute("CREATE TABLE public.gen (a int, g int GENERATED ALWAYS AS (a * 2) STORED)")
    connection.execute("INSERT INTO public.gen VALUES (3)")
    assert read(tmp_path, export(connection, "public.gen", tmp_path)).to_pydict() == {"a": [3], "g": [6]}
    wide = ", ".join(f"c{number} date" for number in range(1600))
    connection.execute(
        f"CREATE TABLE public.wide ({wide}); INSERT INTO public.wide (c1599) VALUES ('2024-01-01')".encode()
    )
    assert len(export(connection, "public.wide", tmp_path).columns) == 1600


def test_many_rows_take_several_row_groups_and_little_memory(
    connection: psycopg.Connection, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import pyarrow.parquet as pq

    monkeypatch.setattr(parquet, "BATCH_BYTES", 2**20)
    connection.execute(
        "CREATE TABLE public.many AS SELECT g AS id, repeat(md5(g::text), 8) AS t FROM generate_series(1, 60000) g"
    )
    tracemalloc.start()
    exported = export(connection, "public.many", tmp_path)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert exported.file
    file = pq.ParquetFile(tmp_path / exported.file)
    assert (file.metadata.num_rows, file.num_row_groups) == (60000, 16)
    assert peak < 8 * 2**20
    require_same(connection, exported, file.read())


def test_the_same_snapshot_gives_the_same_bytes(connection: psycopg.Connection, tmp_path: Path) -> None:
    connection.execute(CORNERS)
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    files = [export(connection, "public.times", tmp_path / name).file for name in "ab"]
    assert files[0]
    assert (tmp_path / "a" / files[0]).read_bytes() == (tmp_path / "b" / files[0]).read_bytes()


def test_rows_that_are_added_meanwhile_are_left_out(
    endpoint: Endpoint, connection: psycopg.Connection, tmp_path: Path
) -> None:
    connection.execute("CREATE TABLE public.busy AS SELECT 1 AS id")
    with connection.transaction():
        connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        connection.execute("SELECT 1 FROM public.busy")
        with connect(endpoint, "writer") as writer:
            writer.execute("INSERT INTO public.busy VALUES (2)")
        assert export_table(connection, "public.busy", tmp_path).tally.rows == 1


def test_session_settings_of_the_caller_do_not_change_values(endpoint: Endpoint, tmp_path: Path) -> None:
    settings = {
        "TimeZone": "Asia/Kolkata",
        "DateStyle": "SQL, DMY",
        "extra_float_digits": "-5",
        "bytea_output": "escape",
    }
    with connect(endpoint, "tests", settings) as connection:
        connection.execute(CORNERS)
        for table in ("public.times", "public.num", "public.txt"):
            exported = export(connection, table, tmp_path)
            connection.execute("RESET ALL")
            with connect(endpoint, "fixed") as fixed:
                require_same(fixed, exported, read(tmp_path, exported))
            for name, value in settings.items():
                connection.execute("SELECT set_config(%s, %s, false)", [name, value])


def test_a_file_that_does_not_hold_what_was_counted_is_not_accepted(
    connection: psycopg.Connection, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    connection.execute(CORNERS)
    measured = export(connection, "public.txt", tmp_path).tally
    nulls = (measured.nulls[0] + 1, *measured.nulls[1:])
    sizes = (*measured.bytes[:3], measured.bytes[3] + 1)
    monkeypatch.setattr(parquet, "read_back", lambda path, columns: Tally(measured.rows - 1, nulls, sizes))
    with pytest.raises(Deviation) as caught:
        export(connection, "public.txt", tmp_path)
    assert caught.value.differences == (
        "public.txt: 23 rows counted, 22 in the file",
        "public.txt: column a: 1 NULLs counted, 2 in the file",
        f"public.txt: column v: {measured.bytes[3]} bytes counted, {measured.bytes[3] + 1} in the file",
    )


def test_without_a_snapshot_nothing_is_exported(connection: psycopg.Connection, tmp_path: Path) -> None:
    connection.execute("CREATE TABLE public.t (id int)")
    with pytest.raises(Refusal, match="two snapshots"):
        export_table(connection, "public.t", tmp_path)
    with connection.transaction(), pytest.raises(Refusal, match="two snapshots"):
        export_table(connection, "public.t", tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_what_cannot_be_read_is_named_without_its_values(
    endpoint: Endpoint, connection: psycopg.Connection, tmp_path: Path
) -> None:
    with pytest.raises(Refusal, match=r"public\.absent"):
        export(connection, "public.absent", tmp_path)
    connection.execute(
        "CREATE TABLE public.locked (id int); CREATE ROLE outsider; GRANT USAGE ON SCHEMA public TO outsider"
    )
    try:
        connection.execute("SET ROLE outsider")
        with pytest.raises(Refusal, match=r"public\.locked: cannot be read: InsufficientPrivilege"):
            export(connection, "public.locked", tmp_path)
    finally:
        connection.execute("RESET ROLE")
        connection.execute("DROP OWNED BY outsider; DROP ROLE outsider")


def test_a_value_that_is_not_of_its_type_is_not_quoted(
    connection: psycopg.Connection, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    connection.execute("CREATE TABLE public.t (id int)")
    monkeypatch.setattr(parquet, "_batches", lambda copy: [(bytearray(b"secret\n"), 1)])
    with pytest.raises(Refusal, match=r"public\.t: holds a value") as caught:
        export(connection, "public.t", tmp_path)
    assert "secret" not in str(caught.value)


def test_text_that_is_no_text_is_refused(pg_server: Any, tmp_path: Path) -> None:
    server = pg_server.endpoint
    with connect(server, "tests") as admin:
        admin.execute(
            "CREATE DATABASE raw_bytes TEMPLATE template0 ENCODING 'SQL_ASCII' LOCALE 'C' LOCALE_PROVIDER libc"
        )
        try:
            with connect(server.on("raw_bytes"), "tests") as connection:
                connection.execute(r"CREATE TABLE public.t AS SELECT convert_from('\xc3a9'::bytea, 'SQL_ASCII') AS t")
                assert read(tmp_path, export(connection, "public.t", tmp_path)).to_pydict() == {"t": ["é"]}
                connection.execute(r"INSERT INTO public.t SELECT convert_from('\x736563726574ff'::bytea, 'SQL_ASCII')")
                with pytest.raises(Refusal, match=r"public\.t: cannot be read: CharacterNotInRepertoire") as caught:
                    export(connection, "public.t", tmp_path)
                assert "secret" not in str(caught.value)
        finally:
            admin.execute("DROP DATABASE raw_bytes WITH (FORCE)")


def test_another_server_encoding_is_counted_in_utf8(pg_server: Any, tmp_path: Path) -> None:
    server = pg_server.endpoint
    with connect(server, "tests") as admin:
        admin.execute("CREATE DATABASE latin TEMPLATE template0 ENCODING 'LATIN1' LOCALE 'C' LOCALE_PROVIDER libc")
        try:
            with connect(server.on("latin"), "tests") as connection:
                connection.execute("CREATE TABLE public.t AS SELECT 'é'::text AS t")
                exported = export(connection, "public.t", tmp_path)
                assert (exported.tally.bytes, read(tmp_path, exported).to_pydict()) == ((2,), {"t": ["é"]})
        finally:
            admin.execute("DROP DATABASE latin WITH (FORCE)")
