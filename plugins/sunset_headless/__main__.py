"""`python -m sunset_headless SPEC --mode MODE`: one run of a product's DAG in this process, and its verdict."""

from __future__ import annotations

import argparse
import sys
from typing import TYPE_CHECKING

from sunset.commands.run import add_options
from sunset.spec import Spec, load_file
from sunset_headless import environment
from sunset_headless.arguments import objections
from sunset_operators.settings import REPOSITORY

if TYPE_CHECKING:
    from airflow.sdk import DAG


def main() -> int:
    """Exit status: 0 the verdict holds, 1 it does not, 2 the run cannot start."""
    options = _parse()
    loaded = load_file(options.spec)
    for problem in loaded.problems:
        print(problem, file=sys.stderr)
    if loaded.problems or len(loaded.specs) != 1:
        print(f"{options.spec}: needs exactly one product without problems.", file=sys.stderr)
        return 2
    spec = loaded.specs[0]
    if wrong := list(objections(spec, options)):
        print(*wrong, sep="\n", file=sys.stderr)
        return 2
    environment.enter(options.spec, spec)
    environment.migrate()
    return run(spec, options)


def run(spec: Spec, options: argparse.Namespace) -> int:
    """Run the DAG to its end and say how it ended."""
    from sunset_headless.answers import Answering
    from sunset_headless.summary import summary

    dag = _dag(spec)
    answering = Answering(dag.dag_id, options.approve_as or list(spec.people))
    answering.start()
    params = dict(text.split("=", 1) for text in options.param)
    conf = {"mode": options.mode, "reason": options.reason, "sources": options.source, **params}
    done = dag.test(run_conf=conf)
    answering.stopped.set()
    answering.join()
    print(f"{dag.dag_id} {done.run_id} mode {options.mode}: {done.state}")
    print(*summary(spec, done.run_id), sep="\n")
    return 0 if done.state == "success" else 1


def _dag(spec: Spec) -> DAG:
    from airflow.dag_processing.dagbag import DagBag

    bag = DagBag(str(REPOSITORY / "dags" / "sunset_dags.py"))
    return bag.dags[f"sunset_{spec.product}"]


def _parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="sunset run", description=__doc__)
    add_options(parser)
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
