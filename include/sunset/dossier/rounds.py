"""The rehearsals of a product, one file a round, beside its runs: what each found and how long it took."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, field, fields
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from sunset.dossier.chain import Chain, Link, judge, require_whole
from sunset.dossier.faults import AlreadyWritten
from sunset.dossier.problems import Problem

if TYPE_CHECKING:
    from sunset.dossier.store import Store

ROUNDS = "rounds"


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What one rehearsal found.

    Attributes:
        run_id: the Airflow run.
        spec_digest: digest of the spec that was rehearsed.
        sources: names of the sources that the round covered.
        clean: whether nothing was found that has to be mended.
        differences: one line for each difference of the validation; the same difference has the same line.
        exposed: one line for each thing on the source that is open to others.
        seconds: duration of each stage.
        rows: number of rows copied.
        bytes: number of bytes copied.
    """

    run_id: str
    spec_digest: str
    sources: tuple[str, ...]
    clean: bool
    differences: tuple[str, ...] = ()
    exposed: tuple[str, ...] = ()
    seconds: Mapping[str, float] = field(default_factory=dict)
    rows: int = 0
    bytes: int = 0

    def __post_init__(self) -> None:
        if self.clean and self.differences:
            raise ValueError("a round with differences is not clean")


@dataclass(frozen=True, slots=True, kw_only=True)
class Round(Outcome):
    """One recorded rehearsal; `previous` is the SHA-256 of the round file before, None for the first."""

    number: int
    recorded_at: str
    previous: str | None


@dataclass(frozen=True, slots=True)
class RoundComparison:
    """One rehearsal beside the one before it.

    Attributes:
        fixed: differences that are gone.
        new: differences that were not there before.
        open: differences of both rounds.
        security_closed, security_new, security_open: likewise, of what is open to others.
        seconds_before: duration of each stage in the round before; empty for the first round.
        seconds_now: duration of each stage now.
    """

    fixed: tuple[str, ...]
    new: tuple[str, ...]
    open: tuple[str, ...]
    security_closed: tuple[str, ...]
    security_new: tuple[str, ...]
    security_open: tuple[str, ...]
    seconds_before: Mapping[str, float]
    seconds_now: Mapping[str, float]

    def to_json(self) -> dict[str, Any]:
        return asdict(self)


def record_round(product: Store, outcome: Outcome) -> Round:
    """Append a round to the history in `product`; the same outcome of the same run once more appends nothing.

    Another outcome of a run that was recorded before supersedes it: the earlier round stays on file, and
    `history` leaves it out.

    Raises:
        Deviation: the history was tampered with.
    """
    chain = _chain(product)
    while True:
        links = chain.links()
        known = [made for made in _rounds(chain, links) if made.run_id == outcome.run_id]
        if known and _outcome(known[-1]) == outcome:
            return known[-1]
        recorded_at = datetime.now(UTC).isoformat(timespec="seconds")
        with suppress(AlreadyWritten):  # another run took the number meanwhile
            return _round(chain.append({**asdict(outcome), "recorded_at": recorded_at}, links))


def history(product: Store) -> tuple[Round, ...]:
    """The newest round of each run, oldest first.

    Raises:
        Deviation: the history was tampered with.
    """
    chain = _chain(product)
    newest = {made.run_id: made for made in _rounds(chain, chain.links())}
    return tuple(sorted(newest.values(), key=lambda made: made.number))


def verify_rounds(product: Store) -> tuple[Problem, ...]:
    """Round files that were changed, removed, renamed or put between."""
    return judge(_chain(product).links())[1]


def previous_round(rounds: Sequence[Round], this: Round) -> Round | None:
    """The round of another run that came before `this`."""
    before = [made for made in rounds if made.number < this.number and made.run_id != this.run_id]
    return before[-1] if before else None


def compare(previous: Round | None, this: Round) -> RoundComparison:
    """Which differences went, came and stayed, and how the durations moved."""
    fixed, new, still = _moved(previous.differences if previous else (), this.differences)
    closed, opened, left = _moved(previous.exposed if previous else (), this.exposed)
    return RoundComparison(
        fixed=fixed,
        new=new,
        open=still,
        security_closed=closed,
        security_new=opened,
        security_open=left,
        seconds_before=previous.seconds if previous else {},
        seconds_now=this.seconds,
    )


def _moved(before: Sequence[str], now: Sequence[str]) -> tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]:
    """Lines that went, came and stayed."""
    gone = tuple(line for line in before if line not in now)
    return gone, tuple(line for line in now if line not in before), tuple(line for line in now if line in before)


def clean_streak(rounds: Sequence[Round], spec_digest: str, sources: Collection[str]) -> int:
    """Number of clean rounds of this spec at the end of a history.

    A round that was not clean, or was of another spec, ends the streak. A clean round that covered only some of
    the sources neither counts nor ends it.
    """
    streak = 0
    for made in reversed(rounds):
        if not made.clean or made.spec_digest != spec_digest:
            break
        streak += set(sources) <= set(made.sources)
    return streak


def _chain(product: Store) -> Chain:
    return Chain(product, ROUNDS, lambda body: f"{_from_body(body).number:04d}.json")


def _rounds(chain: Chain, links: Sequence[Link]) -> tuple[Round, ...]:
    remedy = "Find out who changed it; move the folder away to begin a new history."
    require_whole(chain, links, "The history of rehearsals was tampered with.", remedy)
    return tuple(map(_round, links))


def _round(link: Link) -> Round:
    return _from_body(link.body)


def _from_body(body: Mapping[str, Any]) -> Round:
    previous = body["previous"]
    lists = {name: tuple(body[name]) for name in ("sources", "differences", "exposed")}
    return Round(**{**body, **lists, "previous": previous["sha256"] if previous else None})


def _outcome(made: Round) -> Outcome:
    return Outcome(**{known.name: getattr(made, known.name) for known in fields(Outcome)})
