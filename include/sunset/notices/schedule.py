"""When an audience is told: on the day of the announcement, and so many days before the cutover."""

from __future__ import annotations

from datetime import date, timedelta

from sunset.spec import Spec
from sunset.spec.notices import Audience


def dates(spec: Spec, audience: Audience) -> tuple[date, ...]:
    """All days on which the audience is told, in UTC and in order; none lies before the announcement."""
    announce = spec.timeline.announce
    cutover = spec.timeline.cutover.date()
    before = {cutover - timedelta(days=days) for days in audience.days_before_cutover}
    return tuple(sorted(day for day in before | ({announce} if announce else set()) if not announce or day >= announce))


def due(spec: Spec, audience: Audience, today: date) -> date | None:
    """The day whose notice is due. What was due earlier and never sent is covered by it: the same facts, once.

    When the product is gone and its support with it, nothing is due any more.
    """
    if today > max(spec.timeline.cutover.date(), spec.timeline.support_ends or date.min):
        return None
    return max((day for day in dates(spec, audience) if day <= today), default=None)
