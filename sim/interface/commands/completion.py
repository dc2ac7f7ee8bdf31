"""What a shell offers when Tab is pressed: names of scenarios, parameters, metrics, strategies, checks and rules."""

from __future__ import annotations

import pkgutil
from pathlib import Path


def scenarios(incomplete: str) -> list[str]:
    """Bundled scenarios, and YAML files that lie here; a path is left to the shell."""
    from sim.scenario.load import SUFFIXES, bundled

    here = [path.name for path in Path().iterdir() if path.suffix in SUFFIXES]
    return [name for name in [*(path.stem for path in bundled()), *sorted(here)] if name.startswith(incomplete)]


def studies(incomplete: str) -> list[str]:
    """Bundled studies, and YAML files that lie here."""
    from sim.experiment.study.bundled import bundled_studies
    from sim.scenario.load import SUFFIXES

    here = [path.name for path in Path().iterdir() if path.suffix in SUFFIXES]
    return [name for name in [*(path.stem for path in bundled_studies()), *sorted(here)] if name.startswith(incomplete)]


def parameters(incomplete: str) -> list[str]:
    """Paths of parameters."""
    from sim.scenario.catalogue import catalogue

    return [entry.path for entry in catalogue() if entry.path.startswith(incomplete)]


def metrics(incomplete: str) -> list[str]:
    """Metrics by name."""
    from sim.model.metrics import METRICS

    return [name for name in METRICS if name.startswith(incomplete)]


def strategies(incomplete: str) -> list[str]:
    """Strategies by name."""
    from sim.strategies.registry import registered

    return [name for name in registered() if name.startswith(incomplete)]


def rules(incomplete: str) -> list[str]:
    """Modules of rules."""
    import sim.rules

    return [found.name for found in pkgutil.iter_modules(sim.rules.__path__) if found.name.startswith(incomplete)]


def checks(incomplete: str) -> list[str]:
    """Checks of validation by id."""
    from sim.experiment.validation.validate import CHECKS

    return [id for id in CHECKS if id.casefold().startswith(incomplete.casefold())]


def claims(incomplete: str) -> list[str]:
    """Claims by id."""
    from sim.experiment.claims.file import bundled_claims

    return [id for id in bundled_claims() if id.casefold().startswith(incomplete.casefold())]
