"""The disposal of what a product leaves behind: listed, approved by two people, destroyed, looked for, certified."""

from __future__ import annotations

from datetime import UTC, datetime

from airflow.sdk import DAG, Param, TaskGroup, chain
from airflow.sdk.definitions.param import ParamsDict

from sunset.disposal.approved import GATE, PERSONS
from sunset.spec import Spec
from sunset_operators.disposal import Certify, DestroyListed, ListForDestruction, ProbeForRemnants, subjects
from sunset_operators.disposal_gates import AskForDestruction, ReadBothAnswers, SealList
from sunset_stages.form import COMMENT
from sunset_stages.gate import ask_in_turn

PREFIX = "sunset_disposal."

_MANUAL = """### Disposal of {title}

Destroys one source, or the archive of a retirement whose time is over, and certifies what is gone and what is left.
Trigger it by hand, with the id of the run that retired the product. Nothing goes that is not on the list, and nothing
goes before two different people of {approvers} approved that list.

#### Spec

```yaml
{spec}```
"""
_BODY = """What is listed is destroyed for good when two different people approve it.

{{ ti.xcom_pull(task_ids='approve.seal')['summary'] }}

**Seal of the list** ({{ ti.xcom_pull(task_ids='approve.seal')['files'] }} files):

`{{ ti.xcom_pull(task_ids='approve.seal')['digest'] }}`

Both of you approve this digest. **Reject** ends the disposal, and nothing is destroyed.
"""


def build_disposal(spec: Spec) -> DAG:
    """The DAG that destroys what one product leaves behind. A dot stands in its id, as in no product's."""
    people = ", ".join(spec.people[user].name for user in spec.approvers)
    with DAG(
        f"{PREFIX}{spec.product}",
        dag_display_name=f"Disposal of {spec.title}",
        description="Destroys a source or an expired archive, on the word of two people, with a certificate.",
        doc_md=_MANUAL.format(title=spec.title, approvers=people, spec=spec.normalised_yaml()),
        schedule=None,
        start_date=datetime(2025, 1, 1, tzinfo=UTC),
        catchup=False,
        is_paused_upon_creation=True,
        max_active_runs=1,
        tags={"sunset", "disposal", spec.product},
    ) as dag:
        listed = ListForDestruction(task_id="list", spec=spec)
        destroyed = DestroyListed(task_id="destroy", spec=spec)
        probed = ProbeForRemnants(task_id="probe", spec=spec)
        chain(listed, _approve(spec), destroyed, probed, Certify(task_id="certify", spec=spec))
    dag.params = ParamsDict(_form(spec))
    return dag


def _approve(spec: Spec) -> TaskGroup:
    with TaskGroup(GATE, tooltip="Two different people approve the list") as stage:
        seal = SealList(task_id="seal", spec=spec)
        asking = ask_in_turn(
            AskForDestruction,
            spec,
            GATE,
            "destruction",
            f"{spec.title}: destroy what is listed?",
            PERSONS,
            body=_BODY,
            params=COMMENT,
            fail_on_reject=True,
        )
        questions = [each.task_id for each in asking]
        chain(seal, *asking, ReadBothAnswers(task_id="read_answer", spec=spec, gate=GATE, questions=questions))
    return stage


def _form(spec: Spec) -> dict[str, Param]:
    connections = {
        name: Param(value, type="string", title=name, section="Connections") for name, value in spec.params.items()
    }
    extents = {
        "contents": "Of a database, the objects of the catalogue; the database itself stays",
        "database": "The whole database",
    }
    return {
        **connections,
        "run": Param(
            type="string",
            minLength=1,
            title="Run",
            description="Id of the run that retired the product, with its verdict and its cutover.",
        ),
        "subject": Param(
            type="string",
            enum=list(subjects(spec)),
            title="What",
            description="A source, or `archive`: the bag, the backups in the dossier and raw pages of APIs.",
        ),
        "extent": Param("contents", type="string", enum=[*extents], values_display=extents, title="How much"),
        "reason": Param(type="string", minLength=1, title="Reason", description="Stands on the certificate."),
    }
