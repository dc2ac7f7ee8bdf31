"""Mutants: scenario files spoilt in every way that comes to mind, the same ones each time, and a judge of what happens.

A mutant may be a scenario or be refused. Anything else is an offence: another exception, a warning, a word on the
screen, a file that was not there, or more than a few seconds.
"""

from __future__ import annotations

import contextlib
import io
import random
import re
import time
import traceback
import warnings
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from sim.scenario.load import BUNDLED, load_scenario
from sim.scenario.problems import InputError
from sim.scenario.schema import Scenario

SLOWEST = 5.0
"""Seconds that any file may take."""

ODD = (
    "schema: 1\nbusinesses: {ours: {}}\n",
    "schema: 1\npeople:\n  need_per_year: {gamma: {shape: 1, mean: 8}}\n  mean_order_value: {gamma: {shape: 1}}\n"
    "  match: {uniform: {low: 0, high: 1}}\nbusinesses: {ours: {price: 1, channels: {tv: {keep: 1}}}}\n",
    "extends: base\nbusinesses:\n  ours:\n  incumbent_a: null\n",
    "schema: 1\npeople: {leaving: {normal: {mean: 0.5, sd: 0}}, segments: {a: {share: 0.4}, b: {share: 0.6}}}\n"
    "network: {small_world: {degree: 6}}\nbusinesses: {ours: {channels: {tv: {budget_share: 1}}}}\n",
    "---\n? schema\n: 1\n? businesses\n: ? ours\n  : price: 1e1\n...\n",
    "{schema: 1, businesses: {ours: {strategy: {growth_goal: {low: 0.1, high: 0.1, of: profit}}}}}\n",
    "a: &x [1, *x]\nb: !!python/object/apply:os.system ['true']\n<<: {c: 1}\n1: 2\n? [a, b]\n: 3\n",
    'name: "\\x41\\u202e\\0"\nstory: {what_is_it: |+\n  one\n\n  two\n  , how_it_works: >-\n two}\n',
    "\ufeffschema: 1\r\nbusinesses:\r\n\tours: {}\r\n",
    "time: {weeks: 30000, burn_in_weeks: 2000}\ncurrency: {decimals: 4, name: $}\nbusinesses: {a: {price: 0.001}}\n",
    "",
)

TOKENS = """
010 089 0x1F 0b2 1:30 1:99:99 2024-02-30 2024-13-45 0000-00-00 1,000 10,5 1.000,5 10% -5% 1e3 1e400 1e-400 -0 -0.0 +1
.5 5. . .. ... --- - -- .inf -.INF .nan NaN yes No on OFF y true True null ~ Null none 1_000 999999999999999999999999
1.7976931348623157e308 5e-324 9e17 1e15 2e15 -1e15 0.30000000000000004 10000000000000000000000000000000000000000000
&a *a !!str !x !<y> <<: {} [] {{}} [[]] { } [ ] , : ? | > |- >+ @ ` % # ' " \\ \\u0000 "\\x" "\\U00110000" "\\ud800" ''
{constant:{value:2}} {gamma:{shape:0,mean:1}} {beta:{a:0,b:0}} {normal:{sd:0}} {normal:{mean:1e15,sd:1e15}} extends:
{uniform:{low:2,high:1}} {gamma:{shape:5e-324,mean:1e15}} {steady:} {steady:null} {mixed:{listening:2}} extends:s
businesses: ours: ours incumbent_a: channels: levers: people: schema: schema:2 network: segments: status_quo: name:
small_world scale_free groups advertising budget_share: count: weeks: burn_in_weeks: 0 price: affinity: decimals: 52 51
""".split()
NUMBERS = "0 -0 -1 0.5 1 2 7 51 52 1e-300 5e-324 1e15 2e15 9e99 1e400 010 10% .nan 1:30 1,5 null ~ {} x".split()
CHARACTERS = "\0\x1b\x7f\x85\u2028\u202e\ufeff\ufffd\ud800\t\r\né😀"


def corpus() -> list[str]:
    """What is spoilt: the bundled scenarios and some odd ones."""
    return [path.read_text(encoding="utf-8") for path in sorted(BUNDLED.glob("*.yaml"))] + list(ODD)


def mutants(seed: int, count: int, texts: Sequence[str] | None = None) -> Iterator[bytes]:
    """So many spoilt files; equal seeds give equal files.

    Parameters
    ----------
    texts : what is spoilt; scenarios if nothing is named
    """
    chance, texts = random.Random(seed), texts or corpus()
    for _ in range(count):
        data = chance.choice(texts).encode("utf-8", "surrogatepass")
        for _ in range(chance.choice([1, 1, 1, 2, 3, 8])):
            data = chance.choice(SLIPS)(data, chance)
        if chance.random() < 0.05:
            data += chance.choice(texts).encode()
        yield data


