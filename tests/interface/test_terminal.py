"""The terminal: how a process ends, what goes where, and how progress is told."""

import errno
import json
import math
import os
import signal

import numpy as np
import pytest

from sim.interface.terminal.tables import table
from sim.interface.terminal.terminal import Ending, Stop, Terminal, ending_of
from sim.scenario.problems import InputError, Mark, Problem


def raising(error: BaseException) -> int:
    def action() -> None:
        raise error

    return ending_of(action)


def test_an_input_error_is_printed_as_it_is_and_ends_with_2(capsys: pytest.CaptureFixture[str]) -> None:
    problems = [Problem(Mark("s.yaml", 14, 5), "'price' is given twice", "Keep one"), Problem(None, "x is y")]
    assert raising(InputError(problems)) == 2
    out, err = capsys.readouterr()
    assert (out, err) == ("", "s.yaml:14:5: 'price' is given twice. Keep one.\nx is y.\n")


def test_lack_of_memory_or_disk_ends_with_5(capsys: pytest.CaptureFixture[str]) -> None:
    assert raising(MemoryError()) == 5
    assert raising(OSError(errno.ENOMEM, "cannot fork")) == 5
    assert capsys.readouterr().err.startswith("Out of memory. Fewer people")
    assert raising(MemoryError("a worker was killed")) == 5
    assert capsys.readouterr().err.startswith("Out of memory: a worker was killed. Fewer people, or fewer --workers")


def test_a_bug_of_ours_shows_where_it_is_and_ends_with_1(capsys: pytest.CaptureFixture[str]) -> None:
    assert raising(ZeroDivisionError("division by zero")) == 1
    err = capsys.readouterr().err
    assert "Traceback" in err and "This is a bug of ours." in err


def test_ctrl_c_ends_with_130_without_a_traceback(capsys: pytest.CaptureFixture[str]) -> None:
    assert raising(KeyboardInterrupt()) == 130
    assert capsys.readouterr().err == "Interrupted.\n"


def test_termination_unwinds_and_ends_with_143(capsys: pytest.CaptureFixture[str]) -> None:
    before = signal.getsignal(signal.SIGTERM)
    unwound = []

    def action() -> None:
        try:
            os.kill(os.getpid(), signal.SIGTERM)
        finally:
            unwound.append(True)

    assert (ending_of(action), unwound) == (143, [True])
    assert capsys.readouterr().err == "Terminated.\n"
    assert signal.getsignal(signal.SIGTERM) == before


def test_a_reason_to_stop_is_one_sentence(capsys: pytest.CaptureFixture[str]) -> None:
    assert raising(Stop(Ending.RUN_FAILED, "A run failed: because.")) == 3
    assert capsys.readouterr().err == "A run failed: because.\n"


def test_a_document_is_json_in_which_the_undefined_is_null(capsys: pytest.CaptureFixture[str]) -> None:
    speaker = Terminal(as_json=True)
    data = {"a": math.nan, "b": [math.inf, np.float64(0.5), np.int64(3)], "c": (True, None, "é")}
    speaker.show("not for programs")
    speaker.tell("nor this")
    speaker.document(data)
    out = capsys.readouterr().out
    assert json.loads(out) == {"a": None, "b": [None, 0.5, 3], "c": [True, None, "é"]}
    assert out.isascii()


def test_a_table_that_is_piped_ends_no_line_in_spaces(capsys: pytest.CaptureFixture[str]) -> None:
    made = table("a long heading", "another")
    made.add_row("x", "y")
    Terminal().show(made, "text stays as it is  ")
    *lines, last = capsys.readouterr().out.splitlines()
    assert lines and all(line == line.rstrip() for line in lines)
    assert last == "text stays as it is  "


def test_a_missing_library_is_named_and_ends_with_2(capsys: pytest.CaptureFixture[str]) -> None:
    assert raising(ModuleNotFoundError("No module named 'numba.core'", name="numba.core")) == 2
    assert capsys.readouterr().err.startswith("numba is not installed for this Python: ")
    assert raising(ModuleNotFoundError("No module named 'sim.nothing'", name="sim.nothing")) == 1


def test_no_two_endings_share_a_code_or_a_meaning() -> None:
    assert len({int(ending) for ending in Ending}) == len({ending.meaning for ending in Ending}) == len(Ending) == 8


def test_without_json_there_is_no_document(capsys: pytest.CaptureFixture[str]) -> None:
    Terminal().document({"a": 1})
    assert capsys.readouterr().out == ""


def test_talk_goes_to_stderr_unless_quiet(capsys: pytest.CaptureFixture[str]) -> None:
    Terminal().say("hello")
    Terminal(quiet=True).say("nobody hears this")
    assert capsys.readouterr() == ("", "hello\n")


def test_a_per_cent_sign_stays_with_its_number(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "20")
    Terminal().tell("growth was about 14.2 % a year")
    assert capsys.readouterr().out == "growth was about\n14.2 % a year\n\n"


def test_long_work_without_a_terminal_is_told_by_a_line_per_tenth(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    now = [0.0]
    monkeypatch.setattr("sim.interface.terminal.terminal.time.monotonic", lambda: now[0])
    with Terminal().progress("worlds", 2) as advance:
        for done in range(41):
            now[0] = float(done)
            advance(done, 40)
    lines = capsys.readouterr().err.splitlines()
    assert lines[0] == "4 of 40 worlds, 10 %, about 36 s left"
    assert lines[-2:] == ["36 of 40 worlds, 90 %, about 4 s left", "40 worlds in 40.0 s, on up to 2 cores."]
    assert len(lines) == 10


@pytest.mark.parametrize("cores", [1, 2])
def test_the_time_left_leaves_out_each_cores_first_turn_which_compiles(
    cores: int, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A turn takes 100 s to compile and then 2 s, on every core at once."""
    now = [0.0]
    monkeypatch.setattr("sim.interface.terminal.terminal.time.monotonic", lambda: now[0])
    with Terminal().progress("worlds", cores) as advance:
        advance(0, 10)
        for turn in range(10 // cores):
            now[0] = 102.0 + 2.0 * turn
            for done in range(turn * cores + 1, (turn + 1) * cores + 1):
                advance(done, 10)
    lines = capsys.readouterr().err.splitlines()
    first = [f"{done} of 10 worlds, {10 * done} %" for done in range(1, cores + 1)]
    assert lines[:cores] == first, "nothing to guess from"
    assert lines[2 * cores - 1] == f"{2 * cores} of 10 worlds, {20 * cores} %, about {20 // cores - 4} s left"


def test_short_work_is_told_by_its_last_line_only(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sim.interface.terminal.terminal.time.monotonic", lambda: 0.0)
    with Terminal().progress("worlds", 1) as advance:
        advance(0, 1)
        advance(1, 1)
    assert capsys.readouterr().err == "1 world in 0.0 s, on one core.\n"


def test_quiet_work_says_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    with Terminal(quiet=True).progress("worlds", 1) as advance:
        advance(1, 1)
    assert capsys.readouterr() == ("", "")


def test_work_that_fails_does_not_claim_to_be_done(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(KeyboardInterrupt), Terminal().progress("worlds", 1):
        raise KeyboardInterrupt
    assert capsys.readouterr().err == ""
