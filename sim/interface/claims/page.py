"""The page of the claims: written from what the trials found, and from nothing else."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from statistics import fmean
from typing import Any

from sim.experiment.claims.file import CHAPTERS
from sim.experiment.claims.people import PEOPLE
from sim.experiment.claims.verdict import Verdict
from sim.interface.claims.words import HARDLY_ANY, Data, amount, for_scientists, interval, matters, needs, turning

HALF = 0.5
FIGURES = "claims"
QUICK_WORDS = ", --quick: few worlds, and each simulated person stands for two"
"""Folder of the figures, beside the page."""
HEAD = """# Keep or win? Twenty-seven claims on trial

Everybody who sells has been told that keeping a customer costs a sixth of winning one, that four fifths of sales come
from one customer in five, that whoever lives on old customers will be eaten by the first cheap rival. Such sentences
are handed on because they sound right. This page puts twenty-seven of them before a court that cannot be impressed: a
market of simulated people who need, choose, forget, talk and leave, lived again and again with the same luck and one
thing changed."""
PHASES = f"""![The best split over growth goal, repeat rate and size of the base]({FIGURES}/phases.png)

*Which matters more, old customers or new ones?* Each cell of the figure is a market of its own: goals of growth from
bottom to top, firms from small to large from left to right, customers who hardly leave in the first panel and customers
who leave easily in the last. In each of them plans of every spend and split were tried, and the colour is the split
that reaches the goal with the least money. Where there is a cross no plan does."""
HOW = """## How a verdict is reached

Each claim has a file that names its worlds, what is measured in them, from which value on it counts as true, and what
would be said for each verdict. All files were committed before any of their worlds was lived, and whatever was
corrected since has a commit of its own that names the mistake; the history of `experiments/claims` shows it. A claim is

- **supported** if it surely holds where it is tested and in most worlds in which uncertain numbers have other values;
- **refuted** if it surely fails there and in most such worlds;
- **conditional** if it surely holds in one part of the range of its condition, or of what is plausible, and surely
  fails in another;
- **inconclusive** if nobody can tell.

*Surely* means that an interval lies on one side of the threshold, and that all intervals on which the verdicts of all
twenty-seven claims rest are right together with 95 % (Bonferroni). A model is a model: a verdict says what follows from
its [rules](odd.md) and [assumptions](assumptions.md), not what your customers will do.

