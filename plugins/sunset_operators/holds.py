"""Legal holds, set and lifted by a person in Airflow: who that is, Airflow says and no form."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from airflow.sdk import BaseOperator

from sunset.archive.holds import lift_hold, set_hold, standing
from sunset.errors import Refusal
from sunset_operators.connections import dossiers
from sunset_operators.retries import WITH_BACK_OFF

if TYPE_CHECKING:
    from airflow.sdk import Context

    from sunset.spec import Spec

SET, LIFT = "set", "lift"


class ChangeHold(BaseOperator):
    """Set or lift a hold on everything of a product, on the word of whoever triggered the run.

    :param specs: the specs by product.
    """

    def __init__(self, *, specs: Mapping[str, Spec], **kwargs: Any) -> None:
        super().__init__(**{**WITH_BACK_OFF, **kwargs})
        self.specs = specs

    def execute(self, context: Context) -> Any:
        params, who = context["params"], str(context["dag_run"].triggering_user_name or "")
        spec = self.specs[params["product"]]
        if who not in spec.people:
            raise Refusal(
                f"{who or 'nobody in particular'} is not among the people of the spec.",
                where=f"{spec.product}: hold",
                remedy=f"One of {', '.join(spec.people)} triggers it, with a login of their own.",
            )
        change = set_hold if params["act"] == SET else lift_hold
        entry = change(dossiers().child(spec.product), params["matter"].strip(), params["reason"].strip(), who)
        left = [each.matter for each in standing(dossiers().child(spec.product))]
        self.log.info("%s: %s %s by %s; holds that stand: %s", spec.product, entry.act, entry.matter, who, left)
        return {**entry.to_json(), "standing": len(left)}
