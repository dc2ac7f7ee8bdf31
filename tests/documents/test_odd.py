"""The description of the model says what the code says: its tables are written by the code, its tests exist."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from sim.experiment.validation.validate import CHECKS
from sim.rules.compile import RULES
from sim.scenario.catalogue import catalogue
from sim.state.customers import COLUMNS
from tests.documents.odd_tables import PAGE, PARTS, filled, the_columns, the_parameters, the_rules

ROOT = Path(__file__).resolve().parents[2]
TEXT = PAGE.read_text(encoding="utf-8")
TEST = re.compile(r"`(tests/[\w/]+\.py)(?:::(\w+))?`")
CHECK = re.compile(r"`python run\.py validate --only ([\w-]+)`")
ELEMENTS = (
    "Purpose and patterns",
    "Entities, state variables and scales",
    "Process overview and scheduling",
    "Design concepts",
    "Initialisation",
    "Input data",
    "Submodels",
)
CONCEPTS = (
    *("Basic principles", "Emergence", "Adaptation", "Objectives", "Learning", "Prediction", "Sensing"),
    *("Interaction", "Stochasticity", "Collectives", "Observation"),
)


def missing_tests(text: str) -> list[str]:
    """Tests that the text points at and that do not exist."""
    found = []
    for file, name in TEST.findall(text):
        path = ROOT / file
        if not path.exists() or (name and f"def {name}(" not in path.read_text(encoding="utf-8")):
            found.append(f"{file}::{name}" if name else file)
    return found


def test_the_page_is_as_the_code_says_now() -> None:
    assert filled(TEXT) == TEXT, "run: python -m tests.documents.odd_tables"


@pytest.mark.parametrize("name", PARTS)
def test_a_doctored_part_is_found_out(name: str) -> None:
    end = f"<!-- end of {name} -->"
    assert filled(TEXT.replace(end, f"One line more.\n\n{end}")) == TEXT
    with pytest.raises(ValueError, match=f"end of {name}"):
        filled(TEXT.replace(end, ""))


def test_nothing_is_left_out_of_the_tables() -> None:
    columns, rules, parameters = the_columns(), the_rules(), the_parameters()
    assert [name for name in COLUMNS if f"| `{name}` |" not in columns] == []
    assert [rule.__name__ for rule in RULES if f"**{rule.__name__.replace('_', ' ')}** of" not in rules] == []
    assert [each.path for each in catalogue() if f"| `{each.path.rpartition('.')[2]}` |" not in parameters] == []


def test_the_page_has_the_seven_elements_and_the_eleven_concepts_of_the_protocol__grimm_et_al_2020() -> None:
    headings = re.findall(r"^## \d\. (.*)$", TEXT, re.MULTILINE)
    assert tuple(headings) == ELEMENTS
    assert (
        tuple(re.findall(r"^\*\*(.*?)\.\*\*", TEXT.partition("## 4.")[2].partition("## 5.")[0], re.MULTILINE))
        == CONCEPTS
    )


def test_every_test_and_check_that_the_page_names_exists() -> None:
    assert len(TEST.findall(TEXT)) > 4
    assert missing_tests(TEXT) == []
    assert len(CHECK.findall(TEXT)) > 4
    assert [id for id in CHECK.findall(TEXT) if not (id in CHECKS and CHECKS[id].must)] == []


def test_a_test_that_does_not_exist_is_found_out() -> None:
    assert missing_tests("`tests/none.py` `tests/documents/test_odd.py::test_none` `tests/documents/test_odd.py`") == [
        "tests/none.py",
        "tests/documents/test_odd.py::test_none",
    ]