```sh
python run.py claims --only C05
```"""
TITLES = {
    "growth": ("What growth is made of", "How fast do you want to grow? Nearly everything else hangs on the answer."),
    "costs": ("What a customer costs", "Ratios travel well. What they leave out is where the next coin does most."),
    "people": ("What customers become", "They stay, come more often, tell others. Or those who would have, stay."),
    "keeping": ("What holds them", "A fast desk, a second product, the first hundred days."),
    "rivals": ("What rivals do", "Others have plans, too, and markets turn."),
    "word": ("What people say", "Talk is marketing that nobody pays for, and nobody commands."),
    "numbers": ("What the numbers say", "Folklore with a per cent sign, measured."),
}


def page_of(document: Any) -> str:
    """The whole page.

    Parameters
    ----------
    document : of all claims
    """
    claims = document["claims"]
    parts = [
        HEAD,
        *([PHASES, what_phases_say(document["phases"])] if document["phases"] else []),
        _board(claims, document),
        HOW,
    ]
    for chapter in CHAPTERS:
        inside = [claim for claim in claims if claim["chapter"] == chapter]
        if inside:
            title, opening = TITLES[chapter]
            parts += [f"## {title}\n\n{opening}", *map(story_of, inside)]
    return "\n\n".join([*parts, definitions()]) + "\n"


def what_phases_say(markets: Sequence[Data]) -> str:
    """The diagram in words: how often keeping is best, and how the split moves with each of the three.

    Check
    -----
    >>> cell, none = ({"annual_growth": goal, "reachable": goal < 1.0, "acquisition_share": 0.4,
    ...                "spend_share_of_revenue": 0.1} for goal in (0.1, 1.0))
    >>> told = what_phases_say([{"leaving": 0.1, "known": 0.2, "goals": [cell, none]}])
    >>> told[:44]
    'In 1 of 2 cells some plan reaches the goal, '
    """
    seen = [(market, cell) for market in markets for cell in market["goals"]]
    within = sum(cell["reachable"] for _, cell in seen)
    reached = [(market, cell) for market, cell in seen if matters(cell)]
    if not reached:
        return f"In {within} of {len(seen)} cells some plan reaches the goal, each with hardly any money."
    keeping = sum(cell["acquisition_share"] < HALF for _, cell in reached)
    goals, sizes, leaving = (
        sorted({of(market, cell) for market, cell in reached})
        for of in (lambda m, c: c["annual_growth"], lambda m, c: m["known"], lambda m, c: m["leaving"])
    )

    def mean(chosen: Callable[[Data, Data], bool]) -> str:
        return f"{100 * fmean(cell['acquisition_share'] for market, cell in reached if chosen(market, cell)):.0f} %"

    return (
        f"In {within} of {len(seen)} cells some plan reaches the goal, and in {len(reached)} it takes more than "
        f"{100 * HARDLY_ANY:.0f} % of revenue. Of these, keeping gets more of it than winning in {keeping}. "
        f"The mean share for winning is "
        f"{mean(lambda m, c: c['annual_growth'] == goals[0])} for growth of {100 * goals[0]:.0f} % a year and "
        f"{mean(lambda m, c: c['annual_growth'] == goals[-1])} for {100 * goals[-1]:.0f} %; "
        f"{mean(lambda m, c: m['known'] == sizes[0])} for the smallest firms and "
        f"{mean(lambda m, c: m['known'] == sizes[-1])} for the largest; "
        f"{mean(lambda m, c: m['leaving'] == leaving[0])} where {100 * leaving[0]:.0f} % leave at an order and "
        f"{mean(lambda m, c: m['leaving'] == leaving[-1])} where {100 * leaving[-1]:.0f} % do."
    )


def _board(claims: Sequence[Data], document: Any) -> str:
    """Who won: the verdicts, most interesting first."""
    lines = []
    for verdict in Verdict:
        mine = [claim for claim in claims if claim["verdict"] == str(verdict)]
        if mine:
            named = "; ".join(f"[{claim['title']}](#{anchor(claim)})" for claim in mine)
            lines.append(f"- **{len(mine)} {verdict}**: {named}.")
    lived = f"{document['runs']:,} runs, seed {document['seed']}{QUICK_WORDS if document['quick'] else ''}."
    return "\n".join(lines) + f"\n\nWritten by `python run.py claims --page docs`: {lived}"


def anchor(claim: Data) -> str:
    """What a link to its heading is called.

    Check
    -----
    >>> anchor({"id": "C07", "title": "Keeping costs a sixth, or so"})
    'c07-keeping-costs-a-sixth-or-so'
    """
    kept = "".join(each for each in f"{claim['id']} {claim['title']}".lower() if each.isalnum() or each in " -")
    return kept.replace(" ", "-")


def story_of(claim: Data) -> str:
    """One claim: what is said, what came out, the figure, the evidence, what others found."""
    found = [f"### {claim['id']} {claim['title']}", f"> {claim['statement']}"]
    found.append(f"**{capital(claim['verdict'])}**: {claim['why']}. *{claim['manager']}* {turning(claim)}".strip())
    found.append(f"![{claim['title']}]({FIGURES}/{claim['id']}.png)")
    found.append(f"{claim['mechanism']} {claim['caution']}".strip())
    found.append(_table(claim["evidence"]))
    measured = ", ".join(f"`{each['formula']}`" for each in claim["evidence"] if each["decides"])
    found.append(
        f"*For scientists.* {for_scientists(claim)} Measured: {measured}; [the experiment](../{claim['file']})."
    )
    literature = " ".join(f"{each['reference']}: {each['found']}" for each in claim["literature"])
    found.append(f"*Others have found.* {literature}")
    return "\n\n".join(found)


def capital(sentence: str) -> str:
    """A sentence with a capital at its beginning.

    Check
    -----
    >>> capital("it holds where A25 does")
    'It holds where A25 does'
    """
    return sentence[:1].upper() + sentence[1:]


def definitions() -> str:
    """What measures of single people mean; those of everybody are printed by `python run.py metrics`."""
    lines = [f"- `{name}`: {' '.join((measure.__doc__ or '').split())}" for name, measure in PEOPLE.items()]
    told = "What the formulas name is defined by `python run.py metrics`, and, where single people are looked at, here:"
    return "\n".join(["## What was measured", "", told, "", *lines])


def _table(evidence: Sequence[Data]) -> str:
    """Every question with what came out."""
    lines = ["| measured | | 95 % | needed |", "|---|---|---|---|"]
    for each in evidence:
        cells = (
            each["question"],
            amount(each["estimate"], each["unit"]),
            interval(each["ci95"], each["unit"]),
            needs(each) if each["decides"] else "",
        )
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)
