"""Disposals of what the tests' products left behind, task by task: the real operators of the real DAG."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any
from unittest.mock import patch

from services.kept import Kept, Scene
from services.legacy import shop_spec
from services.places import Places
from services.retirement import Retirement
from sunset.dossier.dossier import Dossier
from sunset.spec import Spec
from sunset_operators import disposal_run
from sunset_stages.disposal import build_disposal

DUE = {"archive: {": "disposal: {sources_from: 2020-01-01}\narchive: {"}
"""Lets the shop's sources be destroyed."""


@dataclass
class Disposal(Retirement):
    """One run of a product's disposal; `params` has the run, the subject and the extent."""

    def __post_init__(self) -> None:
        self.dag = build_disposal(self.spec)
        self.params = {"extent": "contents", **self.params}

    @property
    def dossier(self) -> Dossier:
        return disposal_run.own_run(self.spec, self.context("list")).dossier

    @property
    def certificate(self) -> dict[str, Any]:
        found = self.dossier.latest("certify", "certificate")
        assert found is not None
        return found

    def to_the_end(self) -> dict[str, Any]:
        """All tasks, approved by two people; returns the certificate."""
        self.run_through("certify")
        return self.certificate


@dataclass(frozen=True)
class Retired:
    """A product that came to its verdict."""

    run: Retirement
    places: Places

    @property
    def dossier(self) -> Path:
        (folder,) = (self.places.folder / "dossiers" / "shop").glob("manual__*")
        return folder

    @property
    def bag(self) -> Path:
        (folder,) = (self.places.folder / "archive" / "bags" / "shop").glob("manual__*")
        return folder

    def disposal(
        self, subject: str = "shop", spec: Spec | None = None, run_id: str = "first", **params: str
    ) -> Disposal:
        spec = spec or shop_spec(self.places.folder, **DUE)
        return Disposal(
            spec, "execute", run_id, params={"run": self.run.run_id, "subject": subject, **params}, reason="It is over."
        )


@contextmanager
def retired(kept: Kept, folder: Path) -> Iterator[Retired]:
    """The shop, retired to its verdict; databases and files of the caller's own."""
    with kept.before("close.verdict", folder) as scene:
        yield at_its_end(scene)


def at_its_end(scene: Scene) -> Retired:
    scene.run.run("close.verdict")
    return Retired(replace(scene.run), scene.places)


@contextmanager
def on(day: date) -> Iterator[None]:
    """Let the disposals believe that it is another day."""
    with ExitStack() as patches:
        for module in ("disposal_sources", "disposal_archive", "watch"):
            patches.enter_context(patch(f"sunset_operators.{module}.today", lambda: day))
        yield
