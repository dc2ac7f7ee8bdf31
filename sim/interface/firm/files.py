"""The three files of a firm: what it does now, and two plans; every number says where it comes from."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from sim.experiment.firm import Firm, plan_of, world_of
from sim.interface.terminal.yaml_text import amount, comment, schema_line, story, written_out, yaml

if TYPE_CHECKING:
    from sim.experiment.start import Line, Start

PLANS = ("steady", "aggressive")
CALLED = {
    "listed_customers": "customers: people who ordered in the year",
    "orders_of_a_customer": "orders of a customer in the year",
    "new_customers": "customers won in the year",
    "orders": "orders of the year",
    "revenue": "revenue of the year",
    "average_order_value": "value of an order",
    "marketing": "marketing money of the year",
    "retention_rate": "of last year's customers, those who stayed",
    "revenue_growth": "growth of revenue in the year",
}


def files_of(start: Start, path: Path) -> dict[Path, str]:
    """The text of every file, by its path; the same answers give the same texts."""
    texts = {path: _firm_file(start, path)}
    for name in PLANS:
        texts[path.with_name(f"{path.stem}_{name}{path.suffix}")] = plan_file(start.firm, path, name)
    return texts


def paths_of(path: Path) -> list[Path]:
    """The files that a firm is written to."""
    return [path, *(path.with_name(f"{path.stem}_{name}{path.suffix}") for name in PLANS)]


def shown_line(line: Line) -> tuple[str, str, str]:
    """A line of the check: what it is, what was answered, what was simulated."""
    in_per_cent = line.asked is None
    mean, low, high = (
        f"{100 * value:.0f} %" if in_per_cent else amount(value) for value in (line.mean, line.low, line.high)
    )
    asked = "not asked" if line.asked is None else amount(line.asked)
    return CALLED[line.name], asked, f"{mean} ({low} to {high})"


# ---------------------------------------------------------------------------------------------------------------- firm


def _firm_file(start: Start, path: Path) -> str:
    firm, world = start.firm, world_of(start.firm, start.found)
    heading = {key: world.pop(key) for key in ("schema", "extends")}
    parts = [
        schema_line(path),
        _header(start),
        yaml(heading, {"extends": "whatever is not written here is as in scenarios/base.yaml"}),
        story(_stories(firm)),
        *(yaml({key: value}, _notes(start)) for key, value in world.items()),
    ]
    return "\n".join(part for part in parts if part)


def _header(start: Start) -> str:
    rows = [("in the year before week 0", "answer", "simulated (lowest to highest world)")]
    rows += [shown_line(line) for line in start.lines]
    widths = [max(len(row[at]) for row in rows) for at in (0, 1)]
    table = [f"#   {name:<{widths[0]}}  {asked:>{widths[1]}}  {simulated}" for name, asked, simulated in rows]
    text = (
        'A firm in the market of "base", written by keepwin\'s init. Behind every number stands where it comes from: '
        '"answer" is what you said, "found" was found by simulation, everything else is assumed: A20 and so on are '
        "paragraphs of docs/assumptions.md. Correct what you know better."
    )
    few = start.simulated_customers
    noise = (
        f"Only about {few:.0f} simulated people are customers of this firm at week 0, so worlds differ widely: "
        "live many, and read the ranges. "
        if start.is_noisy
        else ""
    )
    how = (
        f"Found: need, known and affinity were moved until the year before week 0 looked like the answers, in "
        f"{start.searched} worlds with seeds of their own. This is how {start.checked} other worlds, of seeds 1 to "
        f"{start.checked}, look then:"
    )
    return "\n".join([comment(text), "#", comment(noise + how), "#", *table, ""])


def _stories(firm: Firm) -> dict[str, str]:
    split = f"{written_out(100 * firm.acquisition_share)} %"
    return {
        "what_is_it": (
            f"A firm with {firm.customers:,} customers in a market of {firm.people:,} people. A customer orders "
            f"{written_out(firm.orders)} times a year for {written_out(firm.order_value)} {firm.currency}, of which "
            f"{written_out(100 * firm.margin)} % are margin. It spends {written_out(firm.marketing)} "
            f"{firm.currency} a year on "
            f"marketing, {split} of it to win customers, whatever happens: the status quo."
        ),
        "how_it_works": (
            "The market is that of base, with two larger rivals, and money on the scale of the firm. Each simulated "
            f"person stands for {firm.represents:,}. Three years pass before week 0; the last of them looks like the "
            "answers."
        ),
        "things_to_notice": (
            "The firm does not stand still although its plan never changes. Every other plan should be judged against "
            "this run, not against zero."
        ),
        "things_to_try": (
            "Compare with the two plans beside this file. Then make care weaker and stronger "
            "(businesses.ours.levers.care.strength), the least known number of all, and see whether the answer stays."
        ),
    }


def _notes(start: Start) -> dict[str, str]:
    """Where each number comes from."""
    firm = start.firm
    return {
        "currency": "answer, or what is usual",
        "people.count": "simulated people; times represents: your market",
        "people.represents": "people of your market for each simulated one",
        "people.need_per_year": f"mean found: a customer orders {written_out(firm.orders)} times a year; spread A27",
        "people.leaving": "chance per order; loses as many a year as base, A28",
        "people.mean_order_value": "answer",
        "rules.choice.reference_price": "the price people are used to: yours, A3",
        "businesses.ours.price": "answer",
        "businesses.ours.unit_cost": f"answer: a margin of {written_out(100 * firm.margin)} %",
        "businesses.ours.cash": "a seventh of a year's revenue, A38",
        "businesses.ours.credit_line": "two sevenths, A38",
        "businesses.ours.affinity": "found, on a path through the firms of base, A37",
        "businesses.ours.known": f"found: you have {firm.customers:,} customers",
        "businesses.ours.channels": "base, per margin of a customer and year, A20",
        "businesses.ours.levers.care": "the same; the least known number of all, A25",
        "businesses.ours.levers.loyalty_scheme": "base, per margin of an order; off, A26",
        "businesses.ours.status_quo.fixed_budget.spend_per_year": "answer",
        "businesses.ours.status_quo.fixed_budget.acquisition_share": "answer, or a half",
        "businesses.ours.strategy": "the same: the zero",
        "businesses.incumbent_a.price": "rivals: your price, margin and responses",
        "businesses.incumbent_a.affinity": "as large beside the other as in base, A37",
        "businesses.incumbent_a.status_quo": "base, over the margin, A32",
    }


# --------------------------------------------------------------------------------------------------------------- plans


def plan_file(firm: Firm, path: Path, name: str) -> str:
    """The text of a plan for the firm whose own file is at the path."""
    plan = plan_of(firm, name)
    head = {"schema": 1, "extends": path.name}
    numbers = plan[name]
    goal = f"{100 * numbers['low']:g} to {100 * numbers['high']:g} %"
    split = f"{100 * numbers['acquisition_share']:g} %"
    most = f"{amount(100 * numbers['most_spend'])} %"
    opening = f"{amount(100 * numbers['opening_spend'])} %"
    told = {
        "what_is_it": (
            f"The firm of {path.name} wants its revenue to grow by {goal} a year, and spends {split} of its marketing "
            "money on winning customers, the rest on keeping them."
        ),
        "how_it_works": (
            f"It begins with {opening} of its revenue. Every four weeks it looks at its books, spends a larger share "
            f"when it is behind its goal and a smaller one when it is ahead, and never more than {most}."
        ),
        "things_to_notice": "What the growth costs, who brings it, and in how many of the worlds the goal is reached.",
        "things_to_try": "Change acquisition_share and keep the goal: is the same growth cheaper or dearer?",
    }
    now = _share_of_revenue(firm)
    notes = {
        f"businesses.ours.strategy.{name}.{key}": note
        for key, note in {
            "low": "growth of revenue a year that counts as reached",
            "acquisition_share": f"of the spend; of base's {name}, A34",
            "opening_spend": f"of revenue; base's {name} at your margin, A34{now}",
            "most_spend": "of revenue, ever; the same",
        }.items()
    }
    title = {
        "steady": "Keep: grow by a tenth to a fifth a year, and look after old customers first.",
        "aggressive": "Win: grow by half or more a year, mostly with new customers.",
    }
    body = yaml({"businesses": {"ours": {"strategy": plan}}}, notes)
    parts = [schema_line(path), comment(title[name]), yaml(head, {}), story(told), body]
    return "\n".join(part for part in parts if part)


def _share_of_revenue(firm: Firm) -> str:
    return f"; now {amount(100 * firm.marketing / firm.revenue)} %" if firm.marketing else ""
