"""Plans that find out from their books what money does, and move it to where it does more."""

from __future__ import annotations

from itertools import islice
from typing import Annotated, NamedTuple

from sim.strategies.books import CAN_ENTER, Books, Decision
from sim.strategies.fixed import divided
from sim.strategies.learning import Response, believed, per_head_year, square_wave, towards
from sim.theory.value import lifetime_value
from sim.units import Parameter, factor, money, share, weeks

YEAR = 52.0
LINE = len(Response._fields)


class Mind(NamedTuple):
    """What customer equity knows: two lines, and the money that still acts, per head and year."""

    winning: Response
    keeping: Response
    winning_stock: float
    keeping_stock: float


class CustomerEquity(NamedTuple):
    """Spend on winning and on keeping until the last unit of money of both earns the same in customer equity.

    How joining answers to winning money, and how often listed customers order to keeping money, is learned from the
    own books; money is moved up and down a little all the time, so that there is something to learn from. With
    elasticities w and k the returns are equal where winning gets w times the worth of the customers who join in a year
    and keeping k times the worth of the list; both together never get more than ``most_spend`` of revenue.

    Source
    ------
    Blattberg & Deighton (1996) and Rust, Lemon & Zeithaml (2004): budgets that maximise customer equity; Dorfman &
    Steiner (1954): elasticities as shares of what is earned. The beliefs at the beginning are assumption A69.
    """

    believed_winning: Annotated[
        float, Parameter("elasticity", "of joining to winning money, before anything is learned", "A69",
                         0.0, 1.0, (0.05, 0.5))
    ] = 0.2  # fmt: skip
    believed_keeping: Annotated[
        float, Parameter("elasticity", "of repeat orders to keeping money, before anything is learned", "A69",
                         0.0, 1.0, (0.01, 0.2))
    ] = 0.05  # fmt: skip
    doubt: Annotated[float, factor("standard deviation of both beliefs, over the beliefs", "A69", (0.2, 3.0))] = 1.0
    probe: Annotated[float, share("of its money by which each side is moved up and down", "A70", (0.05, 0.4))] = 0.2
    most_spend: Annotated[float, share("of revenue spent at most", "A69", (0.1, 0.6))] = 0.30
    discount_rate: Annotated[float, share("a year", "A31", (0.05, 0.2))] = 0.10

    def plan(self, books: Books) -> Decision:
        """Learn from the weeks since the last plan, then equalise marginal returns."""
        mind = self._mind(books)
        winning, keeping = self._best(books, mind)
        winning *= 1.0 + self.probe * square_wave(books.week, 52)
        keeping *= 1.0 + self.probe * square_wave(books.week, 104)
        kept = (*mind.winning, *mind.keeping, mind.winning_stock, mind.keeping_stock)
        return divided(winning, keeping)._replace(learned=kept)

    def _mind(self, books: Books) -> Mind:
        """What was known, corrected by what has happened since."""
        recent, year, prospects, listed = books.since_plan, books.year, books.prospects, books.listed_customers
        if len(books.learned) == 2 * LINE + 2:
            kept = books.learned
            mind = Mind(Response(*kept[:LINE]), Response(*kept[LINE : 2 * LINE]), *kept[2 * LINE :])
        else:
            mind = Mind(
                believed(self.believed_winning, self.doubt * self.believed_winning),
                believed(self.believed_keeping, self.doubt * self.believed_keeping),
                per_head_year(year.acquisition_spend, year.weeks, prospects),
                per_head_year(year.retention_spend, year.weeks, listed),
            )
        winning = per_head_year(recent.acquisition_spend, recent.weeks, prospects)
        keeping = per_head_year(recent.retention_spend, recent.weeks, listed)
        winning = towards(mind.winning_stock, winning, recent.weeks, 13.0)
        keeping = towards(mind.keeping_stock, keeping, recent.weeks, 26.0)
        return Mind(
            mind.winning.seen(winning, recent.joined, prospects, recent.weeks),
            mind.keeping.seen(keeping, recent.orders - recent.joined, listed, recent.weeks),
            winning,
            keeping,
        )

    def _best(self, books: Books, mind: Mind) -> tuple[float, float]:
        """Money a week for winning and for keeping at which both last units earn the same."""
        year, listed = books.year, books.listed_customers
        if year.weeks <= 0 or listed <= 0 or year.margin <= 0.0:
            return 0.0, 0.0
        a_year = YEAR / year.weeks
        retention = min(max(1.0 - year.left * a_year / listed, 0.0), 0.95)
        worth = lifetime_value(year.margin * a_year / listed, 0.0, retention, self.discount_rate)
        winning = mind.winning.elasticity * year.joined * a_year * worth / YEAR
        keeping = mind.keeping.elasticity * listed * worth / YEAR
        most = max(self.most_spend * books.volume.revenue, 0.0)
        part = min(most / (winning + keeping), 1.0) if winning + keeping > 0.0 else 0.0
        return part * winning, part * keeping


