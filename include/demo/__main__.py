"""`python -m demo`: retires a legacy product in a real Airflow on this machine."""

from __future__ import annotations

import argparse
import signal
import sys
import time
from contextlib import ExitStack
from typing import TYPE_CHECKING

from demo import venue as venues
from demo.home import DemoHome
from demo.screen import Screen
from demo.settings import ROOT
from demo.story import Retirement
from demo.verdict import read_verdict
from sunset.errors import SunsetError

if TYPE_CHECKING:
    from types import FrameType

    from demo.venue import Venue


def main() -> int:
    """Exit status 0: every run was green and the verdict holds."""
    parser = argparse.ArgumentParser(prog="demo", description=__doc__)
    parser.add_argument("--once", action="store_true", help="exit with the verdict instead of keeping the UI up")
    once = parser.parse_args().once
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _interrupt)
    screen = Screen()
    try:
        with ExitStack() as undo:
            home = DemoHome.take(ROOT / ".demo")
            venue = venues.build(home, screen, undo)
            holds = _retire_crm(venue, screen)
            if not once:
                _leave_helpdesk_waiting(venue, screen)
                _stay(venue)
            return 0 if holds else 1
    except SunsetError as error:
        screen.say(f"\n{error}")
        return 1
    except KeyboardInterrupt:
        screen.say("\nStopped.")
        return 130


def _retire_crm(venue: Venue, screen: Screen) -> bool:
    crm = Retirement(venue, screen, "legacy_crm")
    crm.rehearse(venue.specs[crm.product].rehearsal.clean_rounds_required)
    verdict = read_verdict(venue.places, crm.product, crm.execute())
    screen.say(f"\n{verdict.table()}\n{venue.mail.summary()}\n")
    return verdict.holds and not venue.mail.missing(venue.specs[crm.product])


def _leave_helpdesk_waiting(venue: Venue, screen: Screen) -> None:
    helpdesk = Retirement(venue, screen, "legacy_helpdesk")
    helpdesk.rehearse(venue.specs[helpdesk.product].rehearsal.clean_rounds_required)
    question = helpdesk.execute_until_asked()
    screen.say(f"\n{question.subject}\n  {venue.address}/required_actions\n\nSign in as")
    for user, password in venue.cast.passwords.items():
        may = "  may answer" if user in question.assigned else ""
        screen.say(f"  {user:<16} {password:<14}{may}")
    screen.say(f"\n{venue.address} stays up until Ctrl-C.")


def _stay(venue: Venue) -> None:
    while True:
        venue.require_running()
        time.sleep(1)


def _interrupt(_number: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


if __name__ == "__main__":
    sys.exit(main())
