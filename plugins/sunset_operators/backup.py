"""Backup: it counts only after it was restored elsewhere and compared."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from sunset.dossier.fetch import fetch_tree
from sunset.errors import Deviation
from sunset.validation.compare import compare
from sunset.validation.facts import Facts
from sunset_operators import settings
from sunset_operators.base import SourceOperator
from sunset_operators.evidence import record_digest, require_before

if TYPE_CHECKING:
    from airflow.sdk import Context

    from sunset_operators.stage_run import StageRun
    from sunset_operators.vault import Vault


class BackupOperator(SourceOperator):
    """A step of a backup into a vault."""

    def __init__(self, *, vault: Vault, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.vault = vault


class DumpSource(BackupOperator):
    """Dump a source into the vault, and record the facts of the very snapshot that was dumped."""

    def carry_out(self, run: StageRun, context: Context) -> Any:
        name, stage = self.source.name, self.vault.stage
        require_before(run, stage)
        with TemporaryDirectory(dir=settings.work_folder()) as folder:
            backup = self.engine(run).back_up(Path(folder) / "dump", self.report)
            manifest, *files = self.vault.of(run).add_tree(stage, f"{name}-dump", backup.folder)
        record = {
            "source": name,
            "tool": backup.tool,
            "files": [file.to_json() for file in files],
            "facts": backup.facts.to_json(),
        }
        run.dossier.record(stage, f"{name}-backup", record)
        return {**manifest.to_json(), "files": len(files), "rows": backup.facts.rows}


class RestoreBackup(BackupOperator):
    """Restore the dump as the vault's store holds it into a scratch database, and compare."""

    def carry_out(self, run: StageRun, context: Context) -> Any:
        name, stage = self.source.name, self.vault.stage
        record = run.evidence(stage, f"{name}-backup")
        with TemporaryDirectory(dir=settings.work_folder()) as folder:
            fetch_tree(self.vault.of(run), stage, f"{name}-dump", Path(folder) / "dump")
            restored = self.engine(run).restore(Path(folder) / "dump")
        lines = tuple(str(difference) for difference in compare(*_comparable(record["facts"], restored)))
        outcome = {
            "source": name,
            "about": record_digest(run, stage, f"{name}-backup"),
            "differences": list(lines),
            "restored": restored.to_json(),
        }
        reference = run.dossier.record(stage, f"{name}-restored", outcome)
        if lines:
            raise Deviation(
                f"the restored backup differs in {len(lines)} points: " + " | ".join(lines[:5]),
                where=f"source {name!r}",
                remedy="The record has all differences; a backup that does not restore counts as none.",
                differences=lines,
                record=reference.path,
            )
        self.vault.restored(run, name)
        return {**reference.to_json(), "tables": len(restored.tables), "rows": restored.rows}


def _comparable(dumped: dict[str, Any], restored: Facts) -> tuple[Facts, Facts]:
    """Both sides without the sequences that moved during the dump of a source that is still written to."""
    facts = Facts.from_json(dumped)
    known = {fact.sequence for fact in facts.sequences}
    return facts, replace(restored, sequences=tuple(fact for fact in restored.sequences if fact.sequence in known))
