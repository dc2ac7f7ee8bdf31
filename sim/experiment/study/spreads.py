"""How a study file says in which way a parameter varies: a list of values, a range, or what its declaration says."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from sim.experiment.study.factors import AROUND_A_MIDDLE, KINDS, Choice, Range, Spread
from sim.experiment.study.written import Sheet
from sim.scenario.catalogue import declared, did_you_mean, listed
from sim.scenario.document import ASIDE, Place
from sim.scenario.layers import Setting
from sim.scenario.load import Template
from sim.scenario.problems import shown
from sim.scenario.schema import LOG
from sim.scenario.unknown import PLACE, uncertainty_of
from sim.units import LARGEST, Parameter

PLAUSIBLE = "plausible"
MOST_VALUES, MOST_LEVELS = 1000, 1000
MONEY = "money"
CENT = 0.01
"""What money is counted in, unless a scenario has other coins; then its study names the step."""
LEAST_STEP = 1e-6


class Uncertain(NamedTuple):
    """What scenarios list under ``uncertainties``: between which ends, and how it lies between them."""

    parameter: Parameter
    kind: str


def spread_at(sheet: Sheet, place: Place, path: str, uncertain: Mapping[str, Uncertain] | None = None) -> Spread | None:
    """How the parameter varies, as it is written at a place; None if that cannot be understood.

    Parameters
    ----------
    uncertain : what scenarios list as uncertain, by path: their ends are what is plausible
    """
    written = sheet.get(place)
    if written is ASIDE:
        return None
    if isinstance(written, list):
        return _choice(sheet, place, written)
    if uncertain is not None and path.startswith(f"{PLACE}.") and path not in uncertain:
        name, known = path.removeprefix(f"{PLACE}."), [each.removeprefix(f"{PLACE}.") for each in uncertain]
        advice = did_you_mean(name, known, f"Known there: {listed(known) or 'none'}")
        sheet.fault(place, f"there is no {shown(name)} in {PLACE}", advice, at_key=True)
        return None
    listed_there = (uncertain or {}).get(path)
    parameter = listed_there.parameter if listed_there else declared(tuple(path.split(".")))
    knows = {**{kind: (*names, "levels", "step") for kind, names in KINDS.items()}, PLAUSIBLE: ("levels", "step")}
    if written is None or not isinstance(written, Mapping | str):
        advice = f"Write a list of values, {PLAUSIBLE}, or a range such as {{uniform: {{low: 1, high: 2}}}}"
        sheet.fault(place, f"{path}: this does not say how it varies", advice)
        return None
    before = len(sheet.problems)
    kind, inside = sheet.one_of(place, knows, "")
    if isinstance(written, str) and kind not in ("", PLAUSIBLE):
        names = ", ".join(f"{name}: .." for name in KINDS[kind])
        sheet.fault(place, f"{kind} alone is no range", f"Write {{{kind}: {{{names}}}}}")
    if len(sheet.problems) > before:
        return None
    if parameter is None:  # whether there is such a thing at all, scenarios will say
        parameter = Parameter("", "", "", low=-LARGEST)
    if parameter.options:
        options = ", ".join(parameter.options[:2])
        sheet.fault(place, f"{path} is no number, so it has no range", f"List values of it, such as [{options}]")
        return None
    if kind == PLAUSIBLE:
        found = _plausible(sheet, place, path, listed_there or Uncertain(parameter, "uniform"))
    else:
        found = _range(sheet, inside, kind, parameter)
    if found is None or isinstance(written, str):
        return found and found._replace(step=_usual_step(parameter))
    many = sheet.whole((*inside, "levels"), 1, MOST_LEVELS, 0)
    step = sheet.number((*inside, "step"), LEAST_STEP, LARGEST, _usual_step(parameter))
    if parameter.whole and step != int(step):
        sheet.fault((*inside, "step"), f"{path} is a whole number, and {shown(step)} is no step of it", "Write 1")
    found = found._replace(many=many, step=step)
    if step and found.multiples[0] > found.multiples[1]:
        what = f"no multiple of {shown(step)} lies in {found.low:,.15g}..{found.high:,.15g}"
        sheet.fault((*inside, "step"), what, "Write a smaller step, or move the ends")
    return found


def uncertain_in(templates: Sequence[Template], fixed: Sequence[Setting]) -> dict[str, Uncertain]:
    """What scenarios list as uncertain, by path: between ends within which the truth plausibly lies in all of them.

    Where all of them hold it for uncertain in its logarithm, so does the study.

    Parameters
    ----------
    fixed : settings, which may list more
    """
    added = {each.path.removeprefix(f"{PLACE}."): each.value for each in fixed if each.path.startswith(f"{PLACE}.")}
    found: dict[str, Uncertain] = {}
    for template in templates:
        for name, data in (template.data.get(PLACE, {}) | added).items():
            path, known = f"{PLACE}.{name}", uncertainty_of(data)
            if known is not None:
                kind = "log_uniform" if known.scale == LOG else "uniform"
                before = found.get(path, Uncertain(Parameter("", name, "", known.low, known.high), kind))
                low, high = max(known.low, before.parameter.low), min(known.high, before.parameter.high)
                parameter = Parameter("", name, known.source, low, high, (low, high))
                found[path] = Uncertain(parameter, kind if kind == before.kind else "uniform")
    return found


def _usual_step(parameter: Parameter) -> float:
    """Whole numbers are taken one by one, prices by the hundredth; of other numbers any will do."""
    return 1.0 if parameter.whole else CENT if parameter.unit == MONEY else 0.0


def _choice(sheet: Sheet, place: Place, values: list[object]) -> Choice | None:
    """Any of the values of a list."""
    if not 1 <= len(values) <= MOST_VALUES:
        sheet.fault(place, f"a list of 1 to {MOST_VALUES:,} values is expected (got {len(values):,})")
        return None
    for at, value in enumerate(values):
        if value is None:
            sheet.fault((*place, at), "a value is missing", "Write one, or remove the comma")
        elif value is not ASIDE and value in values[:at]:
            sheet.fault((*place, at), f"{shown(value)} is given twice", "Keep one")
    return None if any(value is None or value is ASIDE for value in values) else Choice(tuple(values))


def _plausible(sheet: Sheet, place: Place, path: str, uncertain: Uncertain) -> Range | None:
    """Between the ends that the declaration of the parameter names."""
    parameter = uncertain.parameter
    if parameter.sweep is None:
        if parameter.meaning:
            what = f"no plausible range is declared for {path}"
            sheet.fault(place, what, "Write one, such as {uniform: {low: .., high: ..}}")
            return None
        return Range("uniform", 0.0, 0.0)
    return Range(uncertain.kind, *parameter.sweep)


def _range(sheet: Sheet, inside: Place, kind: str, parameter: Parameter) -> Range | None:
    """A range whose numbers are written."""
    before = len(sheet.problems)
    least, most = parameter.low, parameter.high
    said = {name: sheet.number((*inside, name), -LARGEST, LARGEST) for name in KINDS[kind]}
    low, high = said.get("low", least), said.get("high", most)
    middle = said.get("mean", said.get("peak", 0.0))
    if len(sheet.problems) > before:
        return None
    names = listed(list(KINDS[kind]))
    if not low < high:
        sheet.fault(inside, f"low must be less than high (got {shown(low)} and {shown(high)})", f"Correct {names}")
    elif kind == "log_uniform" and low <= 0.0:
        sheet.fault((*inside, "low"), f"low must be more than 0 (got {shown(low)})", "Write uniform, or a larger low")
    elif kind == "normal" and said["sd"] <= 0.0:
        sheet.fault((*inside, "sd"), f"sd must be more than 0 (got {shown(said['sd'])})", "Write how far values spread")
    elif kind in AROUND_A_MIDDLE and not low <= middle <= high:
        name = "mean" if kind == "normal" else "peak"
        what = f"{name} must lie in {low:,.15g}..{high:,.15g} (got {shown(middle)})"
        sheet.fault((*inside, name), what, "Write one between")
    if len(sheet.problems) > before:
        return None
    return Range(kind, low, high, 0.0, middle, said.get("sd", 1.0))
