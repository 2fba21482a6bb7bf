"""Dossiers with the records that a run writes, without the run."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

from sunset.dossier.dossier import Dossier
from sunset.dossier.rounds import Outcome, record_round
from sunset.dossier.seal import Seal, seal
from sunset.dossier.store import Store

DIGEST = "5" * 64
_SPEC = {
    "product": "shop",
    "title": "Legacy shop",
    "decision": {"reason": "Replaced by the new shop.", "replaced_by": None},
    "timeline": {
        "freeze": "2026-01-01T00:00:00Z",
        "cutover": "2099-01-01T00:00:00Z",
        "retain_until": "2106-01-01",
    },
    "rehearsal": {"clean_rounds_required": 2},
}


@dataclass(frozen=True, slots=True)
class Evidence:
    """A shelf of dossiers, and one run on it."""

    store: Store
    product: str = "shop"
    run_id: str = "manual__2026-01-02T10:00:00+00:00"

    @property
    def folder(self) -> str:
        return self.run_id.replace(":", "-").replace("+", "-")

    @property
    def path(self) -> Path:
        """The run's folder, where the store is on disk."""
        return Path(self.store.root) / self.product / self.folder

    @property
    def dossier(self) -> Dossier:
        return Dossier(self.store.child(self.product).child(self.folder))

    @property
    def dag_url(self) -> str:
        return f"/sunset/dags/sunset_{self.product}"

    @property
    def url(self) -> str:
        return f"{self.dag_url}/runs/{self.folder}"

    def view(self, path: str) -> str:
        return f"{self.url}/view/{quote(path)}"

    def file(self, path: str) -> str:
        return f"{self.url}/files/{quote(path)}"

    def decide(self, **values: Any) -> None:
        record = {
            "product": self.product,
            "run_id": self.run_id,
            "mode": "execute",
            "reason": "The window is open.",
            "started_by": "migration_op",
            "sources": [self.product],
            "spec_digest": DIGEST,
            "spec": _SPEC,
        }
        self.dossier.record("decide", "decision", {**record, **values})

    def plan(self, page: str = "<!doctype html><title>Plan</title><h1>What becomes of it</h1>") -> None:
        self.dossier.record("plan", "plan", {"sources": {}})
        self.dossier.page("plan", "plan", page, "html")

    def seal(self, gate: str) -> Seal:
        return seal(self.dossier, gate)

    def close(self, **values: Any) -> None:
        verdict = {"held": True, "mode": "execute", "gaps": [], "rows": 1633, "bytes": 74811, "assets": 16}
        self.dossier.record("close", "verdict", {**verdict, **values})
        self.seal("close")

    def round(self, number: int, *differences: str) -> None:
        """Record a rehearsal that took as many seconds as its number says."""
        outcome = Outcome(
            run_id=f"scheduled__2026-01-{number:02}T03:00:00+00:00",
            spec_digest=DIGEST,
            sources=(self.product,),
            clean=not differences,
            differences=differences,
            seconds={"run": float(number)},
            rows=1633,
        )
        record_round(self.store.child(self.product), outcome)
