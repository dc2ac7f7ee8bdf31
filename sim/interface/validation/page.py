"""The page of validation: what was checked and how, after the headings of Rand and Rust (2011)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sim.experiment.validation.laboratory import STUDIES, Verdict
from sim.experiment.validation.mutants import Caught
from sim.experiment.validation.validate import FAMILIES, Validation
from sim.interface.validation.validating import (
    expected_of,
    interval_of,
    number,
    summary,
    summary_of_mutants,
    tolerance_of,
    verdict_of,
)

PAGE, PAGE_OF_MUTANTS = "validation.md", "validation-mutants.md"
"""Names of the files."""

HEAD = """# Verification and validation

This page is written by `python run.py validate --out docs`. It follows Rand & Rust (2011), Agent-based modeling in
marketing: guidelines for rigor, International Journal of Research in Marketing 28(3), 181-193
([doi:10.1016/j.ijresmar.2011.04.002](https://doi.org/10.1016/j.ijresmar.2011.04.002)), whose headings are used below.
*Verification* asks whether the program is the model that was meant, *validation* whether the model is like the world.

Every simulated check is an ordinary scenario, in `scenarios/validation/` or bundled, lived by the ordinary engine with
mechanisms switched off; there is no other code for it. What a check expects is computed from the scenario's own
parameters by the formulas in `sim/theory`, so other parameters can be tried; where a number was printed, it is
compared besides.

```sh
python run.py validate --only S1 --set "people.leaving={beta: {a: 2, b: 5}}"
```

Levels are those of Axtell, Axelrod, Epstein & Cohen (1996): *numerical* means the same number, *distributional* the
same distribution, *relational* the same sign, order or band. A mean over worlds may miss by what the check allows, or
by four standard errors if that is more; where one standard error alone is more than is allowed, too few worlds were
lived to say anything, and the check fails. Where a check derives its bias, that and four standard errors are allowed,
and one has to be less than a tenth of the number. A band must hold the whole 95 % interval."""

VERIFICATION = """## Verification

### Documentation

[The model in words](odd.md), with the code of every rule; [assumptions](assumptions.md); [decisions](decisions/).

### Programmatic testing

Each rule has known answers in its own documentation, which are run as tests. Two loops, any order of people and any
number of threads give the same bits. Every mechanism that is off is off to the bit.

### Test cases

**Corner cases.** Nobody, one person, no money, no time, everybody gone (`tests/worlds/test_absorbing.py`). **Sampled
cases.** Invariants hold in whole random worlds (`tests/model/test_invariants.py`). **Specific scenarios.** Those with
known output are the checks below. **Relative values.** One more person, one more lever, one more coin: worlds that
differ in one thing differ as they should (`tests/worlds/`).

Whether checks can fail is seen on [models that are wrong on purpose](validation-mutants.md)."""

MUTANTS_HEAD = """# Models that are wrong on purpose

This page is written by `python run.py validate --mutants --out docs`. A check that no wrong model fails says nothing.
So one line of the package is changed, and the ordinary command judges what comes of it by those checks of
[the table](validation.md) that should see it. A copy in which nothing is wrong has to pass first."""

VALIDATION = """## Validation

### Micro-face

What a person does is built from findings about persons: `python run.py rules` names the source of each rule.

### Macro-face

With mechanisms switched off the market is a published law; these checks must pass.

### Empirical input

Parameters have sources and plausible ranges: `python run.py parameters`. **Sensitivity of inputs.** How answers move
with numbers that nobody knows is asked by `python run.py sensitivity` and by `advise`
([studies](studies.md#what-matters)).

### Empirical output

The estimators are run on published data, and the bundled markets are held against published findings: these are shown
as they are, held or not, and no number was moved for their sake."""

CDNOW = """The cohort of CDNOW (Fader & Hardie 2001) is kept as what each of 2,357 customers was seen to do: repeat
purchases and the day of the last one, the day of the first, later purchases, and the mean order."""


def page_of(found: Validation, figures: Sequence[str]) -> str:
    """The whole page.

    Parameters
    ----------
    figures : names of files that lie beside it
    """
    sections = [HEAD, VERIFICATION, VALIDATION, f"{summary(found)} Seed {found.seed}."]
    for family, module in FAMILIES.items():
        verdicts = [verdict for verdict in found.verdicts if verdict.check.judge.__module__ == module.__name__]
        if verdicts:
            sections.append(f"## {family.capitalize()}")
            sections.append(" ".join((module.__doc__ or "").split()))
            sections.append(_table(verdicts))
            sections += [f"![{name}]({name})" for name in figures if name.startswith(f"validation-{family}")]
            sections.append("\n".join(paragraph_of(verdict) for verdict in verdicts))
    sections.append(f"## Data\n\n{CDNOW}")
    return "\n\n".join(sections) + "\n"


def mutants_page_of(caught: Sequence[Caught]) -> str:
    """The page of wrong models: what is wrong with each, which checks were asked, and which of them saw it."""
    lines = ["| what is wrong | where | asked | caught by |", "|---|---|---|---|"]
    for each in caught:
        by = ", ".join(each.by) or ("nothing" if each.ended else "does not run to its end")
        mutant = each.mutant
        lines.append(f"| {mutant.what} | `sim/{mutant.file}` | {', '.join(mutant.checks)} | {by} |")
    return "\n\n".join([MUTANTS_HEAD, summary_of_mutants(caught), "\n".join(lines)]) + "\n"


def _table(verdicts: Iterable[Verdict]) -> str:
    """Every quantity of every check."""
    lines = ["| check | quantity | expected | observed | tolerance | verdict |", "|---|---|---|---|---|---|"]
    for verdict in verdicts:
        for quantity in verdict.quantities:
            observed = f"{number(quantity.observed)} {interval_of(quantity)}".strip()
            decided = verdict_of(verdict) if quantity is verdict.deciding else "" if quantity.passed else "outside"
            cells = (verdict.check.id, quantity.name, expected_of(quantity), observed, tolerance_of(quantity), decided)
            lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)


def paragraph_of(verdict: Verdict) -> str:
    """What a check is about."""
    check = verdict.check
    lived = [f"{STUDIES[name].worlds} worlds of {', '.join(STUDIES[name].scenarios)}" for name in check.studies]
    worlds = f" In {' and '.join(lived)}." if lived else ""
    return f"- **{check.id}**, {check.title} ({check.source}; {check.level}). {check.about}{worlds}"
