"""The spec of one product: everything that its retirement needs to know."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Annotated, Any, Self

from pydantic import AfterValidator, Field, PrivateAttr, ValidationError, ValidationInfo, model_validator
from pydantic_core import InitErrorDetails

from sunset.spec.alarms import Alarms
from sunset.spec.base import Model, complaint
from sunset.spec.decision import Decision
from sunset.spec.disposal import Archive, Disposal
from sunset.spec.dispositions import Rule
from sunset.spec.forms import Line, ParamName, ProductId, Text
from sunset.spec.gates import Gates
from sunset.spec.notices import Notices
from sunset.spec.origin import Origin
from sunset.spec.people import People
from sunset.spec.rehearsal import Rehearsal
from sunset.spec.rules import broken_rules
from sunset.spec.secrets import find_secrets
from sunset.spec.sources import DatabaseSource, Sources
from sunset.spec.timeline import Timeline
from sunset.spec.validation import Validation
from sunset.spec.writing import write_yaml


def _without_empties(node: Any) -> Any:
    if isinstance(node, dict):
        pruned = {key: _without_empties(value) for key, value in node.items()}
        return {key: value for key, value in pruned.items() if value not in (None, [], {})}
    return [_without_empties(item) for item in node] if isinstance(node, list) else node


def _sorted(params: Mapping[str, str]) -> Mapping[str, str]:
    return dict(sorted(params.items()))


class Spec(Model):
    """One product's sunset."""

    product: ProductId = Field(description="Id of the product; its DAG is `sunset_<product>`.")
    title: Line = Field(description="Name of the product as people know it.")
    decision: Decision = Field(description="Why the product is retired, and what that covers.")
    people: People = Field(description="Who takes part; the key is the Airflow user id. At least one approver.")
    gates: Gates = Field(default=Gates(), description="How many people have to approve.")
    timeline: Timeline = Field(description="The dates.")
    notices: Notices = Field(default=Notices(), description="Who is told, and when.")
    params: Annotated[Mapping[ParamName, Text], AfterValidator(_sorted)] = Field(
        default_factory=dict,
        description="Extra text fields of the trigger form and their defaults, for Jinja in connection ids.",
    )
    sources: Sources = Field(description="What the product owns.")
    dispositions: tuple[Rule, ...] = Field(
        default=(), description="What becomes of the assets; the first match wins, the rest stays undecided."
    )
    rehearsal: Rehearsal = Field(default=Rehearsal(), description="Rehearsals and what they have to show.")
    validation: Validation = Field(default=Validation(), description="The product's own checks.")
    archive: Archive = Field(description="Where archives are kept.")
    disposal: Disposal = Field(
        default=Disposal(), description="When the sources may be destroyed, and what keeps them."
    )
    alarms: Alarms = Field(default=Alarms(), description="Limits that raise an alarm.")

    _origin: Origin = PrivateAttr(default=Origin())

    @model_validator(mode="after")
    def _holds_together(self, info: ValidationInfo) -> Self:
        data = self.model_dump(by_alias=True)
        complaints = (*find_secrets(data), *broken_rules(data))
        if complaints:
            raise ValidationError.from_exception_data(
                "Spec",
                [
                    InitErrorDetails(type=complaint(each.message, each.suggestion), loc=each.path, input="")
                    for each in complaints
                ],
            )
        if isinstance(info.context, Origin):
            self._origin = info.context
        return self

    @property
    def source_names(self) -> tuple[str, ...]:
        """Names of all sources, in the spec's order."""
        kinds = (self.sources.databases, self.sources.files, self.sources.apis)
        return tuple(source.name for kind in kinds for source in kind)

    @property
    def followed(self) -> tuple[DatabaseSource, ...]:
        """The sources of route `replicate`."""
        return tuple(source for source in self.sources.databases if source.follows)

    @property
    def approvers(self) -> tuple[str, ...]:
        """Airflow user ids of the people who may answer a gate."""
        return tuple(user for user, person in self.people.items() if "approver" in person.roles)

    @property
    def operators(self) -> tuple[str, ...]:
        """Airflow user ids of the people who carry it out: the operators, or the approvers where nobody is named so."""
        return tuple(user for user, person in self.people.items() if "operator" in person.roles) or self.approvers

    @property
    def origin(self) -> Origin:
        """Where the spec was read; not part of its identity."""
        return self._origin

    @property
    def digest(self) -> str:
        """SHA-256, in hexadecimal digits, of the normalised spec; equal specs have equal digests."""
        text = json.dumps(self.normalised(), sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        return hashlib.sha256(text.encode()).hexdigest()

    def normalised(self) -> dict[str, Any]:
        """The spec as plain JSON data: every key, defaults included, instants in UTC."""
        return self.model_dump(mode="json", by_alias=True)

    def normalised_yaml(self) -> str:
        """The normalised spec as YAML for people, without empty values; reading it gives an equal spec."""
        return write_yaml(_without_empties(self.normalised()))
