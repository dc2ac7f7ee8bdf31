"""Social networks: sound lists, the published shapes, and the same bits wherever they are made.

Chi-square tests have the false alarms of tests/alphas.py; their seeds are fixed, so they either pass or do not. Laws
that are a little wrong are refused.
"""

import hashlib
import os
import subprocess
import sys
from itertools import combinations, pairwise
from pathlib import Path

import networkx
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as some
from scipy import stats

from sim.state.network import Friends, groups, nobody, random_network, scale_free, small_world
from tests.alphas import alpha_of

FALSE_ALARM = alpha_of("state/test_network.py")
SEEDS = range(5)
SMALL = """
import hashlib
from sim.state import network
made = [network.nobody(5)]
for people in (1, 2, 3, 4, 7, 50, 121):
    made += [network.groups(people, size) for size in (1, 2, 9, 200)]
    for seed in (0, 7, 2**64 - 1):
        made += [network.small_world(people, degree, share, seed) for degree in (2, 6) for share in (0.0, 0.3, 1.0)]
        made += [network.scale_free(people, links, seed) for links in (1, 3, 60)]
        made += [network.random_network(people, degree, seed) for degree in (0.5, 6.0, 300.0)]
print(hashlib.sha256(b"".join(a.astype("<i8").tobytes() for friends in made for a in friends)).hexdigest())
"""

people_of_a_few = some.integers(1, 60)
few = some.integers(1, 70)
shares = some.floats(0.0, 1.0)
seeds = some.integers(0, 2**64 - 1)
any_size = settings(derandomize=True, deadline=None)


def degrees(friends: Friends) -> np.ndarray:
    return np.diff(friends.first)


def links_of(friends: Friends) -> set[tuple[int, int]]:
    """Every link once, the smaller row first."""
    rows = np.repeat(np.arange(len(friends.first) - 1), degrees(friends))
    return {(row, friend) for row, friend in zip(rows.tolist(), friends.ids.tolist(), strict=True) if row < friend}


def graph_of(friends: Friends) -> networkx.Graph:
    graph = networkx.empty_graph(len(friends.first) - 1)
    graph.add_edges_from(links_of(friends))
    return graph


def newcomer(link: tuple[int, int]) -> int:
    return link[1]


def distances(links: set[tuple[int, int]], people: int) -> np.ndarray:
    """How far apart around a ring linked people are."""
    return np.array([min(other - row, people - other + row) for row, other in links])


def fingerprint(friends: Friends) -> str:
    return hashlib.sha256(friends.first.tobytes() + friends.ids.tobytes()).hexdigest()


def assert_sound(friends: Friends, people: int) -> None:
    """Symmetric, sorted, nobody twice, nobody a friend of itself."""
    first, ids = friends
    assert (first.dtype, ids.dtype) == (np.int64, np.int32)
    assert len(first) == people + 1 and first[0] == 0 and first[-1] == len(ids)
    lists = [ids[start:stop].tolist() for start, stop in pairwise(first.tolist())]
    for row, friends_of_row in enumerate(lists):
        assert friends_of_row == sorted(set(friends_of_row) - {row})
        assert all(0 <= friend < people and row in lists[friend] for friend in friends_of_row)


def assert_fits(observed: np.ndarray, probabilities: np.ndarray) -> None:
    """Chi-square test of counts against probabilities; cells at the end are put together until each expects 5."""
    expected = probabilities / probabilities.sum() * observed.sum()
    while expected[-1] < 5:
        expected = np.append(expected[:-2], expected[-2:].sum())
        observed = np.append(observed[:-2], observed[-2:].sum())
    while expected[0] < 5:
        expected = np.append(expected[:2].sum(), expected[2:])
        observed = np.append(observed[:2].sum(), observed[2:])
    assert stats.chisquare(observed, expected).pvalue > FALSE_ALARM


# --- sound lists, whatever the size ---


@any_size
@given(people_of_a_few, few, shares, seeds)
def test_a_small_world_is_sound_and_has_its_degree_on_average(people, half, rewired_share, seed):
    friends = small_world(people, 2 * half, rewired_share, seed)
    assert_sound(friends, people)
    assert len(friends.ids) == people * min(2 * half, people - 1)


@any_size
@given(people_of_a_few, few, seeds)
def test_a_scale_free_network_is_sound_and_each_newcomer_links_to_as_many_as_it_should(people, links, seed):
    friends = scale_free(people, links, seed)
    assert_sound(friends, people)
    earlier = np.bincount([newcomer(link) for link in links_of(friends)], minlength=people)
    assert earlier.tolist() == [min(row, links) for row in range(people)]


