"""Our own exp and log: accurate, and the same bits compiled and interpreted."""

import math
import os
import subprocess
import sys

import numpy as np
import pytest

from sim.rules.arithmetic import as_float, as_int, exp, log

RANDOM = np.random.default_rng(20070101)


def units_in_the_last_place(ours: np.ndarray, true: np.ndarray) -> float:
    return float(np.max(np.abs(ours - true) / np.spacing(np.abs(true))))


def test_exp_is_within_two_units_in_the_last_place():
    x = np.concatenate([RANDOM.uniform(-700, 700, 20_000), RANDOM.uniform(-1, 1, 20_000)])
    ours = np.array([exp(value) for value in x])
    assert units_in_the_last_place(ours, np.array([math.exp(value) for value in x])) <= 2.0


def test_log_is_within_two_units_in_the_last_place():
    x = np.concatenate([np.exp(RANDOM.uniform(-300, 300, 20_000)), RANDOM.uniform(0.5, 2.0, 20_000)])
    ours = np.array([log(value) for value in x])
    assert units_in_the_last_place(ours, np.array([math.log(value) for value in x])) <= 2.0


def test_a_cut_series_would_be_caught():
    x = RANDOM.uniform(-0.3, 0.3, 1_000)
    cut = 1.0 + x + x * x / 2.0 + x * x * x / 6.0
    assert units_in_the_last_place(cut, np.exp(x)) > 2.0


@pytest.mark.parametrize(
    ("x", "expected"), [(0.0, 1.0), (-708.5, 0.0), (709.5, math.inf), (-1e9, 0.0), (1e9, math.inf)]
)
def test_exp_at_its_edges(x, expected):
    assert exp(x) == expected


@pytest.mark.parametrize(("x", "expected"), [(1.0, 0.0), (0.0, -math.inf), (-3.0, -math.inf)])
def test_log_at_its_edges(x, expected):
    assert log(x) == expected


def test_entries_of_narrow_columns_become_wide():
    column = np.array([0.1], np.float32)
    assert as_float(column[0]) == float(column[0])
    assert as_int(np.array([127], np.int8)[0]) * 2 == 254


PROBE = """
import hashlib, struct
from sim.rules.arithmetic import exp, log
from sim.rules.chance import standard_normal
x = [(-1.0) ** k * 1.37 ** (k % 21) for k in range(4000)]
values = [f(v) for v in x for f in (exp, lambda t: log(abs(t)))] + [standard_normal(k * 1048573) for k in range(4000)]
print(hashlib.sha256(struct.pack(f"<{len(values)}d", *values)).hexdigest())
"""


def bits(**environment: str) -> str:
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", PROBE],
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout


def test_compiled_and_interpreted_give_the_same_bits():
    assert bits() == bits(NUMBA_DISABLE_JIT="1")


def test_a_processor_without_vector_units_gives_the_same_bits():
    assert bits() == bits(NUMBA_CPU_NAME="generic")
