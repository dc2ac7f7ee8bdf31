"""Who hears whom: social networks as compressed lists of friends, made once with the world.

Friendship is mutual, nobody is a friend of itself, and no friendship is held twice. Each generator first writes every
link once, from the person that holds it to the other, and ``_lists`` then turns links into sorted lists. Time grows
with the number of links; where a link must not be held twice, the few others of the same person are looked through.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from sim.rules.chance import happens, one_of
from sim.rules.compile import compiled
from sim.state.draws import Moment, Purpose, Words, draw, moment

FREE = -1
"""A place in the table of chosen links that holds none."""


class Friends(NamedTuple):
    """Who hears whom: friends of row i are ``ids[first[i]:first[i + 1]]``, in ascending order.

    Parameters
    ----------
    first : place in ``ids``, int64, shape (people + 1,)
    ids : row of a friend, int32, two entries per friendship
    """

    first: np.ndarray
    ids: np.ndarray


def nobody(people: int) -> Friends:
    """No lists at all: for talk that is fully mixed, or for no talk."""
    return Friends(np.zeros(people + 1, np.int64), np.empty(0, np.int32))


def groups(people: int, size: int) -> Friends:
    """Closed groups in which everybody hears everybody; rows are dealt in order, so the last group may be smaller.

    Check
    -----
    >>> groups(5, 3).ids.tolist()
    [1, 2, 0, 2, 0, 1, 4, 3]
    """
    rows = np.arange(people, dtype=np.int32)
    group_first = rows - rows % size
    friends = np.minimum(size, people - group_first) - 1
    first = np.zeros(people + 1, np.int64)
    np.cumsum(friends, out=first[1:])
    ids = np.arange(first[-1]) - np.repeat(first[:-1] - group_first, friends)
    ids += ids >= np.repeat(rows, friends)  # step over oneself
    return Friends(first, ids.astype(np.int32))


def small_world(people: int, degree: int, rewired_share: float, seed: int) -> Friends:
    """A ring of neighbours with some links rewired: short ways between people, and friends who know each other.

    A rewired link is taken up and put down again at anybody not yet linked, its old place included. It therefore
    always finds a place. From a degree of people - 1 on, everybody is linked to everybody.

    Parameters
    ----------
    degree : count, even
        Neighbours on the ring, half of them on each side; the mean number of friends.
    rewired_share : share, 0..1

    Raises
    ------
    ValueError
        If the degree is odd.

    Source
    ------
    Watts & Strogatz (1998), Collective dynamics of 'small-world' networks: lap by lap around the ring.

    Check
    -----
    >>> small_world(6, 2, 0.0, seed=1).ids.tolist()
    [1, 5, 0, 2, 1, 3, 2, 4, 3, 5, 0, 4]
    >>> small_world(6, 2, 0.5, seed=1).ids.tolist()
    [4, 5, 2, 3, 1, 3, 1, 2, 4, 0, 3, 0]
    """
    if degree % 2:
        raise ValueError(f"the degree of a small world is even, half on each side of the ring; {degree} is odd")
    if degree >= people - 1:
        return groups(people, people)
    rows = np.arange(people, dtype=np.int32)
    steps = np.arange(1, degree // 2 + 1, dtype=np.int32)
    ends = (rows[:, None] + steps) % people
    _rewire(rewired_share, moment(seed, 0), ends)
    return _lists(people, np.repeat(rows, len(steps)), ends.ravel())


def scale_free(people: int, links: int, seed: int) -> Friends:
    """Newcomers link to the well-connected: a few people have very many friends.

    Each newcomer links to ``links`` distinct earlier people, chosen with a chance in proportion to their friends; the
    first ones, who find no more than that, link to everybody before them. Nobody has fewer than ``links`` friends as
    long as there are so many others.

    Source
    ------
    Barabasi & Albert (1999), Emergence of scaling in random networks; their first few people, left open there, know
    each other here.

    Check
    -----
    >>> scale_free(3, 2, seed=1).ids.tolist(), scale_free(5, 1, seed=1).ids.tolist()
    ([1, 2, 0, 2, 0, 1], [1, 4, 0, 2, 3, 1, 1, 0])
    """
    rows = np.arange(people, dtype=np.int32)
    starts = np.repeat(rows, np.minimum(rows, links))
    ends = np.empty_like(starts)
    first_ends = np.tril_indices(min(people, links + 1), -1)[1]
    ends[: len(first_ends)] = first_ends
    _attach(links, len(first_ends), moment(seed, 0), starts, ends)
    return _lists(people, starts, ends)


def random_network(people: int, degree: float, seed: int) -> Friends:
    """Links between anybody and anybody: every set of ``round(people * degree / 2)`` distinct links is as likely.

    All possible links are numbered around a ring: first those to the next person, then to the one after, and so on.
    More links than there can be are cut to everybody linked to everybody.

    Source
    ------
    Erdos & Renyi (1959), On random graphs I: the model G(n, m).

    Check
    -----
    >>> random_network(3, 2.0, seed=1).ids.tolist(), random_network(5, 2.0, seed=1).ids.tolist()
    ([1, 2, 0, 2, 0, 1], [3, 4, 3, 4, 0, 1, 4, 0, 1, 3])
    """
    possible = people * (people - 1) // 2
    wanted = min(round(people * degree / 2), possible)
    table = np.full(1 << (2 * wanted).bit_length(), FREE, np.int64)
    _choose(wanted, possible, moment(seed, 0), table)
    numbers = table[table != FREE]
    starts = numbers % people
    ends = (starts + numbers // people + 1) % people
    return _lists(people, starts.astype(np.int32), ends.astype(np.int32))


@compiled
def _one_of_very_many(number: int, words: Words) -> int:
    """One of up to 2 to the 40th places with no more than a ten-millionth of bias: 63 drawn bits decide."""
    return ((words[0] << 31) | (words[1] >> 1)) % number


@compiled
def _rewire(rewired_share: float, when: Moment, ends: np.ndarray) -> None:
    """Go around the ring, one lap per distance; row, lap and the number of the try address each draw."""
    people, laps = ends.shape
    for lap in range(laps):
        for row in range(people):
            if happens(rewired_share, draw(when, row, Purpose.NETWORK, lap, 0)[0]):
                ends[row, lap] = row  # taken up: while it leads to oneself, one counts as linked to oneself
                friend = row
                number = 0
                while _linked(row, friend, ends):
                    friend = one_of(people, draw(when, row, Purpose.NETWORK, lap, number)[1])
                    number += 1
                ends[row, lap] = friend


@compiled
def _linked(row: int, other: int, ends: np.ndarray) -> bool:
    """Does one of the two hold a link to the other?"""
    for lap in range(ends.shape[1]):
        if int(ends[row, lap]) == other or int(ends[other, lap]) == row:
            return True
    return False


@compiled
def _attach(links: int, known: int, when: Moment, starts: np.ndarray, ends: np.ndarray) -> None:
    """Find the other end of every link but those already known; newcomer, slot and try address each draw.

    A person stands at as many ends of links as it has friends: to choose one end is to choose by friends.
    """
    for before in range(known, len(ends), links):
        newcomer = int(starts[before])
        for slot in range(links):
            friend = newcomer
            number = 0
            while friend == newcomer or _among(friend, ends, before, before + slot):
                end = _one_of_very_many(2 * before, draw(when, newcomer, Purpose.NETWORK, slot, number))
                friend = int(ends[end >> 1]) if end & 1 else int(starts[end >> 1])
                number += 1
            ends[before + slot] = friend


@compiled
def _among(row: int, rows: np.ndarray, start: int, stop: int) -> bool:
    """Is the row one of ``rows[start:stop]``?"""
    for place in range(start, stop):
        if int(rows[place]) == row:
            return True
    return False


@compiled
def _choose(wanted: int, possible: int, when: Moment, table: np.ndarray) -> None:
    """Choose distinct numbers below ``possible``, every set as likely, with exactly one draw for each.

    Source
    ------
    Floyd's algorithm, in Bentley & Floyd (1987), Programming pearls: a sample of brilliance.
    """
    for chosen in range(wanted):
        last = possible - wanted + chosen
        number = _one_of_very_many(last + 1, draw(when, chosen, Purpose.NETWORK, 0, 0))
        place = _place_of(number, table)
        if int(table[place]) == number:
            number = last  # it could not be drawn before, so it is not in the table
            place = _place_of(number, table)
        table[place] = number


@compiled
def _place_of(number: int, table: np.ndarray) -> int:
    """Where the table holds a number, or the free place for it; the numbers are random, their last bits say where."""
    last = len(table) - 1
    place = number & last
    while int(table[place]) != FREE and int(table[place]) != number:
        place = (place + 1) & last
    return place


def _lists(people: int, starts: np.ndarray, ends: np.ndarray) -> Friends:
    """Lists of friends from links that are given once each."""
    first = np.zeros(people + 1, np.int64)
    np.cumsum(np.bincount(starts, minlength=people) + np.bincount(ends, minlength=people), out=first[1:])
    unsorted = np.empty(2 * len(starts), np.int32)
    ids = np.empty_like(unsorted)
    _enter(starts, ends, first[:-1].copy(), unsorted)
    _sort(first, unsorted, first[:-1].copy(), ids)
    return Friends(first, ids)


@compiled
def _enter(starts: np.ndarray, ends: np.ndarray, free: np.ndarray, ids: np.ndarray) -> None:
    """Enter each link in the lists of both; ``free`` holds the next free place of each list."""
    for link in range(len(starts)):
        start, end = int(starts[link]), int(ends[link])
        ids[free[start]] = end
        free[start] += 1
        ids[free[end]] = start
        free[end] += 1


@compiled
def _sort(first: np.ndarray, unsorted: np.ndarray, free: np.ndarray, ids: np.ndarray) -> None:
    """Sort all lists at once: rows, in their order, enter themselves in the lists of their friends."""
    for row in range(len(free)):
        for place in range(int(first[row]), int(first[row + 1])):
            friend = int(unsorted[place])
            ids[free[friend]] = row
            free[friend] += 1
