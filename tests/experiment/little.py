"""Little scenarios, and chores that worker processes can find by name."""

from __future__ import annotations

import os
import signal
import time
from typing import Any

from sim.experiment.executor import heed_stop
from sim.scenario.models import scenario_model, scenario_of
from sim.scenario.schema import Scenario

PLANS: dict[str, dict[str, Any]] = {
    "steady": {"steady": {}},
    "aggressive": {"aggressive": {}},
    "nothing": {"fixed_split": {"spend_share": 0.0}},
    "eight": {"fixed_split": {"spend_share": 0.08}},
}


def little(plan: str = "steady", name: str | None = None, people: int = 300, **time_: int) -> Scenario:
    """Three businesses, 300 people, 60 weeks after a year of history; ours follows the plan."""
    lasting = {"weeks": 60, "burn_in_weeks": 52, **time_}
    model = scenario_model().model_validate(
        {
            "schema": 1,
            "people": {"count": people},
            "time": lasting,
            "businesses": {
                "ours": {"known": 0.3, "strategy": PLANS[plan]},
                "big": {"affinity": 0.5, "known": 0.8},
                "small": {"affinity": 0.4, "known": 0.6},
            },
        }
    )
    return scenario_of(model, name or plan)


def square(number: int) -> int:
    return number * number


def who_and_square(number: int) -> tuple[int, int]:
    return os.getpid(), number * number


def stumble(number: int) -> int:
    if number == 3:
        raise LookupError(f"no way past {number}")
    return number


def never_end(number: int) -> int:
    """Long work that heeds a stop; its first act is to say that it began."""
    while True:
        heed_stop()
        time.sleep(0.01)


def wait_and_stumble(number: int) -> int:
    """The first task fails at once, all others would take for ever."""
    return stumble(3) if number == 0 else never_end(number)


def die(number: int) -> int:
    os._exit(9)


def be_killed(number: int) -> int:
    """What happens to a process when the system runs out of memory."""
    os.kill(os.getpid(), signal.SIGKILL)
    return never_end(number)


def begin_and_never_end(number: int) -> int:
    """The first task is done at once, all others never."""
    return number if number == 0 else never_end(number)
