"""Any scenario is one world: compiled or interpreted, by rows or by agents, in any order, on any number of threads."""

import json
from pathlib import Path

import pytest
from hypothesis import strategies as some

from tests.any_scenario import Data, any_world, scenarios
from tests.dealing import dealt
from tests.equality.test_clocks import interpreted
from tests.small_worlds import lived, scenario_with

SMALL = scenarios(most_people=12, most_businesses=3)


def by_agents_as_by_rows(world: Data, seed: int) -> None:
    rows = lived({}, seed, world).result_hash()
    assert lived({}, seed, world, loop="mesa").result_hash() == rows
    assert lived({}, seed, world, loop="shuffled").result_hash() == rows


@any_world(15, of=SMALL)
def test_agents_one_by_one_live_as_the_compiled_rows_do(world: Data, seed: int) -> None:
    by_agents_as_by_rows(world, seed)


@pytest.mark.slow
@any_world(100)
def test_agents_of_many_worlds_live_as_the_compiled_rows_do(world: Data, seed: int) -> None:
    by_agents_as_by_rows(world, seed)


@any_world(10, of=SMALL)
def test_plans_that_divide_and_price_live_the_same_by_agents_and_by_rows(world: Data, seed: int) -> None:
    scenario = dealt(scenario_with({}, world), seed)
    rows = lived(scenario, seed).result_hash()
    assert lived(scenario, seed, loop="mesa").result_hash() == rows


@any_world(10, of=scenarios(most_people=5000, most_businesses=3), threads=some.sampled_from([2, 3, 64]))
def test_threads_change_no_bit_of_any_world(world: Data, seed: int, threads: int) -> None:
    """More people than a block holds, so that there is something to share."""
    scenario = dealt(scenario_with({"people.count": 5000, "time.burn_in_weeks": 0, "time.weeks": 8}, world), seed)
    one, many = lived(scenario, seed), lived(scenario, seed, threads=threads)
    assert len(many.crew.spans) == min(threads, 3)
    assert one.result_hash() == many.result_hash()


def by_hand_as_by_machine(examples: int, folder: Path) -> None:
    """Compare the result of every world with what interpreted code says of it."""
    worlds: list[tuple[Data, int]] = []
    any_world(examples, of=SMALL)(lambda world, seed: worlds.append((world, seed)))()
    file = folder / "worlds.json"
    file.write_text(json.dumps(worlds), encoding="utf-8")
    script = f"""if True:
        import json
        from tests.small_worlds import lived
        with open({str(file)!r}, encoding="utf-8") as file:
            worlds = json.load(file)
        print(json.dumps({{at: lived({{}}, seed, world).result_hash() for at, (world, seed) in enumerate(worlds)}}))
    """
    hashes = interpreted(script)
    assert len(hashes) >= examples
    for at, (world, seed) in enumerate(worlds):
        assert lived({}, seed, world).result_hash() == hashes[str(at)], world


BLOCKS, LOOPS, THREADS = [1, 2, 5, 2048], ["compiled", "mesa", "shuffled"], [1, 3]


def blocks_and_loops_change_no_bit(examples: int, folder: Path) -> None:
    """Each world by another loop, in blocks of another size, on other threads; machine code has its blocks baked in."""
    ways: list[tuple[Data, int, int, str, int]] = []
    drawn = {name: some.sampled_from(of) for name, of in (("block", BLOCKS), ("loop", LOOPS), ("threads", THREADS))}
    any_world(examples, of=SMALL, **drawn)(
        lambda world, seed, block, loop, threads: ways.append((world, seed, block, loop, threads))
    )()
    assert [set(of) for of in zip(*(way[2:] for way in ways), strict=True)] == [set(BLOCKS), set(LOOPS), set(THREADS)]
    file = folder / "ways.json"
    file.write_text(json.dumps(ways), encoding="utf-8")
    script = f"""if True:
        import json
        from sim.model import buying, loops, meeting, world
        from sim.state import diary, tally
        from tests.small_worlds import lived
        loops.BLOCKS_A_THREAD = 1
        with open({str(file)!r}, encoding="utf-8") as file:
            ways = json.load(file)
        hashes = {{}}
        for at, (data, seed, block, loop, threads) in enumerate(ways):
            for module in (buying, loops, meeting, world, diary, tally):
                module.BLOCK = block
            market = lived({{}}, seed, data, loop=loop, threads=threads)
            blocks = -(-market.scenario.people // block)
            assert (len(market.world.tally), len(market.crew.spans)) == (blocks, min(threads, blocks))
            hashes[at] = market.result_hash()
        print(json.dumps(hashes))
    """
    hashes = interpreted(script)
    assert len(hashes) == len(ways) >= examples
    for at, (world, seed, *way) in enumerate(ways):
        assert lived({}, seed, world).result_hash() == hashes[str(at)], (way, world)


def test_neither_blocks_nor_loops_change_a_bit_of_any_world(tmp_path: Path) -> None:
    blocks_and_loops_change_no_bit(30, tmp_path)


@pytest.mark.slow
def test_neither_blocks_nor_loops_change_a_bit_of_many_worlds(tmp_path: Path) -> None:
    blocks_and_loops_change_no_bit(200, tmp_path)


def test_the_compiler_changes_no_bit(tmp_path: Path) -> None:
    by_hand_as_by_machine(40, tmp_path)


@pytest.mark.slow
def test_the_compiler_changes_no_bit_of_many_worlds(tmp_path: Path) -> None:
    by_hand_as_by_machine(300, tmp_path)


def test_another_rule_in_one_of_the_two_would_be_seen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sim.model.programmes.WEEKS_A_YEAR", 26.0)  # here, not in the other process
    with pytest.raises(AssertionError):
        by_hand_as_by_machine(20, tmp_path)