@any_size
@given(people_of_a_few, some.floats(0.0, 80.0), seeds)
def test_a_random_network_is_sound_and_has_exactly_the_links_asked_for(people, degree, seed):
    friends = random_network(people, degree, seed)
    assert_sound(friends, people)
    assert len(friends.ids) == 2 * min(round(people * degree / 2), people * (people - 1) // 2)


@any_size
@given(people_of_a_few, few)
def test_groups_are_sound_and_everybody_hears_everybody_in_its_group(people, size):
    friends = groups(people, size)
    assert_sound(friends, people)
    assert links_of(friends) == {
        (row, other) for row, other in combinations(range(people), 2) if row // size == other // size
    }


@pytest.mark.parametrize("people", [1, 2, 3, 10])
def test_nobody_has_no_friends(people):
    friends = nobody(people)
    assert_sound(friends, people)
    assert len(friends.ids) == 0


@pytest.mark.parametrize("people", [1, 2, 3, 8, 9])
@pytest.mark.parametrize("too_many", [0, 1, 50])
def test_asking_for_more_friends_than_there_are_people_links_everybody_to_everybody(people, too_many):
    wanted = people - 1 + too_many
    everybody = set(combinations(range(people), 2))
    assert links_of(small_world(people, wanted + wanted % 2, 0.5, 1)) == everybody
    assert links_of(scale_free(people, max(wanted, 1), 1)) == everybody
    assert links_of(random_network(people, wanted, 1)) == everybody
    assert links_of(groups(people, wanted + 1)) == everybody


def test_an_odd_degree_of_a_small_world_is_refused():
    with pytest.raises(ValueError, match="7 is odd"):
        small_world(100, 7, 0.1, 1)


def test_a_nearly_complete_ring_can_still_be_rewired():
    for seed in SEEDS:
        assert_sound(small_world(10, 8, 1.0, seed), 10)


# --- the same bits for the same seed ---


def test_the_same_seed_gives_the_same_network_and_another_seed_another():
    for make in (
        lambda seed: small_world(200, 6, 0.2, seed),
        lambda seed: scale_free(200, 3, seed),
        lambda seed: random_network(200, 6.0, seed),
    ):
        prints = [fingerprint(make(seed)) for seed in (0, 1, 2, 2**32, 2**63)]
        assert len(set(prints)) == len(prints)
        assert fingerprint(make(1)) == prints[1]


def test_compiled_and_interpreted_networks_are_the_same_and_nothing_warns():
    def printed(**settings: str) -> str:
        root = Path(__file__).parents[2]
        environment = {**os.environ, "PYTHONPATH": str(root), **settings}
        command = [sys.executable, "-W", "error", "-c", SMALL]
        done = subprocess.run(command, env=environment, cwd=root, capture_output=True, text=True, check=False)
        assert (done.returncode, done.stderr) == (0, "")
        return done.stdout

    assert printed(NUMBA_DISABLE_JIT="0") == printed(NUMBA_DISABLE_JIT="1")


# --- small worlds ---


def test_a_small_world_without_rewiring_is_the_ring_of_networkx():
    assert links_of(small_world(50, 6, 0.0, 1)) == set(networkx.watts_strogatz_graph(50, 6, 0.0).edges)


@pytest.mark.parametrize("rewired_share", [0.0, 0.02, 0.1, 0.3, 1.0])
def test_clustering_of_a_small_world_falls_as_published(rewired_share):
    """Barrat & Weigt (2000): C(0) (1 - share)^3 with C(0) = 3 (k - 2) / (4 (k - 1)); within .015 of both, 5 seeds."""
    people, degree = 2000, 8
    ours = [small_world(people, degree, rewired_share, seed) for seed in SEEDS]
    theirs = [networkx.watts_strogatz_graph(people, degree, rewired_share, seed) for seed in SEEDS]
    assert {len(links_of(friends)) for friends in ours} == {graph.number_of_edges() for graph in theirs}
    clustering = np.mean([networkx.average_clustering(graph_of(friends)) for friends in ours])
    published = 3 * (degree - 2) / (4 * (degree - 1)) * (1 - rewired_share) ** 3
    assert clustering == pytest.approx(published, abs=0.015)
    assert clustering == pytest.approx(np.mean([networkx.average_clustering(g) for g in theirs]), abs=0.015)


def test_friends_in_a_small_world_are_as_many_as_published():
    """Barrat & Weigt (2000): half the degree, plus links left to one (binomial), plus links that came (Poisson)."""
    people, half, rewired_share = 20_000, 4, 0.4
    counts = np.bincount(degrees(small_world(people, 2 * half, rewired_share, 1)), minlength=30)
    left = stats.binom.pmf(np.arange(half + 1), half, 1 - rewired_share)
    came = stats.poisson.pmf(np.arange(30), half * rewired_share)
    published = np.concatenate([np.zeros(half), np.convolve(left, came)])[: len(counts)]
    assert counts[:half].sum() == 0
    assert_fits(counts[half:], published[half:])


def test_the_share_of_rewired_links_is_the_one_asked_for():
    people, degree = 20_000, 8
    ring = links_of(small_world(people, degree, 0.0, 1))
    left = len(ring & links_of(small_world(people, degree, 0.1, 1)))
    assert stats.binomtest(left, len(ring), 0.9).pvalue > FALSE_ALARM
    assert stats.binomtest(left, len(ring), 0.91).pvalue < FALSE_ALARM


def test_rewired_links_lead_anywhere():
    """Chi-square test of their distances around the ring, in 50 equal steps."""
    people, degree = 10_001, 4
    moved = links_of(small_world(people, degree, 1.0, 1)) - links_of(small_world(people, degree, 0.0, 1))
    steps = (distances(moved, people) - degree // 2 - 1) * 50 // (people // 2 - degree // 2)
    assert_fits(np.bincount(steps, minlength=50), np.ones(50))


# --- scale-free networks ---


@pytest.mark.parametrize("links", [1, 4, 10])
def test_friends_in_a_scale_free_network_are_as_many_as_published(links):
    """Share with k friends: 2 l (l + 1) / (k (k + 1) (k + 2)); of networkx, its sum from 2 l on: within .01, 5 seeds.

    Source of the shares: Dorogovtsev, Mendes & Samukhin (2000); the tail sums to l (l + 1) / (k (k + 1)).
    """
    people = 20_000
    ours = np.concatenate([degrees(scale_free(people, links, seed)) for seed in SEEDS])
    start = networkx.complete_graph(links + 1)
    graphs = [networkx.barabasi_albert_graph(people, links, seed, initial_graph=start) for seed in SEEDS]
    theirs = np.array([degree for graph in graphs for _, degree in graph.degree])
    assert ours.sum() == theirs.sum() == 2 * len(SEEDS) * (links * people - links * (links + 1) // 2)
    assert ours.min() == theirs.min() == links
    for least in (links + 1, 2 * links, 4 * links, 10 * links):
        published = links * (links + 1) / (least * (least + 1))
        assert np.mean(ours >= least) == pytest.approx(published, abs=0.01)
        assert np.mean(ours >= least) == pytest.approx(np.mean(theirs >= least), abs=0.01)


def test_a_scale_free_network_has_hubs():
    """The most friends grow with the square root of people: here 4 sqrt(20,000) = 566, and 30 at most at random."""
    most = [degrees(scale_free(20_000, 4, seed)).max() for seed in SEEDS]
    assert 250 < np.mean(most) < 1500


def test_a_newcomer_chooses_by_friends():
    """The third person chooses either of two, which gets two of the four ends: half of the fourths choose it too."""
    outcomes = [(third, fourth) for third in (0, 1) for fourth in (0, 1, 2)]
    made = [
        tuple(earlier for earlier, _ in sorted(links_of(scale_free(4, 1, seed)), key=newcomer)) for seed in range(3000)
    ]
    counts = [made.count((0, *outcome)) for outcome in outcomes]
    assert sum(counts) == len(made)
    assert_fits(np.array(counts), np.array([1 + (third == fourth) for third, fourth in outcomes]))
    with pytest.raises(AssertionError):
        assert_fits(np.array(counts), np.ones(len(outcomes)))


# --- random networks ---


def test_friends_in_a_random_network_are_poisson():
    counts = np.bincount(degrees(random_network(20_000, 8.0, 1)), minlength=40)
    assert_fits(counts, stats.poisson.pmf(np.arange(len(counts)), 8.0))
    with pytest.raises(AssertionError):
        assert_fits(counts, stats.poisson.pmf(np.arange(len(counts)), 8.2))


def test_links_of_a_random_network_lead_anywhere():
    """Chi-square test of their distances around a ring so large that possible links outnumber 32-bit words."""
    people = 1_000_001
    steps = (distances(links_of(random_network(people, 0.05, 1)), people) - 1) * 50 // (people // 2)
    assert_fits(np.bincount(steps, minlength=50), np.ones(50))


def test_a_random_network_clusters_no_more_than_that_of_networkx():
    """Both near degree / people = .004: within .001, 5 seeds."""
    ours = np.mean([networkx.transitivity(graph_of(random_network(2000, 8.0, seed))) for seed in SEEDS])
    theirs = np.mean([networkx.transitivity(networkx.gnm_random_graph(2000, 8000, seed)) for seed in SEEDS])
    assert ours == pytest.approx(0.004, abs=0.001)
    assert ours == pytest.approx(theirs, abs=0.001)


@pytest.mark.parametrize(("people", "wanted"), [(4, 3), (5, 2), (5, 8)])
def test_every_random_network_is_as_likely(people, wanted):
    possible = list(combinations(combinations(range(people), 2), wanted))
    made = [tuple(sorted(links_of(random_network(people, 2 * wanted / people, seed)))) for seed in range(3000)]
    assert_fits(np.array([made.count(network) for network in possible]), np.ones(len(possible)))
