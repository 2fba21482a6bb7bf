"""Runs of the legacy shop, made once as far as a test needs them, and handed out as copies.

Making one takes seconds, copying it a fraction of one; what a test does to its copy stays there.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

from services.databases import Databases
from services.legacy import fill, shop_spec
from services.places import Places, run_sql
from services.retirement import Retirement, connections
from sunset.database.postgres.endpoint import Endpoint
from sunset.database.postgres.freeze import freeze
from sunset.spec import Spec

START = "decide.record"
_FREEZE = "freeze.shop.freeze"
_OPEN, _CLOSE = "rehearse.shop.open_sandbox", "rehearse.shop.drop_sandbox"


@dataclass(frozen=True)
class Scene:
    """An execution that stands before one of its tasks, a clean rehearsal behind it."""

    run: Retirement
    places: Places

    @property
    def source(self) -> Endpoint:
        return self.places.source

    @property
    def target(self) -> Endpoint:
        return self.places.target

    @property
    def folder(self) -> Path:
        return self.places.folder


@dataclass(frozen=True)
class Kept:
    """Makes scenes.

    `folder` holds the files of those that it keeps; `more` is SQL that is run on the source after the shop's own;
    `spec` makes the spec in a folder.
    """

    server: Endpoint
    folder: Path
    more: str = "SELECT"
    spec: Callable[[Path], Spec] = shop_spec
    scenes: dict[str, Scene] = field(default_factory=dict)

    @contextmanager
    def before(self, task_id: str, folder: Path) -> Iterator[Scene]:
        """A scene of the test's own before a task, with Airflow connections that lead to its databases."""
        order = _order(self._reached(START).run)
        in_sandbox = task_id in order[order.index(_OPEN) + 1 : order.index(_CLOSE) + 1]
        databases = Databases(self.server)
        with _copied(self._reached(_OPEN if in_sandbox else task_id), databases, folder) as scene:
            if in_sandbox:  # there is one for all copies of a run: it is not kept
                scene.run.run_through(order[order.index(task_id) - 1], _OPEN)
            yield scene
            if in_sandbox:
                scene.run.run(_CLOSE)
        databases.drop_all()

    def drop_all(self) -> None:
        Databases(self.server, [end for each in self.scenes.values() for end in (each.source, each.target)]).drop_all()

    def _reached(self, task_id: str) -> Scene:
        """The kept scene before a task: made out of the last one kept on the way there."""
        if START not in self.scenes:
            self.scenes[START] = self._rehearsed()
        order = _order(self.scenes[START].run)
        way = order[: order.index(task_id) + 1]
        nearest = next(each for each in reversed(way) if each in self.scenes)
        if nearest != task_id:
            with _copied(self.scenes[nearest], Databases(self.server), self.folder / task_id) as scene:
                scene.run.run_through(way[-2], nearest)
                self.scenes[task_id] = scene
        return self.scenes[task_id]

    def _rehearsed(self) -> Scene:
        databases, folder = Databases(self.server), self.folder / START
        folder.mkdir(exist_ok=True)
        source, target = databases.make("shop"), databases.make("target")
        fill(source)
        run_sql(source, self.more)
        with connections(folder, shop_db=source, target_db=target, sandbox_db=self.server):
            spec = self.spec(folder)
            Retirement(spec, "rehearse", run_id="first").run_through("rehearse.record_round")
        return Scene(Retirement(spec, "execute"), Places(source, target, self.server, folder))


@contextmanager
def _copied(scene: Scene, databases: Databases, folder: Path) -> Iterator[Scene]:
    source, target = databases.copy(scene.source, "shop"), databases.copy(scene.target, "target")
    if _FREEZE in scene.run.states:  # a setting of the database, which its copy does not have
        freeze(source, "tests")
    shutil.copytree(scene.folder, folder, dirs_exist_ok=True)
    run = scene.run
    own = replace(run, xcom={**run.xcom}, states={**run.states}, answers={**run.answers})
    with connections(folder, shop_db=source, target_db=target, sandbox_db=databases.server):
        yield Scene(own, Places(source, target, databases.server, folder))


def _order(run: Retirement) -> list[str]:
    return [task.task_id for task in run.dag.topological_sort()]
