"""The answer of a study as tables for a spreadsheet: what the folder holds, and what every column means."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

from sim.experiment.store import StoreDamaged
from sim.experiment.study.answer import outcomes, summary
from sim.experiment.study.export import read_study
from sim.experiment.study.place import ANSWER
from sim.experiment.study.plan import Shard
from sim.experiment.study.sweep import sweep
from sim.interface import cli
from sim.interface.terminal.terminal import Ending
from tests.experiment.study.small import plan_in


def test_every_table_of_an_answer_is_exported_as_it_is_and_explained(tmp_path: Path) -> None:
    plan = plan_in(tmp_path)
    swept = sweep(plan, tmp_path / "results", "keepwin sweep")
    tables = read_study(swept.folder).tables
    pd.testing.assert_frame_equal(tables["outcomes"], outcomes(plan, swept.parts), check_dtype=False)
    found = summary(plan, swept.parts)
    assert tables["summary"]["mean"].tolist() == pytest.approx(found["mean"].tolist(), nan_ok=True)
    assert {"unit", "better", "ci95_low", "ci95_high", "n"} <= set(tables["summary"])
    about = tables["about"].set_index("item")["value"]
    assert about["question"] == "Does it matter?" and about["result hash"] == swept.result_hash
    meant = tables["dictionary"].set_index(["table", "name"])
    for name, table in tables.items():
        for column in table:
            known = meant.loc[("all", column)] if ("all", column) in meant.index else meant.loc[(name, column)]
            assert known["definition"]
    assert meant.loc[("points", "businesses.ours.levers.care.strength"), "unit"] == "per money"


def test_a_study_that_is_not_finished_is_no_damage_and_a_damaged_one_is(tmp_path: Path) -> None:
    plan = plan_in(tmp_path)
    folder = sweep(plan, tmp_path / "results", "keepwin sweep", shard=Shard(1, 2)).folder
    with pytest.raises(ValueError, match="is not finished"):
        read_study(folder)
    sweep(plan, tmp_path / "results", "keepwin sweep")
    file = folder / ANSWER / "outcomes.parquet"
    file.write_bytes(file.read_bytes()[:-1])
    with pytest.raises(StoreDamaged, match="outcomes.parquet"):
        read_study(folder)


@pytest.mark.parametrize(("shard", "ending"), [(Shard(1, 2), Ending.BAD_INPUT), (Shard(), Ending.FINE)])
def test_the_command_exports_a_study_once_it_is_finished(shard: Shard, ending: Ending, tmp_path: Path) -> None:
    plan = replace(plan_in(tmp_path), name="ours")
    folder = sweep(plan, tmp_path / "results", "keepwin sweep", shard=shard).folder
    assert cli.main(["export", str(folder), "--csv", "--out", str(tmp_path / "tables")]) == ending
    assert (tmp_path / "tables").exists() == (ending == Ending.FINE)
