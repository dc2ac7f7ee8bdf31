"""Plans that watch others."""

from __future__ import annotations

from typing import Annotated, NamedTuple

from sim.strategies.books import Books, Decision
from sim.strategies.fixed import divided
from sim.units import factor, share


class FollowTheLeader(NamedTuple):
    """Advertise as much of the own revenue as the largest rival does of its own; keep customers by a rule of one's own.

    The leader's figures are those of the last quarter. Whoever has more revenue than every rival has nobody to follow
    and spends ``winning_spend``.

    Source
    ------
    Competitive-parity budgeting (Low & Mohr 1999); Jones (1990): share of voice in line with share of market.
    """

    parity: Annotated[float, factor("own share of voice over own share of market", "A68", (0.5, 2.0))] = 1.0
    winning_spend: Annotated[
        float, share("of revenue spent on winning customers while nobody leads", "A68", (0.0, 0.3))
    ] = 0.04
    keeping_spend: Annotated[float, share("of revenue spent on keeping customers", "A68", (0.0, 0.3))] = 0.04

    def plan(self, books: Books) -> Decision:
        """Do in proportion what the leader did last quarter."""
        own = max(books.volume.revenue, 0.0)
        leader = max(books.rivals, key=lambda rival: rival.revenue, default=None)
        winning = self.winning_spend * own
        if leader is not None and leader.revenue > own:
            winning = self.parity * max(leader.advertising, 0.0) * (own / leader.revenue)
        return divided(winning, self.keeping_spend * own)
