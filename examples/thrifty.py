"""A strategy of one's own that divides its money: more for the channels that win customers cheaply."""

from typing import Annotated, NamedTuple

from sim.strategies.books import Books, Decision
from sim.units import share


class Thrifty(NamedTuple):
    """Spend a share of revenue, half of it on winning, and give each channel as much as it has won for its money."""

    spend_share: Annotated[float, share("of revenue spent on marketing", "my experience", (0.0, 0.4))] = 0.08
    evenly: Annotated[float, share("of the winning money that is divided as before, to go on learning", "mine")] = 0.3
    welcome: Annotated[float, share("off the price for people who never ordered here", "mine", (0.0, 0.3))] = 0.0

    def plan(self, books: Books) -> Decision:
        """Answer with money a week, its division among channels, and a price for new people and for old."""
        # less than one unit of money a year tells nothing
        won = [each.won / each.spend if each.share and each.spend > 1.0 else 0.0 for each in books.channels]
        evenly = self.evenly if sum(won) else 1.0
        parts = [evenly * each.share for each in books.channels]
        if sum(won):
            parts = [part + (1.0 - evenly) * each / sum(won) for part, each in zip(parts, won, strict=True)]
        return Decision(
            spend_per_week=self.spend_share * books.volume.revenue,
            acquisition_share=0.5,
            channels=tuple(parts) if sum(parts) else None,  # whoever pays per sale has nothing to divide
            prices=((1.0 - self.welcome) * books.price, books.price) if self.welcome else None,
        )