def offences(files: Iterator[bytes], folder: Path, load: Callable[[Path], object] = load_scenario) -> Iterator[str]:
    """What happened to files that must not have happened, one after the other, with the beginning of the file."""
    path = folder / "mutant.yaml"
    path.touch()
    before = sorted(folder.rglob("*"))
    for data in files:
        path.write_bytes(data)
        output, began = io.StringIO(), time.perf_counter()
        offence = ""
        with warnings.catch_warnings(), contextlib.redirect_stdout(output), contextlib.redirect_stderr(output):
            warnings.simplefilter("error")
            try:
                scenario = load(path)
            except InputError as error:
                text = str(error)
                if not error.problems or not text.replace("\n", "").isprintable():
                    offence = f"a message that says nothing or does not print: {text!r}"
            except BaseException:
                offence = traceback.format_exc(limit=-3)
            else:
                if not isinstance(scenario, Scenario) or not scenario.hash:
                    offence = f"no scenario: {scenario!r}"
        if (seconds := time.perf_counter() - began) > SLOWEST:
            offence += f"{seconds:.1f} seconds"
        if output.getvalue():
            offence += f"output: {output.getvalue()!r}"
        if (after := sorted(folder.rglob("*"))) != before:
            offence += f"files: {after}"
        if offence:
            yield f"{offence} for {data[:2000]!r}"


# -- slips -------------------------------------------------------------------------------------------------------------


def _flipped_bits(data: bytes, chance: random.Random) -> bytes:
    spoilt = bytearray(data)
    for _ in range(chance.choice([1, 1, 2, 5]) if spoilt else 0):
        spoilt[chance.randrange(len(spoilt))] ^= 1 << chance.randrange(8)
    return bytes(spoilt)


def _other_character(data: bytes, chance: random.Random) -> bytes:
    at = chance.randrange(len(data) + 1)
    return data[:at] + chance.choice(CHARACTERS).encode("utf-8", "surrogatepass") + data[at + chance.randrange(2) :]


def _cut_short(data: bytes, chance: random.Random) -> bytes:
    at = chance.randrange(len(data) + 1)
    return data[:at] if chance.random() < 0.7 else data[at:]


def _moved_lines(data: bytes, chance: random.Random) -> bytes:
    lines = data.splitlines(keepends=True) or [b""]
    start = chance.randrange(len(lines))
    some = lines[start : start + chance.choice([1, 1, 2, 6])]
    match chance.randrange(3):
        case 0:
            del lines[start : start + len(some)]
        case 1:
            lines[start:start] = some
        case _:
            at = chance.randrange(len(lines))
            lines[at:at] = some
    return b"".join(lines)


def _shifted_line(data: bytes, chance: random.Random) -> bytes:
    lines = data.splitlines(keepends=True) or [b""]
    at = chance.randrange(len(lines))
    lines[at] = chance.choice([b"  ", b" ", b"\t", b"- ", b"? ", b": "]) + lines[at].lstrip()
    return b"".join(lines)


def _other_value(data: bytes, chance: random.Random) -> bytes:
    """A word of the dictionary instead of a value, a key, or any word."""
    words = data.split(b" ")
    at = chance.randrange(len(words))
    ending = b"\n" if words[at].endswith(b"\n") else b""
    words[at] = chance.choice(TOKENS).replace(":", ": ").encode() + ending
    return b" ".join(words)


def _other_number(data: bytes, chance: random.Random) -> bytes:
    numbers = list(re.finditer(rb"[0-9][0-9.]*", data))
    if not numbers:
        return data
    found = chance.choice(numbers)
    return data[: found.start()] + chance.choice(NUMBERS).encode() + data[found.end() :]


def _swapped_words(data: bytes, chance: random.Random) -> bytes:
    words = data.split(b" ")
    one, other = chance.randrange(len(words)), chance.randrange(len(words))
    words[one], words[other] = words[other], words[one]
    return b" ".join(words)


def _repeated(data: bytes, chance: random.Random) -> bytes:
    start = chance.randrange(len(data) + 1)
    piece = data[start : start + chance.choice([1, 5, 40])]
    return data[:start] + piece * chance.choice([2, 30, 300]) + data[start:]


SLIPS: tuple[Callable[[bytes, random.Random], bytes], ...] = (
    _flipped_bits,
    _other_character,
    _cut_short,
    _moved_lines,
    _moved_lines,
    _shifted_line,
    _other_value,
    _other_value,
    _other_value,
    _other_number,
    _other_number,
    _swapped_words,
    _repeated,
)
