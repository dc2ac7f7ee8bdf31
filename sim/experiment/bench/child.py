"""What a benchmark lets another process do, so that nothing is loaded there yet: start from nothing, or need memory.

``python -m sim.experiment.bench.child start`` and ``... memory PEOPLE WEEKS`` print one JSON document.
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path


def start(people: int = 1_000, weeks: int = 52) -> dict[str, float]:
    """Seconds of each part of a first run, in this process."""
    begun = time.perf_counter()
    from sim.experiment.bench.workload import Workload, scenario_for
    from sim.model.market import Market

    imported = time.perf_counter()
    market = Market(scenario_for(Workload(people), weeks), 1)
    built = time.perf_counter()
    market.step()
    first = time.perf_counter()
    for _ in range(weeks - 1):
        market.step()
    return {
        "import": imported - begun,
        "build": built - imported,
        "first week": first - built,
        "other weeks": time.perf_counter() - first,
    }


def memory(people: int, weeks: int) -> dict[str, float]:
    """The most memory this process ever held, and what a week cost once it was built."""
    from sim.experiment.bench.workload import Workload, scenario_for
    from sim.model.market import Market

    market = Market(scenario_for(Workload(people)), 1)
    begun = time.process_time()
    for _ in range(weeks):
        market.step()
    return {"peak_bytes": float(peak_bytes()), "seconds_a_week": (time.process_time() - begun) / weeks}


def peak_bytes() -> int:
    """The most memory this process has held since it began.

    Linux keeps the larger peak of whoever started the process in ``ru_maxrss``, so its own account is read there.
    """
    status = Path("/proc/self/status")
    if status.exists():
        (line,) = (line for line in status.read_text(encoding="utf-8").splitlines() if line.startswith("VmHWM"))
        return int(line.split()[1]) * 1024
    import resource

    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)


if __name__ == "__main__":
    question, *numbers = sys.argv[1:]
    answer = {"start": start, "memory": memory}[question](*map(int, numbers))
    sys.stdout.write(json.dumps(answer))
