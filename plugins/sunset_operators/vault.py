"""Where a dump is kept: in the dossier for good, or beside it until it was restored once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from sunset.dossier.dossier import Dossier
from sunset.dossier.fetch import remove_trees
from sunset_operators.stage_run import run_folder

if TYPE_CHECKING:
    from sunset_operators.stage_run import StageRun


TRIALS = "trial-backups"


class Vault(Protocol):
    """A place for dumps. `stage` names the stage's folder in the dossier."""

    @property
    def stage(self) -> str: ...

    def of(self, run: StageRun) -> Dossier: ...

    def restored(self, run: StageRun, source: str) -> None: ...


@dataclass(frozen=True, slots=True)
class DossierVault:
    """The dump becomes evidence, and part of the archive."""

    stage: str = "back_up"

    def of(self, run: StageRun) -> Dossier:
        return run.dossier

    def restored(self, run: StageRun, source: str) -> None:
        """It stays."""


@dataclass(frozen=True, slots=True)
class TrialVault:
    """The dump of a rehearsal: dropped when it has shown that it restores; its manifest stays in the dossier."""

    stage: str = "rehearse"

    def of(self, run: StageRun) -> Dossier:
        return Dossier(run.product_store.child(TRIALS).child(run_folder(run.run_id)))

    def restored(self, run: StageRun, source: str) -> None:
        """It has done its work."""
        remove_trees(self.of(run), self.stage, f"{source}-dump")

    def clear(self, run: StageRun) -> None:
        """Remove what a rehearsal left that broke off before its restore."""
        run.product_store.delete_tree(f"{TRIALS}/{run_folder(run.run_id)}")
