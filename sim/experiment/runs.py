"""Runs: a scenario lived in one world, or in many, and what names their results.

All scenarios of one world (seed) are one task: the years before week 0 are lived once for all that share them.
"""

from __future__ import annotations

import hashlib
import traceback
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from functools import partial
from typing import Any, NamedTuple

import numpy as np

from sim.experiment.executor import Executor, Progress, RunFailed, Stopped, crew, execute, heed_stop
from sim.experiment.observed import Observed, observed_in
from sim.experiment.outcome import BOUNDS, Run
from sim.experiment.room import bytes_of, check_room
from sim.experiment.sound import no_number
from sim.experiment.statistics import mean_interval, written
from sim.model import views
from sim.model.loops import LOOPS
from sim.model.market import Market, Snapshot
from sim.model.metrics import METRICS
from sim.scenario.load import scenario_from
from sim.scenario.schema import YEAR, Scenario
from sim.state.diary import EVENT_COLUMNS
from sim.strategies.books import NoDecision

SEEDS = 2**64
"""Seeds are 0 to one below this."""
WARM_PEOPLE = 2048
"""Enough for any network; few enough for a week in no time."""
SECONDS_A_CUSTOMER_WEEK = {"compiled": 70e-9, "mesa": 20e-6, "shuffled": 20e-6}
SECONDS_A_WEEK = 150e-6
"""Guesses, good enough to decide whether processes are worth their start."""


class How(NamedTuple):
    """How a world is lived; of all this only ``followed`` leaves anything in the results."""

    loop: str = "compiled"
    threads: int = 1
    followed: int = 0


AS_USUAL = How()


class Life(NamedTuple):
    """What comes back from a world, wherever it was lived: a run without its scenario."""

    weekly: np.ndarray
    whole: np.ndarray
    events: np.ndarray
    result_hash: str
    observed: Observed


def seeds_from(first: int, count: int) -> tuple[int, ...]:
    """The seeds first, first + 1, ...: one a world.

    Check
    -----
    >>> seeds_from(7, 3)
    (7, 8, 9)
    """
    return _checked_seeds(range(first, first + count))


def run_world(
    scenario: Scenario,
    seed: int,
    *,
    loop: str = "compiled",
    threads: int = 1,
    followed: int = 0,
    past: Snapshot | None = None,
) -> Run:
    """One world, lived once.

    Parameters
    ----------
    followed : write down orders and departures of so many people
    past : the years before week 0 of this world, if somebody lived them already: the same bits, sooner

    Raises
    ------
    ValueError
        If an argument makes no sense, or the past is another world's.
    RunFailed
        If the world cannot be lived to its end.
    MemoryError
        If the world does not fit into memory.
    """
    _check(How(loop, threads, followed), [seed])
    check_room(scenario)
    with surfacing(scenario, seed):
        market = Market(scenario, seed, loop, threads, followed)
    if past is not None:
        market.resume(past)
    with surfacing(scenario, seed):
        _live_until(market, market.last_tick)
        _check_numbers(market)
        history, terms = market.history, views.terms_of(scenario)
        life = Life(
            views.weekly(history, terms),
            views.whole(history, terms),
            _events(market),
            market.result_hash(),
            observed_in(market),
        )
    _let_go(market)
    return Run(scenario, seed, *life)


def past_of(scenario: Scenario, seed: int, *, loop: str = "compiled", threads: int = 1) -> Snapshot:
    """The years before week 0, lived once: futures of every scenario with the same history can start from it."""
    _check(How(loop, threads), [seed])
    check_room(scenario)
    with surfacing(scenario, seed):
        market = Market(scenario, seed, loop, threads)
        _live_until(market, market.opening_tick)
        snapshot = market.snapshot()
    _let_go(market)
    return snapshot


def run_scenario(
    scenario: Scenario,
    seeds: Iterable[int],
    *,
    loop: str = "compiled",
    threads: int = 1,
    followed: int = 0,
    workers: int = 1,
    progress: Progress | None = None,
) -> tuple[Run, ...]:
    """A scenario in as many worlds as there are seeds, in their order; the same bits for any workers and threads."""
    (runs,) = live_all([scenario], seeds, How(loop, threads, followed), workers, progress)
    return runs


def live_all(
    scenarios: Sequence[Scenario],
    seeds: Iterable[int],
    how: How = AS_USUAL,
    workers: int = 1,
    progress: Progress | None = None,
) -> tuple[tuple[Run, ...], ...]:
    """Every scenario in the world of every seed: ``[s][k]`` is scenario s in the world of the k-th seed."""
    seeds = _checked_seeds(seeds)
    _check(how, seeds)
    if workers > 1 and len(seeds) > 1:
        how = how._replace(threads=1)  # worlds are shared among processes instead
        check_room(max(scenarios, key=bytes_of), min(workers, len(seeds)))
    lives = execute(
        seeds,
        partial(lives_of_world, tuple(scenarios), how),
        workers,
        progress,
        expected_seconds=len(seeds) * sum(expected_seconds(scenario, how) for scenario in scenarios),
        prepare=partial(compile_for, scenarios, how.loop),
    )
    return tuple(
        tuple(Run(scenario, seed, *world[at]) for seed, world in zip(seeds, lives, strict=True))
        for at, scenario in enumerate(scenarios)
    )


def lives_of_world(scenarios: Sequence[Scenario], how: How, seed: int) -> list[Life]:
    """One world under each scenario; a history that several share is lived once."""
    histories = [scenario.history_hash for scenario in scenarios]
    waiting = Counter(histories)
    pasts: dict[str, Snapshot] = {}
    lives = []
    for scenario, history in zip(scenarios, histories, strict=True):
        if waiting[history] > 1 and history not in pasts:
            pasts[history] = past_of(scenario, seed, loop=how.loop, threads=how.threads)
        run = run_world(scenario, seed, **how._asdict(), past=pasts.get(history))
        lives.append(Life(run.weekly, run.whole, run.events, run.result_hash, run.observed))
    return lives


