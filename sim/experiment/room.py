"""Room: does a market fit into the memory there is? Asked before anything of it is made.

A system often grants what it does not have, and kills whoever then uses it. So what a market needs at least, its
records, is held against what there is; whoever comes nearer than that finds out by trying.
"""

from __future__ import annotations

import math
import os
from pathlib import Path

from sim.scenario.schema import Scenario
from sim.state.customers import CACHE_LINE

MEMORY = Path("/proc/meminfo")
OWN = Path("/proc/self/statm")
GROUPS = Path("/sys/fs/cgroup/memory.max"), Path("/sys/fs/cgroup/memory/memory.limit_in_bytes")
"""Where Linux says what a container may use, in its newer and in its older way."""
GIB = 2**30
LITTLE = 2**26
"""Bytes that are there wherever keepwin runs at all: little worlds by the thousand do not ask."""


def bytes_of(scenario: Scenario) -> int:
    """What the records of all people and all their bonds take; friends and draws come on top.

    Check
    -----
    >>> from sim.scenario.load import load_scenario
    >>> bytes_of(load_scenario("base", ["people.count=1000000"])) / 1e6
    256.0
    """
    return scenario.people * (1 + len(scenario.businesses)) * CACHE_LINE


def bytes_there() -> float:
    """What this process may still take, as far as the system tells; infinite where it does not."""
    return min(_unused(), *map(_limit, GROUPS), _own_limit())


def check_room(scenario: Scenario, at_once: int = 1) -> None:
    """Can so many markets of a scenario live here at the same time?

    Raises
    ------
    MemoryError
        If even their records do not fit.
    """
    need = at_once * bytes_of(scenario)
    if need > LITTLE and need > (there := bytes_there()):
        markets = f"{at_once} markets at a time" if at_once > 1 else "a market"
        raise MemoryError(
            f"{markets} of {scenario.people:,} simulated people {'need' if at_once > 1 else 'needs'} "
            f"{need / GIB:.2f} GiB at least, and {there / GIB:.2f} GiB are free"
        )


def _unused() -> float:
    """Memory that no process uses, and room to move others aside."""
    try:
        lines = dict(line.split(":", 1) for line in MEMORY.read_text(encoding="ascii").splitlines())
        return sum(int(lines[name].split()[0]) for name in ("MemAvailable", "SwapFree")) * 1024.0
    except (OSError, ValueError, KeyError):
        return math.inf


def _limit(path: Path) -> float:
    """Of a container; the word ``max`` means that there is none."""
    try:
        return float(int(path.read_text(encoding="ascii")))
    except (OSError, ValueError):
        return math.inf


def _own_limit() -> float:
    """What ``ulimit -v`` leaves of the addresses of this process."""
    try:
        import resource

        limit, _ = resource.getrlimit(resource.RLIMIT_AS)
        used = int(OWN.read_text(encoding="ascii").split()[0]) * os.sysconf("SC_PAGE_SIZE")
    except (ImportError, OSError, ValueError):
        return math.inf
    return math.inf if limit == resource.RLIM_INFINITY else max(float(limit - used), 0.0)