class ExpandWhenSaturated(NamedTuple):
    """Put money into winning as long as one more customer costs less than a limit; what is left over keeps.

    Where another market can be entered and its cost is in hand, the business enters it instead of giving in.

    All together is a share of revenue. What one more customer costs is what the last ones cost on average, over the
    elasticity that was learned: at constant returns it is 1 and both are the same, near saturation it falls to 0 and
    the next customer is much dearer than the last.

    Source
    ------
    Blattberg & Deighton (1996): acquire until the last customer costs what it is worth; the curve saturates.
    """

    most_per_customer: Annotated[
        float, money("that one more customer won by a contact may cost", "A71", (20.0, 300.0))
    ] = 90.0
    spend_share: Annotated[float, share("of revenue spent on marketing", "A71", (0.0, 0.4))] = 0.12
    acquisition_share: Annotated[
        float, share("of the spend that goes to winning customers at first", "A71", (0.0, 1.0))
    ] = 0.5
    step: Annotated[float, share("by which winning money is moved at each plan", "A71", (0.02, 0.3))] = 0.1

    def plan(self, books: Books) -> Decision:
        """Move winning money up or down by a step."""
        part, response, stock = self._known(books)
        recent, prospects = books.since_plan, books.prospects
        now = per_head_year(recent.acquisition_spend, recent.weeks, prospects)
        stock = towards(stock, now, recent.weeks, 13.0)
        response = response.seen(stock, recent.responses, prospects, recent.weeks)
        too_dear = self._next_customer_costs(books, response) > self.most_per_customer
        enter = self._way_out(books) if too_dear else ()
        if not too_dear:
            part = min(part * (1.0 + self.step), 1.0)
        elif not enter:
            part = part / (1.0 + self.step)
        part = max(part, 0.01)  # a little goes on, or nobody would notice that winning has become cheap again
        spend = max(self.spend_share * books.volume.revenue, 0.0)
        return Decision(spend, part, (part, *response, stock), enter)

    def _way_out(self, books: Books) -> tuple[int, ...]:
        """The first market that can be entered and paid for; none if there is no such market."""
        ways = (
            place
            for place, market in enumerate(books.markets)
            if market.standing == CAN_ENTER and market.entry_cost <= books.cash
        )
        return tuple(islice(ways, 1))

    def _known(self, books: Books) -> tuple[float, Response, float]:
        """The part that wins, the line that was learned, and the money that still acts."""
        if len(books.learned) == LINE + 2:
            part, *line, stock = books.learned
            return min(max(part, 0.0), 1.0), Response(*line), stock
        year = books.year
        stock = per_head_year(year.acquisition_spend, year.weeks, books.prospects)
        return self.acquisition_share, believed(1.0, 0.5), stock

    def _next_customer_costs(self, books: Books, response: Response) -> float:
        """Money for one more customer by contact, going by the last year; whoever has spent nothing may begin."""
        return books.year.acquisition_spend / max(books.year.responses, 0.5) / response.elasticity


class Adaptive(NamedTuple):
    """Try a split a little above and a little below its own in turn, and move to the side that earned more profit.

    Each trial is compared with the mean of the one before and the one after, so that a business that grows does not
    take growth for success. Only the second half of a trial counts: in the first, customers still answer to the last.
    It learns slowly, and from profit alone: customers who pay later do not show.

    Source
    ------
    Kiefer & Wolfowitz (1952): climb by differences of what is observed with noise; Little (1966): adaptive control of
    promotional spending.
    """

    spend_share: Annotated[float, share("of revenue spent on marketing", "A72", (0.0, 0.4))] = 0.08
    acquisition_share: Annotated[
        float, share("of the spend that goes to winning customers at first", "A72", (0.0, 1.0))
    ] = 0.5
    probe: Annotated[float, share("of the spend by which trials go up and down", "A70", (0.05, 0.4))] = 0.2
    step: Annotated[float, share("by which the split moves after a trial", "A72", (0.02, 0.2))] = 0.05
    trial_weeks: Annotated[int, weeks("of one trial", "A72", (13, 52), low=2)] = 26

    def plan(self, books: Books) -> Decision:
        """Go on with the trial; at its end judge the one before it, and begin the next on the other side."""
        diary = self._diary(books).after(books, self.trial_weeks)
        if diary.lived >= self.trial_weeks:
            diary = diary.next_trial(self.step)
        split = min(max(diary.centre + self.probe * diary.side, 0.0), 1.0)
        return Decision(max(self.spend_share * books.volume.revenue, 0.0), split, tuple(map(float, diary)))

    def _diary(self, books: Books) -> Diary:
        """What was written down, or a first page; weeks before that page are nobody's trial."""
        if len(books.learned) == len(Diary._fields):
            return Diary(*books.learned)
        return Diary(self.acquisition_share, 1.0, -float(books.since_plan.weeks), 0.0, 0.0, 0.0, 0.0, 0.0)


class Diary(NamedTuple):
    """What the adaptive plan writes down."""

    centre: float
    """The split that trials lie around."""
    side: float
    """Of this trial: 1 above, -1 below."""
    lived: float
    """Weeks of this trial so far."""
    profit: float
    """Of the weeks that count."""
    counted: float
    """How many these were."""
    last: float
    """Profit a week of the last trial."""
    before: float
    """Of the trial before that."""
    trials: float
    """How many were finished."""

    def after(self, books: Books, trial_weeks: int) -> Diary:
        """With the weeks since the last plan; those of the second half of a trial, or that reach into it, count."""
        recent = books.since_plan
        lived = self.lived + recent.weeks
        if lived <= trial_weeks / 2.0:
            return self._replace(lived=lived)
        return self._replace(lived=lived, profit=self.profit + recent.profit, counted=self.counted + recent.weeks)

    def next_trial(self, step: float) -> Diary:
        """The page of the next trial; with three trials done, the centre moves to the better side of the last one."""
        mean = self.profit / max(self.counted, 1.0)
        centre = self.centre
        if self.trials >= 2.0:
            gain = self.last - (self.before + mean) / 2.0
            better = -self.side if gain > 0.0 else self.side if gain < 0.0 else 0.0  # the last was on the other side
            centre = min(max(centre + step * better, 0.0), 1.0)
        return Diary(centre, -self.side, 0.0, 0.0, 0.0, mean, self.last, min(self.trials + 1.0, 3.0))
