"""keepwin: a market laboratory that asks how much to spend on keeping customers and how much on winning new ones.

The Python face has the verbs of the command line: ``sim.load_scenario``, ``sim.run``, ``sim.compare``, ``sim.advise``,
``sim.Market``; ``sim.calibrate`` finds the scenario of a firm in what ``sim.read_log`` reads, a file or a frame of
purchases; ``sim.plot`` draws what they answer. Nothing is imported before it is used.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sim.experiment.advise import advise
    from sim.experiment.calibration.calibrate import calibrate
    from sim.experiment.calibration.log import read_log
    from sim.experiment.compare import compare
    from sim.experiment.runs import run_scenario as run
    from sim.interface.figures import plot
    from sim.model.market import Market
    from sim.scenario.load import load_scenario

__version__ = "0.1.0"

_PLACES = {
    "load_scenario": ("sim.scenario.load", "load_scenario"),
    "Market": ("sim.model.market", "Market"),
    "run": ("sim.experiment.runs", "run_scenario"),
    "compare": ("sim.experiment.compare", "compare"),
    "advise": ("sim.experiment.advise", "advise"),
    "read_log": ("sim.experiment.calibration.log", "read_log"),
    "calibrate": ("sim.experiment.calibration.calibrate", "calibrate"),
    "plot": ("sim.interface.figures.plot", ""),
}
"""Module and name of everything; a module itself has no name in it."""
__all__ = ["Market", "advise", "calibrate", "compare", "load_scenario", "plot", "read_log", "run"]


def __getattr__(name: str) -> Any:
    if name not in _PLACES:
        raise AttributeError(f"module 'sim' has no attribute {name!r}")
    module, attribute = _PLACES[name]
    found = import_module(module)
    return getattr(found, attribute) if attribute else found
