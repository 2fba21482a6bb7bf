"""The records that the console understands. Their content came out of a store: what has another form is None."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any, TypeVar

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from sunset.dossier.names import safe_name

if TYPE_CHECKING:
    from sunset.dossier.dossier import Dossier


class Record(BaseModel):
    """A record; keys that the console does not show are left out."""

    model_config = ConfigDict(frozen=True, extra="ignore")


class Timeline(Record):
    """The dates of a product."""

    announce: date | None = None
    freeze: AwareDatetime
    cutover: AwareDatetime
    support_ends: date | None = None
    retain_until: date


class Grounds(Record):
    """Why a product is retired."""

    reason: str
    replaced_by: str | None = None


class Rehearsal(Record):
    """What rehearsals have to show."""

    clean_rounds_required: int = 0


class SpecOutline(Record):
    """What the console shows of a spec, from its file or from the decision of a run."""

    product: str
    title: str
    decision: Grounds
    timeline: Timeline
    rehearsal: Rehearsal = Rehearsal()


class Decision(Record):
    """decide/decision: how the run began."""

    run_id: str
    mode: str
    reason: str = ""
    started_by: str = ""
    sources: tuple[str, ...] = ()
    spec_digest: str = ""
    spec: SpecOutline


class NewRisk(Record):
    """A risk that somebody named at a gate."""

    risk: str
    likelihood: str = ""
    impact: str = ""
    mitigation: str = ""


class Approver(Record):
    """One person's answer to a gate."""

    by: str
    name: str = ""
    at: str = ""
    comment: str = ""
    new_risks: tuple[NewRisk, ...] = ()


class Approval(Record):
    """decide/approval, approve/approval and accept/approval: the answers of a gate."""

    gate: str
    answer: str
    people: tuple[Approver, ...]
    seal: str
    digest: str


class Verdict(Record):
    """close/verdict: what came of the run."""

    held: bool
    mode: str
    gaps: tuple[str, ...] = ()
    assets: int = 0
    tables: int = 0
    rows: int = 0
    bytes: int = 0
    quarantined: dict[str, int] = Field(default_factory=dict)
    checksums_equal: int = 0
    files: int = 0
    files_equal: int = 0
    checks: int = 0
    checks_passed: int = 0
    rounds: int = 0
    clean_rounds_in_a_row: int = 0
    dossier: str = ""
    archive: str | None = None


class RoundLine(Record):
    """rounds/: one rehearsal, as far as it is shown."""

    number: int
    run_id: str
    recorded_at: str
    spec_digest: str
    clean: bool
    differences: tuple[str, ...]
    seconds: dict[str, float]
    rows: int


class ListedFile(Record):
    """One file in a seal or in the manifest of a folder."""

    path: str
    size: int
    sha256: str


class FileList(Record):
    """A seal, or the manifest of a folder."""

    files: tuple[ListedFile, ...]


class Result(Record):
    """What any record may say of itself."""

    success: bool | None = None
    clean: bool | None = None
    differences: tuple[Any, ...] = ()
    failures: tuple[Any, ...] = ()
    findings: tuple[dict[str, Any], ...] = ()
    statistics: dict[str, Any] = Field(default_factory=dict)


_R = TypeVar("_R", bound=Record)


def latest(dossier: Dossier, stage: str, name: str, form: type[_R]) -> _R | None:
    """The newest record of a name; None if there is none, or if it has another form.

    Raises:
        Refusal: the store does not let us read.
        Unavailable: the store does not answer.
    """
    start = f"{safe_name(stage)}/{safe_name(name)}."
    found = (entry.path for entry in dossier.store.scan(start) if entry.kind == "file" and entry.path.endswith(".json"))
    numbers = (path.removeprefix(start).removesuffix(".json") for path in found)
    newest = max((int(number) for number in numbers if number.isdecimal()), default=0)
    return parse(dossier.store.read(f"{start}{newest}.json"), form) if newest else None


def parse(data: bytes, form: type[_R]) -> _R | None:
    """The content of a record; None if it has another form."""
    try:
        return form.model_validate_json(data)
    except ValueError:
        return None
