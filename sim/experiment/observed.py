"""What was seen on the way beside the metrics: phases of the journey, moves between them, and every programme.

Small enough to come home from every world: phases as often as businesses plan, moves summed over the run, and
programmes by year.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pyarrow as pa

from sim.model.business import ENTRIES, REFERRAL_REWARDS
from sim.model.history import CONTACTED, SPENT, WON
from sim.model.market import Market
from sim.rules.journey import PHASES
from sim.rules.retention import Levers
from sim.scenario.schema import MOST_CHANNELS, YEAR, Business

if TYPE_CHECKING:
    from sim.experiment.outcome import Run

Columns = dict[str, Any]
"""Arrays and lists of one length, by name."""


class Observed(NamedTuple):
    """From week 0 on, in people of the real market and minor units of money."""

    weeks: np.ndarray
    """int32 (censuses,): when everybody was looked at."""
    phases: np.ndarray
    """int64 (censuses, businesses, phases): people in each phase."""
    moves: np.ndarray
    """int64 (businesses, phases, phases): people who were in one phase at a census and in another at the next."""
    programmes: np.ndarray
    """int64 (years, businesses, programmes, 3): spent, contacted, won; the last year may be short."""


def observed_in(market: Market) -> Observed:
    """What there was to see in a market that has been lived."""
    census, businesses = market.census, len(market.businesses)
    years = range(market.opening_tick, market.tick, YEAR)
    return Observed(
        weeks=np.array(census.weeks, np.int32),
        phases=np.array(census.phases, np.int64).reshape(-1, businesses, len(PHASES)),
        moves=sum(census.moves, np.zeros((businesses, len(PHASES), len(PHASES)), np.int64)),
        programmes=np.array([market.programmes[at : min(at + YEAR, market.tick)].sum(axis=0) for at in years]),
    )


def programmes_of(business: Business) -> dict[str, int]:
    """Names of a business's programmes and their places: its channels, the levers, rewards, and entering markets.

    All but channels are written with a dot, so that no channel can be called the same.
    """
    channels = {name: at for at, name in enumerate(business.channels)}
    levers = {f"levers.{name}": MOST_CHANNELS + at for at, name in enumerate(Levers._fields)}
    return channels | levers | {"levers.referral.reward": REFERRAL_REWARDS, "markets.entered": ENTRIES}


def journey_of(run: Run) -> Columns:
    """Columns week, business, phase, people."""
    phases = run.observed.phases
    census, business, phase = (axis.ravel() for axis in np.indices(phases.shape))
    return {
        "week": run.observed.weeks[census],
        "business": [run.scenario.businesses[slot].name for slot in business],
        "phase": [PHASES[at] for at in phase],
        "people": phases.ravel(),
    }


def moves_of(run: Run) -> Columns:
    """Columns business, from, to, people: from one census to the next, summed."""
    moves = run.observed.moves
    business, before, after = (axis.ravel() for axis in np.indices(moves.shape))
    return {
        "business": [run.scenario.businesses[slot].name for slot in business],
        "from": [PHASES[at] for at in before],
        "to": [PHASES[at] for at in after],
        "people": moves.ravel(),
    }


def spending_of(run: Run) -> Columns:
    """Columns year, business, programme, spent (money), contacts, won (people)."""
    counted = run.observed.programmes
    rows = [
        (year, business.name, programme, *counted[year, slot, at].tolist())
        for year in range(len(counted))
        for slot, business in enumerate(run.scenario.businesses)
        for programme, at in programmes_of(business).items()
    ]
    year, business_name, programme, *_ = zip(*rows, strict=True)
    counts = np.array([row[3:] for row in rows], np.int64)
    return {
        "year": np.array(year, np.int32),
        "business": list(business_name),
        "programme": list(programme),
        "spent": counts[:, SPENT] / run.scenario.minor_units,
        "contacts": counts[:, CONTACTED],
        "won": counts[:, WON],
    }


TABLES: dict[str, Callable[[Run], Columns]] = {
    "journey.parquet": journey_of,
    "moves.parquet": moves_of,
    "programmes.parquet": spending_of,
}
"""What is stored of all this, by the name of its file."""


def observed_tables(
    columns_of: Callable[[Run], Columns], names: Sequence[str], runs: Sequence[Sequence[Run]]
) -> Iterator[pa.Table]:
    """One table a run: run (its seed), scenario, then the columns."""
    for name, each in zip(names, runs, strict=True):
        for run in each:
            columns = columns_of(run)
            rows = len(next(iter(columns.values())))
            yield pa.table({"run": np.full(rows, run.seed, np.uint64), "scenario": [name] * rows} | columns)
