"""The machine and the versions: without them a time means nothing."""

from __future__ import annotations

import os
import platform
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from sim import __version__
from sim.rules.compile import source_hash

LIBRARIES = ("mesa", "numba", "numpy", "distributed")
CPU = Path("/sys/devices/system/cpu/cpu0/cache")


def described() -> dict[str, Any]:
    """What it is measured on, and when; what a system does not tell is left out."""
    found: dict[str, Any] = {
        "processor": _processor(),
        "cores": _cores(),
        "caches": _caches(),
        "memory_gib": _memory(),
        "load_average": round(os.getloadavg()[0], 2) if hasattr(os, "getloadavg") else None,
        "system": f"{platform.system()} {platform.machine()}",
        "python": platform.python_version(),
        "keepwin": __version__,
        "sources": source_hash(),
        "when": datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC"),
    }
    found |= {name: number for name in LIBRARIES if (number := _version(name))}
    return {name: value for name, value in found.items() if value not in (None, "", [])}


def _cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _processor() -> str:
    """Its name, from the system's own list if there is one."""
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.processor()
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.processor()


def _caches() -> list[str]:
    """Caches that the first core sees, such as 'L2 1024K'."""
    found = []
    for place in sorted(CPU.glob("index*")):
        try:
            level, kind, size = (
                (place / name).read_text(encoding="utf-8").strip() for name in ("level", "type", "size")
            )
        except OSError:
            continue
        if kind != "Instruction":
            found.append(f"L{level} {size}")
    return found


def _memory() -> float | None:
    try:
        return round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30, 1)
    except (ValueError, OSError):
        return None


def _version(name: str) -> str | None:
    try:
        return version(name)
    except PackageNotFoundError:
        return None
