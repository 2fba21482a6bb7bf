"""Loads specs from files: all good products, and all problems of the others."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from sunset.spec.building import build
from sunset.spec.claims import claimed_ids, clashes, may_claim
from sunset.spec.document import Document
from sunset.spec.files import documents_in, find_files, read_raw
from sunset.spec.ids import clean_id
from sunset.spec.model import Spec
from sunset.spec.problems import SpecProblem


@dataclass(frozen=True, slots=True)
class Loaded:
    """What a folder of specs gives: the products to build, and what keeps the others from it.

    Attributes:
        specs: specs without a problem, in the order of their files.
        problems: everything wrong with the others, sorted by file and line.
    """

    specs: tuple[Spec, ...]
    problems: tuple[SpecProblem, ...]


def load_file(path: Path) -> Loaded:
    """The products of one file. Problems are reported, not raised."""
    return load_files({path.name: path})


def load_folder(folder: Path, only: str | None = None) -> Loaded:
    """The products of a folder, or of one file, and of its folders that are not hidden.

    Args:
        folder: where `*.yaml` and `*.yml` are looked for.
        only: a product id; nothing else is loaded, and only its problems are reported.
    """
    files = find_files(folder)
    if only is None:
        return load_files(files)
    candidates = {file: path for file, path in files.items() if _may_claim(path, only)}
    documents = [document for document in _documents(candidates) if clean_id(only) in claimed_ids(document)]
    return judge(documents)


def load_files(files: Mapping[str, Path]) -> Loaded:
    """The products of the files, each given under the name that problems use for it."""
    return judge(_documents(files))


def judge(documents: Iterable[Document]) -> Loaded:
    """The valid specs, each with an id of its own."""
    documents = tuple(documents)
    clashing = defaultdict(list)
    for document, problem in clashes(documents):
        clashing[document].append(problem)
    specs, problems = list[Spec](), list[SpecProblem]()
    for document in documents:
        spec, found = build(document)
        found = (*found, *clashing[document])
        problems += found
        if spec is not None and not found:
            specs.append(spec)
    return Loaded(tuple(specs), tuple(sorted(problems, key=_place)))


def _place(problem: SpecProblem) -> tuple[str, int, int]:
    return problem.file, problem.line, problem.column


def _documents(files: Mapping[str, Path]) -> Iterator[Document]:
    for file, path in sorted(files.items()):
        yield from documents_in(file, path)


def _may_claim(path: Path, product: str) -> bool:
    try:
        return may_claim(read_raw(path), product)
    except OSError:
        return True
