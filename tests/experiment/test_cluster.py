"""A cluster works for us only if all of it is made of what we are made of."""

from __future__ import annotations

from typing import Any

import pytest

from sim.experiment.cluster import CannotConnect, check_workers, made_of


class Answers:
    """A client whose workers answer like this."""

    def __init__(self, *answers: Any) -> None:
        self.answers = answers

    def run(self, function: Any, on_error: str) -> dict[str, Any]:
        assert (function, on_error) == (made_of, "return")
        return {f"tcp://127.0.0.1:{9000 + at}": answer for at, answer in enumerate(self.answers)}


def test_workers_that_are_made_of_the_same_are_welcome() -> None:
    check_workers(Answers(made_of(), made_of()))


@pytest.mark.parametrize("name", list(made_of()))
def test_a_worker_that_is_made_of_something_else_is_refused_by_name(name: str) -> None:
    said = rf"the worker tcp://127.0.0.1:9001 has {name} 0 instead of {made_of()[name]}; install the same there"
    with pytest.raises(CannotConnect, match=said):
        check_workers(Answers(made_of(), made_of() | {name: "0"}))


def test_a_worker_without_us_is_refused_with_its_own_words() -> None:
    said = r"the worker tcp://127.0.0.1:9000 cannot load this keepwin \(No module named 'sim'\); install the same"
    with pytest.raises(CannotConnect, match=said):
        check_workers(Answers(ModuleNotFoundError("No module named 'sim'")))
