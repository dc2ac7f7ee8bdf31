"""The JSON Schema of scenario files: it agrees with the check as far as a schema can, and explains every key."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from sim.scenario import load
from sim.scenario.catalogue import ANY_DISTRIBUTION, ANY_NAME, catalogue
from sim.scenario.document import parse_document, read_document
from sim.scenario.json_schema import json_schema
from sim.scenario.load import bundled, load_scenario, scenario_from
from sim.scenario.problems import InputError

SCHEMA = json_schema()
VALIDATOR = Draft202012Validator(SCHEMA)
FILE = load.BUNDLED / "scenario.schema.json"
ROOT = "schema: 1\nbusinesses: {ours: {}}\n"
CHILD = "extends: base\n"


def complaints(text: str) -> list[tuple[list[Any], str]]:
    """What the schema has against a text: the way there, and the rule that is broken."""
    found = VALIDATOR.iter_errors(parse_document(text).data)
    return [(list(error.absolute_path), str(error.validator)) for error in found]


def below(place: str) -> dict[str, Any]:
    """The part of the schema that a path leads to; names and references are followed."""
    found = SCHEMA
    for key in place.split("."):
        found = next(each for each in _followed(found) if "properties" in each or "additionalProperties" in each)
        found = found["additionalProperties"] if key == ANY_NAME else found["properties"][key]
    return found


def _followed(schema: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield schema
    if "$ref" in schema:
        yield from _followed(SCHEMA["$defs"][schema["$ref"].rpartition("/")[2]])
    for each in schema.get("anyOf", ()):
        yield from _followed(each)


def test_it_is_a_schema_of_its_dialect() -> None:
    assert SCHEMA["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    Draft202012Validator.check_schema(SCHEMA)


def test_the_file_that_editors_read_is_up_to_date() -> None:
    assert FILE.read_text(encoding="utf-8") == json.dumps(SCHEMA, indent=2) + "\n"


@pytest.mark.parametrize("path", bundled(), ids=lambda path: path.stem)
def test_every_bundled_scenario_passes(path: Any) -> None:
    assert list(VALIDATOR.iter_errors(read_document(path).data)) == []


@pytest.mark.parametrize("path", bundled(), ids=lambda path: path.stem)
def test_a_scenario_with_everything_written_out_passes(path: Any) -> None:
    assert list(VALIDATOR.iter_errors(load_scenario(path).resolved)) == []


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        (ROOT + "peopel: {}", ([], "additionalProperties")),
        (ROOT + "people: {cuont: 5}", (["people"], "additionalProperties")),
        (ROOT + "people: {nothing: -1}", (["people", "nothing"], "minimum")),
        (ROOT + "people: {count: 1.5}", (["people", "count"], "type")),
        (ROOT + "people: {leaving: 1.2}", (["people", "leaving"], "anyOf")),
        (ROOT + "people: {leaving: {}}", (["people", "leaving"], "anyOf")),
        (ROOT + "people: {leaving: {beta: {}, gamma: {}}}", (["people", "leaving"], "anyOf")),
        (ROOT + "rules: {need: {clock: opne}}", (["rules", "need", "clock"], "enum")),
        (ROOT + "people: {segments: {young: {}}}", (["people", "segments", "young"], "required")),
        ("schema: 1", ([], "required")),
        ("businesses: {ours: {}}", ([], "required")),
        ("schema: 2\nbusinesses: {ours: {}}", (["schema"], "enum")),
        ("schema: 1\nbusinesses: {}", (["businesses"], "minProperties")),
        ("schema: 1\nbusinesses: {our shop: {}}", (["businesses"], "pattern")),
        ("schema: 1\nbusinesses: {ours: {channels: {}}}", (["businesses", "ours", "channels"], "minProperties")),
        ("schema: 1\nbusinesses: {ours: {known: 1.2}}", (["businesses", "ours", "known"], "maximum")),
        (CHILD + "businesses: {ours: {known: 1.2}}", (["businesses", "ours", "known"], "maximum")),
        (CHILD + "name: null", (["name"], "type")),
    ],
)  # fmt: skip
def test_what_is_wrong_is_marked_while_one_types_and_refused_by_the_check(text: str, complaint: Any) -> None:
    assert complaints(text) == [complaint]
    with pytest.raises(InputError):
        scenario_from(parse_document(text).data)


@pytest.mark.parametrize(
    "text",
    [
        CHILD,
        CHILD + "businesses: {incumbent_a: null, ours: {channels: null, affinity: null}}",
        CHILD + "businesses: {ours: {strategy: {steady: null}}}\nnetwork: {mixed: }",
        CHILD + "people: null",
        ROOT + "people: {leaving: 0.1, match: {normal: {sd: 1}}, segments: {a: {share: 1, leaving: {beta: {}}}}}",
        ROOT + "people: {price_sensitivity: 1e1}\nstory: {what_is_it: A tale.}\nrules: {need: {clock: contract}}",
    ],
)
def test_what_is_right_passes_both(text: str) -> None:
    assert complaints(text) == []
    scenario_from(parse_document(text).data)


def test_every_parameter_shows_its_meaning_unit_bounds_default_and_source() -> None:
    for entry in catalogue():
        path = entry.path.replace(ANY_DISTRIBUTION, "people.match")
        schema = below(path)
        about = schema["description"]
        assert about.startswith(f"{entry.meaning} ({entry.unit}"), path
        assert about.endswith(f"). Source: {entry.source}."), path
        if entry.default is not None:
            assert f"default {entry.default}" in about and "default" in schema, path
        if entry.options:
            assert schema["enum"] == [*entry.options, None], path
        else:
            number = next(each for each in _followed(schema) if "minimum" in each)
            assert (number["minimum"], number["maximum"]) == (entry.low, entry.high), path


def test_words_for_an_editor() -> None:
    assert below("businesses.<name>.failure_rate")["description"] == (
        "an order fails (probability per order, 0..1, default 0.05, plausible 0.01..0.15). Source: A10."
    )
    assert below("people.match")["description"].startswith(
        "lasting fit between a person and a business, drawn for each pair (satisfaction, default {normal: "
    )
    assert below("rules.need")["description"]
