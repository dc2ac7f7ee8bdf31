"""Exported tables hold what the store holds, harm no spreadsheet, and are there whole or not at all."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import openpyxl
import pandas as pd
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from sim.experiment import sheets
from sim.experiment.compare import compare
from sim.experiment.export import COLUMNS, KEYS, Export, formats_of, read_export
from sim.experiment.runs import run_scenario, seeds_from
from sim.experiment.saving import save_comparison, save_runs
from sim.experiment.sheets import FORMULAS, TooLong, safe, write_csv, write_workbook
from sim.experiment.store import read_table
from sim.interface import cli
from sim.model.metrics import METRICS
from tests.experiment.little import little

FAR = 2**64 - 1
"""A seed that no spreadsheet holds as a number."""


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    runs = run_scenario(little("steady", "=Steady Hand", people=200), (1, 2, FAR), followed=20)
    return save_runs(runs, tmp_path_factory.mktemp("run"), ["keepwin", "run", "steady"])


@pytest.fixture(scope="module")
def comparison(tmp_path_factory: pytest.TempPathFactory) -> Path:
    scenarios = [little("steady", people=200), little("aggressive", people=200), little("eight", people=200)]
    found = compare(scenarios, seeds_from(1, 3), workers=1)
    return save_comparison(found, tmp_path_factory.mktemp("comparison"), "keepwin compare")


@pytest.fixture(params=["run", "comparison"])
def folder(request: pytest.FixtureRequest) -> Path:
    found = request.getfixturevalue(request.param)
    assert isinstance(found, Path)
    return found


def read_csv(path: Path) -> pd.DataFrame:
    return pd.read_csv(path, keep_default_na=False, na_values=[""], encoding="utf-8")


def left_in(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


# -------------------------------------------------------------------------------------------------------------- tables


def test_weekly_is_the_store_with_metrics_side_by_side(folder: Path) -> None:
    wide = read_export(folder).tables["weekly"]
    tidy = read_table(folder)
    pivot = tidy.pivot_table(index=KEYS, columns="metric", values="value", dropna=False, observed=True, sort=False)
    assert len(wide) == len(pivot) == len(tidy) / tidy["metric"].nunique()
    other = wide.set_index(KEYS)
    assert other.index.is_unique
    np.testing.assert_array_equal(other.to_numpy(), pivot.loc[other.index, list(other)].to_numpy())


def test_a_run_has_its_summary_and_its_orders(run: Path) -> None:
    tables = read_export(run).tables
    assert list(tables) == ["about", "summary", "weekly", "journey", "moves", "programmes", "orders", "dictionary"]
    summary = json.loads((run / "summary.json").read_text(encoding="utf-8"))
    ours = summary["businesses"][0]
    row = tables["summary"].query("business == 'ours' and metric == 'profit'").iloc[0]
    assert [row["mean"], [row["ci95_low"], row["ci95_high"]]] == list(ours["metrics"]["profit"].values())
    assert (row["unit"], row["better"]) == ("money", "higher")
    pd.testing.assert_frame_equal(tables["orders"], read_table(run, "orders.parquet")[list(tables["orders"])])


def test_a_comparison_has_means_differences_and_goals(comparison: Path) -> None:
    tables = read_export(comparison).tables
    assert {"about", "summary", "differences", "goals", "weekly", "dictionary"} <= set(tables)
    summary = json.loads((comparison / "summary.json").read_text(encoding="utf-8"))
    stated = [each["difference"] for each in summary["differences"]]  # an undefined one is null there
    np.testing.assert_allclose(tables["differences"]["difference"], np.array(stated, float), rtol=1e-12)
    found = tables["summary"].set_index(["scenario", "business", "metric"])[["mean", "ci95_low", "ci95_high"]]
    means = found["mean"]
    assert means.index.is_unique and set(tables["summary"]["scenario"]) == {"steady", "aggressive", "eight"}
    for each in summary["differences"]:
        rest = (each["business"], each["metric"])
        for name, level in ((summary["baseline"], "baseline"), (each["scenario"], "value")):
            stated = np.array([each[level], *each[f"{level}_ci95"]], float)  # an undefined one is null there
            np.testing.assert_array_equal(found.loc[(name, *rest)].to_numpy(float), stated)
    profit = found.xs("profit", level="metric")
    assert (profit["ci95_low"] < profit["mean"]).all() and (profit["mean"] < profit["ci95_high"]).all()


def test_shared_luck_has_its_interval(comparison: Path) -> None:
    table = read_export(comparison).tables["variance_reduction"].set_index("metric")
    summary = json.loads((comparison / "summary.json").read_text(encoding="utf-8"))
    assert list(table) == ["ratio", "ci95_low", "ci95_high"] and list(table.index) == list(METRICS)
    for metric, ratio in summary["variance_reduction"].items():
        stated = np.array([ratio, *summary["variance_reduction_ci95"][metric]], float)
        np.testing.assert_array_equal(table.loc[metric].to_numpy(float), stated)
    assert table.loc["profit", "ci95_low"] < table.loc["profit", "ratio"] < table.loc["profit", "ci95_high"]


def test_all_tables_of_worlds_begin_alike_and_phases_are_explained_in_order(run: Path) -> None:
    tables = read_export(run).tables
    for name in ("weekly", "journey", "moves", "programmes", "orders"):
        assert list(tables[name])[:2] == ["scenario", "run"]
    assert list(tables["journey"])[: len(KEYS)] == KEYS
    dictionary = tables["dictionary"].set_index(["table", "name"])["definition"]
    assert "assess, admit, affirm, activate, acclimate, accomplish, adopt, advocate" in dictionary["journey", "phase"]
    assert "A42" in dictionary["journey", "phase"]


def test_an_export_is_the_same_by_any_way_that_leads_to_the_results(
    run: Path, export: Callable[..., int], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (run.parent / "elsewhere").mkdir()
    monkeypatch.chdir(run.parent / "elsewhere")
    assert export(Path("..") / run.name, "--csv") == 0
    assert left_in(tmp_path / "out") == [read_export(run).name]


def test_every_column_and_every_metric_is_defined_once(folder: Path) -> None:
    found = read_export(folder)
    dictionary = found.tables["dictionary"]
    assert not dictionary.duplicated(["table", "name"]).any()
    known = set(zip(dictionary["table"], dictionary["name"], strict=True))
    assert {("all", metric) for metric in METRICS} <= known
    for table, frame in found.tables.items():
        assert {(table, column) for column in frame if column not in METRICS} <= known
    assert (dictionary["definition"].str.len() > 3).all()


def test_money_has_its_name_in_units_and_formats() -> None:
    formats = formats_of(Export("x", {}, "yen", 0))
    assert formats["yen per order"] == "#,##0" and "money" not in formats


def test_no_definition_is_left_over(run: Path, comparison: Path) -> None:
    columns = {
        f"{table}.{column}"
        for folder in (run, comparison)
        for table, f in read_export(folder).tables.items()
        for column in f
    }
    stems = {column.removesuffix("_low").removesuffix("_high").removesuffix("_ci95") for column in columns}
    own = {key for key in COLUMNS if "." in key and not key.startswith("break_even.")}
    assert own <= columns | stems


# ----------------------------------------------------------------------------------------------------------- CSV files


def test_csv_files_give_pandas_the_tables_back(folder: Path, tmp_path: Path) -> None:
    found = read_export(folder)
    paths = write_csv(found.tables, tmp_path / "csv")
    assert [path.stem for path in paths] == list(found.tables)
    for path in paths:
        table, again = found.tables[path.stem], read_csv(path)
        assert list(again) == list(table)
        for column in table:
            if pd.api.types.is_numeric_dtype(table[column]):
                np.testing.assert_array_equal(again[column].to_numpy(float), table[column].to_numpy(float))
            else:
                texts = [safe(str(cell)) for cell in table[column] if not pd.isna(cell) and cell != ""]
                assert [str(cell) for cell in again[column].dropna()] == texts


def test_csv_files_are_what_spreadsheets_open(run: Path, tmp_path: Path) -> None:
    write_csv(read_export(run).tables, tmp_path / "csv")
    raw = (tmp_path / "csv" / "weekly.csv").read_bytes()
    assert raw.startswith(b"\xef\xbb\xbfscenario,run,week,business,profit")
    assert raw.count(b"\r\n") == raw.count(b"\n") == 1 + 3 * 60 * 3
    first, far = raw.splitlines()[1], raw.splitlines()[-1]
    assert first.startswith(b"'=Steady Hand,1,0,ours,") and far.startswith(b"'=Steady Hand,%d,59,small," % FAR)


@given(st.text())
@example("=cmd|' /C calc'!A0")
@example("\uff1d1+1")
@example("\tx")
@example("\0=1")
def test_no_text_begins_as_a_formula_and_none_is_lost(text: str) -> None:
    assert not safe(text).startswith(FORMULAS)
    assert safe(text).removeprefix("'") == text.removeprefix("'") or safe(text) == text
    assert safe(safe(text)) == safe(text)


@given(st.lists(st.text(alphabet=st.characters(codec="utf-8")), min_size=1, max_size=5), st.floats(width=32))
def test_no_cell_of_a_table_begins_as_a_formula_and_numbers_stay(texts: list[str], value: float) -> None:
    table = pd.DataFrame({"=name": texts, "value": [value] * len(texts)})
    made = sheets._safe_table(table)
    assert list(made) == ["'=name", "value"]
    assert not any(cell.startswith(FORMULAS) for cell in made["'=name"])
    np.testing.assert_array_equal(made["value"], table["value"])


# ----------------------------------------------------------------------------------------------------------- workbooks


def test_a_workbook_holds_numbers_as_numbers_and_texts_as_texts(folder: Path, tmp_path: Path) -> None:
    found = read_export(folder)
    (path,) = write_workbook(found.tables, tmp_path / "book.xlsx", formats_of(found))
    book = openpyxl.load_workbook(path)
    assert book.sheetnames == list(found.tables)
    for name, table in found.tables.items():
        rows = list(book[name].iter_rows())
        assert [cell.value for cell in rows[0]] == list(table) and len(rows) == len(table) + 1
        for row, wanted in zip(rows[1:], table.astype(object).itertuples(index=False), strict=True):
            for cell, value in zip(row, wanted, strict=True):
                assert cell.data_type != "f"
                if isinstance(value, str) and value:
                    assert (cell.data_type, cell.value) == ("s", value)
                elif isinstance(value, bool):
                    assert (cell.data_type, cell.value) == ("b", value)
                elif value in (None, "") or value != value:
                    assert cell.value is None or cell.value == ""
                elif abs(value) > 2**53:
                    assert (cell.data_type, cell.value) == ("s", str(value))
                else:
                    assert (cell.data_type, cell.value) == ("n", pytest.approx(value, rel=1e-15))  # 16 digits


def test_a_workbook_shows_money_and_shares_as_such(run: Path, tmp_path: Path) -> None:
    found = read_export(run)
    (path,) = write_workbook(found.tables, tmp_path / "book.xlsx", formats_of(found))
    sheet = openpyxl.load_workbook(path)["summary"]
    shown = {row[2].value: row[5].number_format for row in sheet.iter_rows(min_row=2)}
    assert (shown["profit"], shown["market_share"], shown["customers"]) == ("#,##0.00", "0.0%", "#,##0")


@pytest.mark.parametrize("text", ["=1+1", "#N/A", "1", "TRUE", "2020-01-01", "\uff1dx", "a\x00b\x1b", "x" * 40_000])
def test_a_text_of_a_workbook_stays_a_text(text: str, tmp_path: Path) -> None:
    write_workbook({"t": pd.DataFrame({"=name": [text]})}, tmp_path / "b.xlsx", {})
    heading, cell = (row[0] for row in openpyxl.load_workbook(tmp_path / "b.xlsx")["t"].iter_rows())
    assert (heading.data_type, heading.value, cell.data_type) == ("s", "=name", "s")
    assert cell.value == (text if text.isprintable() else r"a\x00b\x1b")[:32_767]


def test_a_table_longer_than_a_sheet_is_refused_and_nothing_is_written(
    tmp_path: Path, run: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sheets, "MOST_ROWS", 541)
    table = pd.DataFrame({"a": range(540)})
    write_workbook({"t": table}, tmp_path / "b.xlsx", {})
    with pytest.raises(TooLong, match="the table t has 541 rows; a sheet holds 540 and its heading"):
        write_workbook({"t": pd.DataFrame({"a": range(541)})}, tmp_path / "c.xlsx", {})
    monkeypatch.setattr(sheets, "MOST_ROWS", 540)
    assert cli.main(["export", str(run), "--xlsx", "--csv", "--out", str(tmp_path / "out")]) == 2
    assert "has 540 rows; a sheet holds 539 and its heading. Take --csv" in capsys.readouterr().err
    assert not (tmp_path / "out").exists() or left_in(tmp_path / "out") == []


# --------------------------------------------------------------------------------------------------------- the command


@pytest.fixture
def export(tmp_path: Path) -> Callable[..., int]:
    def call(folder: Path, *words: str) -> int:
        return cli.main(["export", str(folder), *words, "--out", str(tmp_path / "out")])

    return call


def test_a_document_says_what_was_written(
    comparison: Path, export: Callable[..., int], capsys: pytest.CaptureFixture[str]
) -> None:
    assert export(comparison, "--csv", "--xlsx", "--json") == 0
    out, err = capsys.readouterr()
    document = json.loads(out)
    assert err == "" and all(Path(path).is_file() for path in document["files"])
    assert document["tables"]["weekly"]["rows"] == 3 * 3 * 60 * 3
    assert document["tables"]["weekly"]["columns"][:4] == KEYS


def test_an_export_is_not_replaced_unless_that_is_meant(
    run: Path, export: Callable[..., int], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert export(run, "--csv") == 0
    (made,) = (tmp_path / "out").iterdir()
    (made / "about.csv").write_text("mine", encoding="utf-8")
    assert export(run, "--csv", "--xlsx") == 2
    assert "there already. Name another folder with --out, or say --force." in capsys.readouterr().err
    assert left_in(tmp_path / "out") == [made.name]
    assert export(run, "--csv", "--force") == 0
    assert (made / "about.csv").read_text(encoding="utf-8-sig").startswith("item,value")
    assert left_in(tmp_path / "out") == [made.name]


def test_a_damaged_store_ends_with_4_and_exports_nothing(
    tmp_path: Path, export: Callable[..., int], capsys: pytest.CaptureFixture[str]
) -> None:
    folder = save_runs(run_scenario(little(people=50), [1]), tmp_path / "results", "x")
    raw = bytearray((folder / "weekly.parquet").read_bytes())
    raw[len(raw) // 2] ^= 1
    (folder / "weekly.parquet").write_bytes(raw)
    assert export(folder, "--csv") == 4
    assert "weekly.parquet has changed" in capsys.readouterr().err and not (tmp_path / "out").exists()
    (folder / "manifest.json").write_text("{}", encoding="utf-8")
    assert export(folder, "--csv") == 4


def test_a_folder_without_results_ends_with_2(
    run: Path, tmp_path: Path, export: Callable[..., int], capsys: pytest.CaptureFixture[str]
) -> None:
    for folder, advice in ((tmp_path, "Name a folder that"), (run.parent, f"Did you mean {run}?")):
        assert export(folder, "--csv") == 2
        assert f"no results here, for there is no manifest.json. {advice}" in capsys.readouterr().err


def test_an_export_says_csv_or_xlsx_and_stays_out_of_the_results(
    run: Path, export: Callable[..., int], capsys: pytest.CaptureFixture[str]
) -> None:
    assert export(run) == 2
    assert "Say --csv for a folder of CSV files, --xlsx for an Excel workbook" in capsys.readouterr().err
    before = left_in(run)
    assert cli.main(["export", str(run), "--csv", "--out", str(run / "tables")]) == 2
    assert "lies inside the results" in capsys.readouterr().err and left_in(run) == before


def test_a_missing_library_ends_with_2_and_says_how_to_get_it(
    run: Path, export: Callable[..., int], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(sys.modules, "openpyxl", None)
    assert export(run, "--xlsx") == 2
    assert "--xlsx needs openpyxl, which is not installed. Say: pip install" in capsys.readouterr().err
    assert export(run, "--csv") == 0


@pytest.mark.parametrize("call", ["rename", "mkdir"])
def test_a_disk_that_refuses_leaves_the_older_export(
    call: str, run: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every call of the kind fails once, the first, the second, and so on, until a writing needs no more of them."""
    tables = {"about": read_export(run).tables["about"]}
    write_csv({"about": pd.DataFrame({"old": [1]})}, tmp_path / "out" / "csv")
    original = getattr(Path, call)
    failing = calls = 0

    def refuse(path: Path, *args: object, **options: object) -> object:
        nonlocal calls
        calls += 1
        if calls == failing:
            raise OSError(28, "No space left on device")
        return original(path, *args, **options)

    while calls >= failing:
        failing, calls = failing + 1, 0
        monkeypatch.setattr(Path, call, refuse)
        try:
            write_csv(tables, tmp_path / "out" / "csv", force=True)
        except OSError:
            monkeypatch.setattr(Path, call, original)
            assert left_in(tmp_path / "out") == ["csv"]
            assert (tmp_path / "out" / "csv" / "about.csv").read_text(encoding="utf-8-sig").startswith("old")
    monkeypatch.undo()
    assert failing > 1 and left_in(tmp_path / "out") == ["csv"]
    assert (tmp_path / "out" / "csv" / "about.csv").read_text(encoding="utf-8-sig").startswith("item")
