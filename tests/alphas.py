"""Statistical tests, all of them, and how often each would raise a false alarm if its luck were drawn anew.

Their seeds are fixed, so on unchanged code none ever does. A change of the model that draws anew tosses every coin
once; ``BUDGET`` bounds the chance that any of them then falls on the wrong side though nothing is wrong. A test that
decides by a probability is in this list and takes its own from here; a test holds that.

Two kinds are of another sort and have no share in it. What the story of a scenario says is believed only if worlds show
it (``worlds/library.py``): there a small chance is that of believing what is not so. And ``validate`` allows what its
users are told it allows, four standard errors or more, for every limit (``sim/experiment/validation``).
"""

from __future__ import annotations

from typing import NamedTuple

BUDGET = 1e-3
"""Of all tests of `make check` and `make slow` together, and so of each change."""


class Alpha(NamedTuple):
    """The false alarms of a file of tests."""

    each: float
    """Of one decision, or of several that share it."""
    decisions: int
    """At most so many, counted with all parameters."""

    @property
    def total(self) -> float:
        """By Bonferroni's inequality: whatever depends on what."""
        return self.each * self.decisions


REGISTRY: dict[str, Alpha] = {
    "benchmarks/test_plain_mesa.py": Alpha(1e-5, 2),
    "experiment/calibration/test_calibrate.py": Alpha(1e-5, 9),
    "experiment/calibration/test_response.py": Alpha(1e-5, 4),
    "experiment/claims/test_trial.py": Alpha(1e-5, 1),
    "experiment/study/test_design.py": Alpha(1e-6, 20),
    "experiment/study/test_sensitivity.py": Alpha(5e-7, 8),
    "experiment/test_advise.py": Alpha(1e-5, 1),
    "experiment/test_break_even.py": Alpha(1e-6, 3),
    "experiment/test_statistics.py": Alpha(1e-6, 30),
    "experiment/test_until.py": Alpha(1e-5, 1),
    "model/test_homophily.py": Alpha(5e-7, 20),
    "model/test_mechanisms.py": Alpha(5e-7, 12),
    "model/test_meeting_places.py": Alpha(1e-6, 20),
    "model/test_retention_rate.py": Alpha(5e-7, 60),
    "rules/test_sentences.py": Alpha(1e-6, 10),
    "rules/test_trust.py": Alpha(1e-6, 6),
    "state/test_customers.py": Alpha(1e-6, 60),
    "state/test_draws.py": Alpha(1e-6, 60),
    "state/test_network.py": Alpha(1e-5, 12),
    "theory/test_estimators.py": Alpha(1e-6, 12),
    "theory/test_newsvendor.py": Alpha(2e-5, 4),
    "worlds/test_library.py": Alpha(1e-5, 15),
    "worlds/test_library.py: the yardstick": Alpha(3e-5, 2),
}


def alpha_of(file: str) -> float:
    """The false alarms that a decision of a file may have.

    Check
    -----
    >>> alpha_of("state/test_draws.py")
    1e-06
    """
    return REGISTRY[file].each