def canonical_hash(runs: Iterable[Run]) -> str:
    """The identity of a set of results, whoever computed them, in whatever order and however often."""
    runs = list(runs)
    names = {id(run.scenario): run.scenario for run in runs}
    hashes = {name: scenario.hash for name, scenario in names.items()}
    return hash_of_results((hashes[id(run.scenario)], run.seed, run.result_hash) for run in runs)


def hash_of_results(results: Iterable[tuple[str, int, str]]) -> str:
    """The identity of a set of results.

    Parameters
    ----------
    results : hash of the scenario, seed, and hash of what came out, for each run
    """
    digest = hashlib.sha256()
    for scenario, seed, result in sorted(set(results)):
        digest.update(f"{scenario} {seed} {result}\n".encode())
    return digest.hexdigest()


def summary_of(runs: Sequence[Run]) -> dict[str, Any]:
    """Runs of one scenario as plain data: every metric's mean over worlds and its 95 % interval.

    ``ci95`` is [low, high], both null with fewer than two worlds; ``results`` is for whoever stores the runs.
    """
    scenario = runs[0].scenario
    over = mean_interval(np.stack([run.whole for run in runs]), bounds=BOUNDS)
    businesses = []
    for slot, business in enumerate(scenario.businesses):
        measured = {
            metric: {
                "mean": written(over.mean[slot, at]),
                "ci95": [written(over.low[slot, at]), written(over.high[slot, at])],
            }
            for at, metric in enumerate(METRICS)
        }
        businesses.append({"name": business.name, "metrics": measured})
    return {
        "scenario": scenario.name,
        "scenario_hash": scenario.hash,
        "result_hash": canonical_hash(runs),
        "weeks": scenario.time.weeks,
        "customers": scenario.market_size,
        "businesses": businesses,
        "results": None,
    }


# ------------------------------------------------------------------------------------------------------------- details


def _live_until(market: Market, tick: int) -> None:
    while market.tick < tick:
        heed_stop()
        market.step()


def _check_numbers(market: Market) -> None:
    """Nothing that comes of what is no number is ever kept."""
    if (name := no_number(market.world.customers)) is not None:
        reason = f"{name} of somebody is no number at the end; this is a bug of ours, and nothing of this run is kept"
        raise RunFailed(reason, market.scenario.name, market.seed)


def _events(market: Market) -> np.ndarray:
    """What was written down from week 0 on, so that it does not matter who lived the years before."""
    pages = [page for page in market.followed_events if len(page) and page[0, 0] >= 0]
    return np.concatenate(pages) if pages else np.zeros((0, 1 + len(EVENT_COLUMNS)), np.int64)


def _let_go(market: Market) -> None:
    """Free a finished market's columns now: model and agents hold each other, and a collector may come late."""
    market.__dict__.clear()


@contextmanager
def surfacing(scenario: Scenario, seed: int) -> Iterator[None]:
    """Say in which world an error happened; lack of memory stays what it is."""
    try:
        yield
    except (MemoryError, RunFailed, Stopped):
        raise
    except Exception as error:
        if isinstance(error, NoDecision):  # which says itself what is to be mended, and where
            raise RunFailed(str(error), scenario.name, seed) from error
        where = "".join(traceback.format_exception(error))
        raise RunFailed(f"{type(error).__name__}: {error}", scenario.name, seed, where) from error


def _check(how: How, seeds: Sequence[int]) -> None:
    _checked_seeds(seeds)
    if how.loop not in LOOPS:
        raise ValueError(f"there is no loop {how.loop!r}; choose one of {', '.join(LOOPS)}")
    if how.threads < 1 or how.followed < 0:
        raise ValueError("a run needs at least one thread, and follows no fewer than 0 people")


def _checked_seeds(seeds: Iterable[int]) -> tuple[int, ...]:
    """As a tuple of plain integers, each one once: a world counted twice would look like evidence."""
    found = tuple(int(seed) for seed in seeds)
    if not found:
        raise ValueError("there is no world without a seed; name at least one")
    if min(found) < 0 or max(found) >= SEEDS:
        raise ValueError("a seed is a whole number from 0 to 2^64 - 1")
    if len(set(found)) < len(found):
        raise ValueError("a seed is named twice; each world counts once")
    return found


def expected_seconds(scenario: Scenario, how: How) -> float:
    each = SECONDS_A_CUSTOMER_WEEK.get(how.loop, 0.0)
    return (scenario.time.burn_in_weeks + scenario.time.weeks) * (SECONDS_A_WEEK + each * scenario.people)


def crew_for(scenario: Scenario, workers: int) -> AbstractContextManager[Executor]:
    """Workers for many rounds of runs of one scenario; see `crew`."""
    return crew(workers, partial(compile_for, [scenario], AS_USUAL.loop))


def compile_for(scenarios: Sequence[Scenario], loop: str) -> None:
    """Live a week of each kind of world, so that workers find its machine code on the disk."""
    for scenario in {scenario.history_hash: scenario for scenario in scenarios}.values():
        data = scenario.resolved
        few = data["people"] | {"count": min(scenario.people, WARM_PEOPLE)}
        soon = data["time"] | {"weeks": scenario.time.planning_weeks, "burn_in_weeks": YEAR}
        firms = {name: firm | {"customers": 0} for name, firm in data["businesses"].items()}  # more than there are few
        with surfacing(scenario, 0):
            Market(scenario_from(data | {"people": few, "time": soon, "businesses": firms}), 0, loop).step()
