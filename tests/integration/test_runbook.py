"""Plan, runbook, rounds and retrospective of one product, through its real operators."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Any

import pytest

from services.databases import Databases
from services.legacy import fill, shop_spec
from services.retirement import Retirement, approval, connections
from sunset.database.postgres.endpoint import connect
from sunset.dossier.dossier import Dossier
from sunset.dossier.verify import verify
from sunset.errors import Refusal
from sunset_operators.stage_run import StageRun

pytestmark = pytest.mark.integration

ROUTINE = """
CREATE FUNCTION shop.call_home() RETURNS text LANGUAGE sql AS $$ SELECT 'https://x?password=hunter2secret' $$;
"""
SAID = {
    "went_well": "The freeze.",
    "went_badly": None,
    "lessons": "Ask the branch offices first.\n\nTwo hours are enough.",
    "suggestions": "Say who rings whom.",
}


@dataclass
class Life:
    """A rehearsal and an execution of the shop, and the plan of the team's next product."""

    rehearsal: Retirement
    execution: Retirement
    next_plan: dict[str, Any]
    refused: Refusal
    page: Callable[[Retirement, str], str]


@pytest.fixture(scope="module")
def life(pg_server: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Life]:
    folder = tmp_path_factory.mktemp("life")
    databases = Databases(pg_server.endpoint)
    source, target = databases.make("source"), databases.make("target")
    fill(source)
    with connect(source, "tests") as link:
        link.execute(ROUTINE.encode())
    spec = shop_spec(folder, **{"decision: {reason": "decision: {team: Data, reason"})
    with ExitStack() as undo:
        undo.callback(databases.drop_all)
        undo.enter_context(connections(folder, shop_db=source, target_db=target, sandbox_db=pg_server.endpoint))
        rehearsal = Retirement(spec, "rehearse", run_id="first")
        rehearsal.run_through("close.verdict")
        execution = Retirement(spec, "execute", run_id="second")
        execution.run_through("plan.runbook")
        execution.answers["plan.confirm"] = approval("steward")
        with pytest.raises(Refusal) as refused:
            execution.run("plan.read_confirmation")
        del execution.answers["plan.confirm"]
        execution.run_through("close.verdict", "plan.confirm")
        execution.answers["close.retrospective"] = {**approval("steward"), "params_input": SAID}
        execution.run("close.lessons")
        changed = shop_spec(
            folder, **{"decision: {reason": "decision: {team: Data, reason", "title: Legacy shop": "title: Other",
                       "Replaced by the new shop.": "Replaced by <b>nothing</b>."}
        )  # fmt: skip
        empty = databases.make("empty")
        undo.enter_context(connections(folder, shop_db=source, target_db=empty, sandbox_db=pg_server.endpoint))
        third = Retirement(changed, "dry_run", run_id="third")
        third.run_through("plan.read_confirmation")
        book = third.dossier.latest("plan", "runbook")
        assert book

        def page(run: Retirement, name: str) -> str:
            return Dossier(run.dossier.store).store.read(name).decode()

        yield Life(rehearsal, execution, book, refused.value, page)


def test_a_runbook_is_a_page_and_markdown_with_all_its_parts(life: Life) -> None:
    html, text = (life.page(life.execution, f"plan/runbook.1.{suffix}") for suffix in ("html", "md"))
    for page in (html, text):
        for part in ("Goal and scope", "Timetable", "Risks and answers", "Step by step", "Routes", "Steward"):
            assert part in page, part
    assert html.count("<rect") == 15
    assert "http" not in re.sub(r"https?://[\w.]*example", "", html).replace("http://www.w3.org", "")
    assert text.count("- [ ] ") == 32


def test_durations_are_those_of_the_rehearsal(life: Life) -> None:
    record = life.execution.dossier.latest("plan", "runbook")
    assert record
    assert record["timetable"]["round"] == 1
    taken = {row["stage"]: row["seconds"] for row in record["timetable"]["rows"]}
    assert all(taken[stage] > 0 for stage in ("discover", "assess", "back_up", "migrate", "validate"))
    first = life.rehearsal.dossier.latest("plan", "runbook")
    assert first
    assert first["timetable"]["round"] is None


def test_the_same_plan_is_the_same_version_and_another_shows_what_changed(life: Life) -> None:
    first, second = (run.dossier.latest("plan", "runbook") for run in (life.rehearsal, life.execution))
    assert first
    assert second
    assert (first["version"], first["digest"]) == (second["version"], second["digest"]) == (1, first["digest"])
    assert life.next_plan["version"] == 2
    assert life.next_plan["before"] == 1
    assert life.next_plan["changes"]["added"] == ["goals reason: Replaced by <b>nothing</b>."]
    assert life.next_plan["changes"]["removed"] == ["goals reason: Replaced by the new shop."]


def test_an_operator_confirms_and_nobody_else(life: Life) -> None:
    assert "confirmed by 'steward', who is no operator" in str(life.refused)
    confirmed = life.execution.dossier.latest("plan", "confirmation")
    assert confirmed
    assert (confirmed["by"], confirmed["version"]) == ("migration_op", 1)
    assert life.rehearsal.dossier.latest("plan", "confirmation") is None


def test_lessons_are_kept_for_the_team_s_next_plan(life: Life) -> None:
    (told,) = life.next_plan["lessons"]
    assert told["lessons"] == ["Ask the branch offices first.", "Two hours are enough."]
    assert told["suggestions"] == ["Say who rings whom."]
    assert life.execution.dossier.latest("close", "retrospective") == told


def test_the_dossier_still_holds_with_the_retrospective_in_it(life: Life) -> None:
    assert verify(life.execution.dossier.store).problems == ()


def test_what_is_open_is_named_without_the_secret(life: Life) -> None:
    record = life.execution.dossier.latest("rehearse", "round")
    assert record
    found = {line.split(": ")[1] for line in record["exposed"]}
    assert found == {"public_grant", "superuser_owner", "plain_secret"}
    assert "hunter2" not in str(record)
    assert record["compared"]["security_open"] == record["exposed"]
    assert {rule["name"].split(":")[0]: rule["held"] for rule in record["rules"]} == {
        "integrity": True, "time": True, "performance": True, "security": False
    }  # fmt: skip


def test_the_execution_held(life: Life) -> None:
    verdict = life.execution.dossier.latest("close", "verdict")
    assert verdict
    assert verdict["gaps"] == []
    assert verdict["confirmed"]["by"] == "migration_op"
    run = StageRun.of(life.execution.spec, life.execution.context("close.verdict"))
    assert run.evidence("plan", "runbook")["version"] == 1
