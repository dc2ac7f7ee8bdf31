"""Processes of their own: what starting takes, what memory a market needs, and what whole commands take."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from typing import NamedTuple

from sim.documents import PACKAGE
from sim.experiment.bench.findings import Row, Sample, once, sample_of

MIB, GIB = 2**20, 2**30
TEN_MILLION = 10_000_000
FEW_PEOPLE, FEW_WEEKS = 1_000, 8
RUN = "run base --customers 500 --weeks 52 --set time.burn_in_weeks=52 --replicates 1 --quiet".split()


class Command(NamedTuple):
    """What a command took, or why it could not be timed."""

    sample: Sample | None
    note: str = ""
    out: str = ""


def _environment(cache: str | None) -> dict[str, str]:
    """Of a child: the same modules, and machine code of its own if a folder for it is given."""
    found = os.environ | {"PYTHONPATH": os.pathsep.join([str(PACKAGE.parent), *filter(None, sys.path)])}
    return found | {"KEEPWIN_CACHE": cache} if cache else found


def command(program: Sequence[str], words: Sequence[str], times: int = 1, cache: str | None = None) -> Command:
    """Seconds on the wall of a whole command; results go to a folder that is thrown away.

    Parameters
    ----------
    program : how the program is called
    cache : folder for machine code, in place of the user's own
    """
    seconds, done = [], None
    for _ in range(times):
        with tempfile.TemporaryDirectory() as folder:
            begun = time.perf_counter()
            done = subprocess.run(
                [*program, *words], capture_output=True, text=True, cwd=folder, env=_environment(cache)
            )
            seconds.append(time.perf_counter() - begun)
        if done.returncode != 0:
            reason = (done.stderr.strip().splitlines() or [f"exit code {done.returncode}"])[0]
            return Command(None, f"not measured: {reason}")
    return Command(sample_of(seconds), out=done.stdout if done else "")


def child(*words: object, cache: str | None = None) -> tuple[dict[str, float], float]:
    """What a process of ours answers, and how many seconds it lived.

    Raises
    ------
    MemoryError
        If it was killed, or found no memory.
    """
    begun = time.perf_counter()
    line = [sys.executable, "-m", "sim.experiment.bench.child", *map(str, words)]
    done = subprocess.run(line, capture_output=True, text=True, env=_environment(cache))
    if done.returncode != 0:
        raise MemoryError(
            f"a process for {' '.join(map(str, words))} ended with {done.returncode}: {done.stderr[-300:]}"
        )
    return json.loads(done.stdout), time.perf_counter() - begun


def start_rows(program: Sequence[str], times: int) -> tuple[dict[str, Command], list[Row]]:
    """Whole commands, and a first run in its parts: from nothing, and with machine code on the disk."""
    with tempfile.TemporaryDirectory() as cache:
        first = command(program, RUN, cache=cache)
        again = command(program, RUN, times, cache)
        warm, whole = child("start", cache=cache)
        found = {
            "first": first,
            "again": again,
            "help": command(program, ["--help"], times, cache),
            "check": command(program, ["check", "base"], times, cache),
        }
    group, unit = "start-up", "s"
    parts = [
        Row(group, "a process with the model, machine code on the disk", once(whole), unit),
        Row(group, "its import", once(warm["import"]), unit),
        Row(group, "building the market, machine code loaded", once(warm["build"]), unit),
        Row(group, "the first week, machine code loaded", once(warm["first week"]), unit),
        Row(group, "51 weeks of 1,000 people", once(warm["other weeks"]), unit),
    ]
    if first.sample and again.sample:
        compiling = first.sample.median - again.sample.median
        parts.append(Row(group, "compiling: a first run less a later one", once(compiling), unit))
    whole_commands = [
        Row(group, f"{name}: {' '.join(words[:2])}", each.sample, unit)
        for (name, each), words in zip(found.items(), (RUN, RUN, ["--help"], ["check", "base"]), strict=True)
        if each.sample
    ]
    return found, [*whole_commands, *parts]


def memory_rows(people: int, full: bool) -> tuple[Sample, str, list[Row]]:
    """Bytes of each person, and GiB of ten million: lived if ``full``, else extended from what so many need.

    Returns
    -------
    GiB of ten million people, a note, rows
    """
    few, _ = child("memory", FEW_PEOPLE, FEW_WEEKS)
    many, _ = child("memory", people, FEW_WEEKS)
    each = (many["peak_bytes"] - few["peak_bytes"]) / (people - FEW_PEOPLE)
    group = "memory"
    rows = [
        Row(group, "a process with hardly anybody in it", once(few["peak_bytes"] / MIB), "MiB"),
        Row(group, f"each person, at the peak of {people:,}", once(each), "bytes"),
    ]
    if not full:
        estimate = (few["peak_bytes"] + each * (TEN_MILLION - FEW_PEOPLE)) / GIB
        return once(estimate), f"estimated from {people:,} people; --full lives them", rows
    lived, seconds = child("memory", TEN_MILLION, FEW_WEEKS)
    rows += [
        Row(group, f"{TEN_MILLION:,} people", once(lived["peak_bytes"] / GIB), "GiB"),
        Row(group, f"{TEN_MILLION:,} people: built and lived for {FEW_WEEKS} weeks", once(seconds), "s"),
        Row(group, f"{TEN_MILLION:,} people: a week", once(lived["seconds_a_week"] * 100.0), "ns per customer-week"),
    ]
    return once(lived["peak_bytes"] / GIB), "lived", rows
