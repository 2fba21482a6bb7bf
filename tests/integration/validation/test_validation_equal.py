"""A true copy passes; what it passed on can be read, offline, and holds no secret and no row."""

from __future__ import annotations

import json
import logging
import re
from dataclasses import replace

import pytest
from validation_pair import Pair

from sunset.database.postgres.endpoint import connect
from sunset.database.postgres.sides import PostgresSides
from sunset.database.postgres.tables import Table
from sunset.errors import Refusal, SunsetError, Unavailable
from sunset.validation.expectations import Outcome, evaluate
from sunset.validation.facts import Facts
from sunset.validation.readings import Check
from sunset.validation.validate import validate

pytestmark = pytest.mark.integration

PASSWORD = "p@ss/w:rd%41"
TOTAL = Check("open total", "crm", "select sum(amount) from crm.invoices where status = 'open'")


def pages(pair: Pair) -> dict[str, str]:
    return {str(page): page.read_text(encoding="utf-8") for page in pair.folder.rglob("*") if page.is_file()}


def test_a_true_copy_passes_with_everything_looked_at(pair: Pair):
    result = pair.validate(checks=(TOTAL,))
    assert result.lines() == ()
    assert result.success
    statistics = result.statistics
    assert statistics.tables == statistics.checksums_equal == 9
    assert statistics.rows == pair.before.rows == 2833
    assert statistics.sequences == 2
    assert statistics.objects == len(pair.before.objects)
    assert statistics.rules > 9
    assert statistics.checks == 1
    assert statistics.sampled == 100 + 100 + 50 + 30 + 30 + 20
    assert statistics.evaluated == statistics.passed > 30
    assert len(json.dumps(result.summary())) < 48 * 1024


def test_report_and_data_docs_are_readable_and_load_nothing(pair: Pair):
    result = pair.validate()
    report = (result.folder / "validation.html").read_text(encoding="utf-8")
    assert "passed" in report
    assert "crm.empty" in report
    index = (result.folder / "data_docs" / "index.html").read_text(encoding="utf-8")
    for link in re.findall(r'href="([^"#]+)"', index):
        assert (result.folder / "data_docs" / link).exists(), link
    for name, text in pages(pair).items():
        assert not re.search(r"<script|<link|<img|@import|url\(", text), name
        assert not re.search(r"""src=["']?http""", text), name


def test_the_password_stands_nowhere(pair: Pair, caplog, capfd):
    with connect(pair.target, "tests") as connection:
        connection.execute("DROP ROLE IF EXISTS reader")
        connection.execute(f"CREATE ROLE reader LOGIN SUPERUSER PASSWORD '{PASSWORD}'")
    reader = replace(pair.target, user="reader", password=PASSWORD)
    caplog.set_level(logging.DEBUG)
    pair.damage("UPDATE crm.customers SET note = 'x' WHERE id = 1")

    sides = PostgresSides(replace(pair.source, user="reader", password=PASSWORD), reader, "tests")
    result = pair.validate(target=reader, sides=sides)

    assert not result.success
    output = capfd.readouterr()
    everything = [
        *pages(pair).values(),
        caplog.text,
        output.out,
        output.err,
        repr(result),
        json.dumps(result.to_json()),
    ]
    for secret in (PASSWORD, "p%40ss", "ss/w:rd"):
        assert not any(secret in text for text in everything)


def test_nothing_is_printed(pair: Pair, capfd):
    pair.validate()
    output = capfd.readouterr()
    assert output.out == ""
    assert "Calculating Metrics" not in output.err


def test_no_session_is_left_on_the_target(pair: Pair):
    pair.validate()
    with connect(pair.target.on("postgres"), "tests") as connection:
        left = connection.execute("SELECT count(*) FROM pg_stat_activity WHERE datname = %s", [pair.target.database])
        assert left.fetchall() == [(0,)]


def test_an_odd_name_is_written_as_it_is(pair: Pair):
    pair.damage('DROP TABLE "Odd:Sch{e}ma"."%s {{ ds }} $x ""q"" \\1 日本"')
    result = pair.validate()
    assert any('"%s {{ ds }} $x ""q"" \\1 日本"' in line for line in result.lines())
    report = (result.folder / "validation.html").read_text(encoding="utf-8")
    assert "%s {{ ds }} $x &#34;&#34;q&#34;&#34; \\1 日本" in report


def test_nothing_expected_is_a_failure(pair: Pair):
    result = pair.validate(source_facts=Facts(), target_facts=Facts(), expected_tables=())
    assert not result.success
    assert result.statistics.tables == 0
    assert any("nothing was looked at" in line for line in result.lines())


def test_a_table_without_a_fact_is_a_failure(pair: Pair):
    facts = replace(pair.before, tables=tuple(fact for fact in pair.before.tables if fact.table != "crm.empty"))
    result = pair.validate(
        source_facts=facts, target_facts=facts, expected_tables=tuple(fact.table for fact in pair.before.tables)
    )
    assert not result.success
    assert "crm.empty: has no fact on the target: it was not measured." in result.lines()
    assert any(line.startswith("expectations on tables") for line in result.lines())


def test_evidence_of_two_validations_does_not_mix(pair: Pair):
    request = pair.request()
    validate(request)
    with pytest.raises(Refusal, match="must not mix"):
        validate(request)


@pytest.mark.parametrize(
    ("change", "error"), [({"port": 1}, Unavailable), ({"database": "not there"}, Refusal)], ids=["port", "database"]
)
def test_a_target_that_is_not_there_is_no_verdict(pair: Pair, change: dict[str, object], error: type[SunsetError]):
    request = pair.request()
    with pytest.raises(error):
        validate(replace(request, target=replace(pair.target, **change)))


def test_an_expectation_that_cannot_be_evaluated_is_a_failure_and_no_exception(pair: Pair):
    gone = Table("crm", "gone", ("id",), ("id",), "crm.gone")
    outcome = evaluate("crm", [], pair.target, [(gone, 1)], pair.folder / "docs")
    assert outcome.raised
    assert outcome.passed == 0
    assert {failure.message for failure in outcome.failures} == {
        "expect_table_row_count_to_equal(1) could not be evaluated.",
        "expect_column_pair_values_to_be_equal(expected, found) could not be evaluated.",
    }


def test_a_server_that_goes_away_under_the_assertions_is_no_verdict(pair: Pair, monkeypatch):
    def lose(*args: object) -> Outcome:
        with connect(pair.target.on("postgres"), "tests") as connection:
            connection.execute(f'ALTER DATABASE "{pair.target.database}" ALLOW_CONNECTIONS false')
        return Outcome(evaluated=1, passed=0, failures=(), raised=True)

    monkeypatch.setattr("sunset.validation.validate.evaluate", lose)
    with pytest.raises(SunsetError):
        pair.validate()
