"""Two clocks, any order, any number of threads, any block, compiled or not: the same bits."""

import json
import os
import subprocess
import sys
from pathlib import Path

import numba
import pytest

from sim.model import loops
from sim.model.customer import Customer
from sim.model.history import SPENT
from sim.model.market import Market
from sim.model.programmes import REFERRAL_REWARDS
from sim.rules.compile import OPTIONS
from sim.rules.retention import Levers
from sim.scenario.schema import MOST_CHANNELS
from sim.state.tally import BLOCK, Item
from tests.small_worlds import VARIANTS, lived

ROOT = Path(__file__).resolve().parents[2]
SHORT = {"time.weeks": 12, "time.burn_in_weeks": 4}
FEW = {"people.count": 53, **SHORT}
MANY = {"people.count": 6 * BLOCK + 5, **SHORT}
"""Seven blocks, the last of them nearly empty."""


def interpreted(script: str) -> dict[str, str]:
    """What a script prints as JSON with the compiler off, every warning an error."""
    answer = subprocess.run(
        [sys.executable, "-W", "error", "-c", script],
        cwd=ROOT,
        env=os.environ | {"NUMBA_DISABLE_JIT": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert answer.returncode == 0, answer.stderr
    hashes: dict[str, str] = json.loads(answer.stdout)
    return hashes


@pytest.fixture(scope="module")
def hashes() -> dict[str, str]:
    """The compiled loop on one thread: what all others are held against."""
    return {name: lived(changes).result_hash() for name, changes in VARIANTS.items()}


def test_every_small_world_is_another_world(hashes: dict[str, str]) -> None:
    assert len(set(hashes.values())) == len(VARIANTS)


def test_a_small_world_is_lively(lively_market: Market) -> None:
    quiet = [item.name for item in Item if not lively_market.history[:, :, item].any()]
    assert quiet == ["LOST_CLOSED"]  # no business closes there
    paid = lively_market.programmes[..., SPENT].any(axis=(0, 1))
    levers = [name for at, name in enumerate(Levers._fields) if not paid[MOST_CHANNELS + at]]
    assert levers == [] and paid[REFERRAL_REWARDS]


@pytest.mark.parametrize("loop", ["mesa", "shuffled"])
@pytest.mark.parametrize("name", VARIANTS)
def test_agents_one_by_one_live_as_the_compiled_rows_do(name: str, loop: str, hashes: dict[str, str]) -> None:
    assert lived(VARIANTS[name], loop=loop).result_hash() == hashes[name]


def test_the_compiler_changes_no_bit(hashes: dict[str, str]) -> None:
    script = """if True:
        import json
        from tests.small_worlds import VARIANTS, lived
        print(json.dumps({name: lived(changes).result_hash() for name, changes in VARIANTS.items()}))
    """
    assert interpreted(script) == hashes


@pytest.mark.parametrize(("people", "spans"), [({"people.count": 5000, **SHORT}, 3), (MANY, 7)])
def test_threads_change_no_bit(people: dict[str, int], spans: int) -> None:
    lives = [lived(people, threads=threads, followed=5000) for threads in (1, 2, 7, 64)]
    assert [len(market.crew.spans) for market in lives] == [1, 2, spans, spans]
    assert len({market.result_hash() for market in lives}) == 1
    assert len({tuple(map(bytes, market.followed_events)) for market in lives}) == 1


def test_a_small_market_lives_on_one_thread(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(loops, "BLOCKS_A_THREAD", 8)
    people = (1, 2048, 16 * 2048 - 2048, 16 * 2048, 24 * 2048, 100_000)
    assert [len(loops.Crew(n, 3, 3).spans) for n in people] == [1, 1, 1, 2, 3, 3]
    assert [len(loops.Crew(n, 3, 1).spans) for n in people] == [1] * len(people)


def test_neither_blocks_nor_tiles_change_a_bit() -> None:
    script = f"""if True:
        import json, sys
        from sim.model import buying, loops, meeting, world
        from sim.state import diary, tally
        from tests.small_worlds import lived
        hashes = {{}}
        loops.BLOCKS_A_THREAD = 1
        for block in (2048, 8, 9, 53, 1):
            for tile in (256, 3, 8):
                for module in (buying, loops, meeting, world, diary, tally):
                    module.BLOCK = block
                loops.TILE = tile
                market = lived({FEW}, threads=3)
                rooms = [module for name, module in sys.modules.items() if name.startswith("sim.")]
                assert {{getattr(module, "BLOCK", block) for module in rooms}} == {{block}}
                shapes = len(market.world.tally), market.crew.weekly[0].shape[1], len(market.crew.spans)
                assert shapes == (-(-53 // block), tile, min(3, -(-53 // block))), shapes
                hashes[f"{{block}}/{{tile}}"] = market.result_hash()
        print(json.dumps(hashes))
    """
    hashes = interpreted(script)
    assert len(hashes) == 15
    assert set(hashes.values()) == {lived(FEW).result_hash()}


def test_a_week_that_depends_on_order_would_be_seen(monkeypatch: pytest.MonkeyPatch, hashes: dict[str, str]) -> None:
    listen, decide = Customer.step, Customer.advance

    def both(customer: Customer) -> None:
        listen(customer)
        decide(customer)

    monkeypatch.setattr(Customer, "step", both)
    monkeypatch.setattr(Customer, "advance", lambda customer: None)
    in_order, shuffled = (lived({}, loop=loop).result_hash() for loop in ("mesa", "shuffled"))
    assert len({in_order, shuffled, hashes["small_world"]}) == 3


@pytest.mark.skipif(bool(numba.config.DISABLE_JIT), reason="there is no machine code without the compiler")
@pytest.mark.parametrize(("kernel", "space"), [("listen_rows", "listening"), ("decide_rows", "weekly")])
def test_kernels_count_no_references(kernel: str, space: str, lively_market: Market) -> None:
    """Counting references to arrays is what makes serial compiled code slow; with it on, its calls are in sight."""

    def machine_code(counting: bool) -> str:
        fresh = numba.njit(**OPTIONS | {"cache": False, "_nrt": counting})(getattr(loops, kernel).py_func)
        fresh(0, 1, getattr(lively_market.crew, space)[0], lively_market.world)
        return "".join(fresh.inspect_asm().values())

    assert "NRT_incref" in machine_code(counting=True)
    assert "NRT_incref" not in machine_code(counting=False)
