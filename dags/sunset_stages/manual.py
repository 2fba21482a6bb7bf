"""What stands under Docs in the UI: how to use the DAG, and the spec that it was made of."""

from __future__ import annotations

from sunset.spec import Spec

_MANUAL = """### {title}

{reason}

| Mode | Goes as far as | Writes |
|---|---|---|
| `dry_run` | plan | the dossier only |
| `rehearse` | a recorded round | sandbox, trial backup, dossier |
| `execute` | everything | target, archive, dossier; the source becomes read-only |

**Gates.** `decide.scope`, `approve.go_no_go` and `accept.acceptance` wait for {approvers}. *Approve* goes on. *Reject*
stops the run, thaws the source and ends red. Marking a gate or any other task as success by hand does not pass: the
task behind it looks for the answer, the verdict for the evidence.

**When a task fails**, its log says what, where and what to do next. Then clear it: every task can be run again at any
point, finished units of a copy are kept. The last task, `close.verdict`, is green only if all that the mode asks for
was done and held.

#### Spec

```yaml
{spec}```
"""


def manual(spec: Spec) -> str:
    """Markdown for `doc_md`. The whole spec is in it, so a changed spec is a new version of the DAG."""
    people = ", ".join(spec.people[user].name for user in spec.approvers)
    return _MANUAL.format(title=spec.title, reason=spec.decision.reason, approvers=people, spec=spec.normalised_yaml())
