"""A strategy of one's own: save first, and spend what was saved when there are enough customers to talk about it."""

from typing import Annotated, NamedTuple

from sim.strategies.books import Books, Decision
from sim.units import count, share


class Patient(NamedTuple):
    """Spend little on winning customers until there are enough of them; then spend a share of the cash in hand."""

    enough: Annotated[int, count("on the list, from which to spend", "my experience")] = 400
    cash_share: Annotated[float, share("of the cash in hand, spent in a year", "my experience", (0.0, 1.0))] = 0.2
    acquisition_share: Annotated[float, share("of the spend that goes to winning customers", "my experience")] = 0.3

    def plan(self, books: Books) -> Decision:
        """Answer with money a week, and the part of it that wins customers."""
        if books.listed_customers < self.enough:
            return Decision(spend_per_week=0.05 * books.volume.revenue, acquisition_share=self.acquisition_share)
        return Decision(self.cash_share * max(books.cash, 0.0) / 52.0, self.acquisition_share)
