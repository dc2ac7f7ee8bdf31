"""Who is seen: some hundred people of a market, who knows whom among them, and what they look like in a week.

The sample is the same in every life of a world, and so are the places on the picture: friends lie near each other.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from sim.model.market import Market
from sim.rules.memory import CUSTOMER
from sim.state.customers import NOBODY
from sim.state.network import Friends

MOST_SEEN = 240
"""People on a picture: more would hide each other."""
ROUNDS = 120
"""Of pushing and pulling until friends lie near each other."""
GOLDEN_ANGLE = np.pi * (3.0 - np.sqrt(5.0))


class Visible(NamedTuple):
    """Who is on the picture."""

    rows: np.ndarray
    """Their rows in the market, int64 (people,)."""
    links: np.ndarray
    """Who are friends, int64 (links, 2), as places in ``rows``."""
    places: np.ndarray
    """Where they are drawn, float64 (people, 2), each from 0 to 1."""


class Told(NamedTuple):
    """What each visible person published in a week: about which business, or NOBODY, and how good it was."""

    about: np.ndarray
    story: np.ndarray


class Story(NamedTuple):
    """A story on its way from one visible person to another, as places in ``Visible.rows``."""

    teller: int
    hearer: int
    business: int
    is_good: bool


class Faces(NamedTuple):
    """What the visible people look like at the end of a week."""

    supplier: list[int]
    """The business at which each is a customer and ordered last, or NOBODY."""
    satisfaction: list[float | None]
    """With that business."""
    stories: list[Story]
    """Heard this week from somebody who is seen as well."""
    telling: list[int]
    """Who published a story this week: friends may hear it in the next."""


def who_is_seen(friends: Friends, people: int, most: int = MOST_SEEN) -> Visible:
    """Friends of friends, beginning with the first person; where nobody has friends, the first people.

    Check
    -----
    >>> from sim.state.network import groups
    >>> seen = who_is_seen(groups(6, 3), 6, most=4)
    >>> seen.rows.tolist(), seen.links.tolist()
    ([0, 1, 2, 3], [[0, 1], [0, 2], [1, 2]])
    """
    rows = np.fromiter(_outwards(friends, people, min(people, most)), np.int64)
    place = {int(row): at for at, row in enumerate(rows)}
    links = np.array(
        [
            (at, place[friend])
            for at, row in enumerate(rows)
            for friend in friends.ids[friends.first[row] : friends.first[row + 1]].tolist()
            if place.get(friend, -1) > at
        ],
        np.int64,
    ).reshape(-1, 2)
    return Visible(rows, links, _laid_out(len(rows), links))


def told_by(market: Market, seen: Visible) -> Told:
    """What the visible people have published in the week that is over."""
    customers = market.world.customers
    return Told(customers.told_about[seen.rows].copy(), customers.told_story[seen.rows].copy())


def faces(market: Market, seen: Visible, before: Told) -> Faces:
    """The visible people at the end of a week.

    Parameters
    ----------
    before : what they had published in the week before, which is what could be heard in this one
    """
    customers, rows = market.world.customers, seen.rows
    last = customers.last_supplier[rows].astype(int)
    bonds = np.arange(len(rows)), np.maximum(last, 0)
    supplier = np.where((last != NOBODY) & (customers.relation[rows][bonds] == CUSTOMER), last, NOBODY)
    feelings = customers.satisfaction[rows][bonds].tolist()
    return Faces(
        supplier.tolist(),
        [feeling if at != NOBODY else None for at, feeling in zip(supplier, feelings, strict=True)],
        list(_stories(seen, customers.heard_about[rows], customers.heard_story[rows], before)),
        np.flatnonzero(customers.told_about[rows] != NOBODY).tolist(),
    )


def _stories(seen: Visible, heard_about: np.ndarray, heard_story: np.ndarray, before: Told) -> Iterator[Story]:
    """Whom each hearer has it from: a friend who had published just that in the week before."""
    found = set()
    for one, other in seen.links.tolist():
        for teller, hearer in ((one, other), (other, one)):
            about = int(heard_about[hearer])
            same = about == before.about[teller] and heard_story[hearer] == before.story[teller]
            if about != NOBODY and same and hearer not in found:
                found.add(hearer)
                yield Story(teller, hearer, about, bool(heard_story[hearer] >= 0.0))


def _outwards(friends: Friends, people: int, wanted: int) -> Iterator[int]:
    """Rows in the order in which a walk over friends finds them, begun anew wherever it ends."""
    found: set[int] = set()
    for start in range(people):
        waiting = deque([] if start in found else [start])
        found.add(start)
        while waiting and wanted:
            row = waiting.popleft()
            yield row
            wanted -= 1
            known = friends.ids[friends.first[row] : friends.first[row + 1]].tolist()
            fresh = [each for each in known if each not in found]
            found.update(fresh)
            waiting.extend(fresh)
        if not wanted:
            return


def _laid_out(people: int, links: np.ndarray) -> np.ndarray:
    """Places at which friends lie near each other and nobody lies on anybody; the same each time.

    Source
    ------
    Fruchterman & Reingold (1991), Graph drawing by force-directed placement, begun from a sunflower instead of by
    chance. Without links the sunflower is what is drawn.
    """
    at = np.arange(people)
    radius, angle = np.sqrt((at + 0.5) / max(people, 1)), at * GOLDEN_ANGLE
    places = np.stack([radius * np.cos(angle), radius * np.sin(angle)], axis=1)
    apart = np.sqrt(np.pi / max(people, 1))
    for turn in range(ROUNDS if len(links) else 0):
        between = places[:, None] - places[None]
        squared = np.maximum((between**2).sum(axis=-1), 1e-9)
        push = (between * (apart**2 / squared)[..., None]).sum(axis=1)
        pull = places[links[:, 0]] - places[links[:, 1]]
        pull = pull * (np.sqrt((pull**2).sum(axis=1)) / apart)[:, None]
        np.subtract.at(push, links[:, 0], pull)
        np.add.at(push, links[:, 1], pull)
        push -= 0.5 * places  # nobody drifts off
        length = np.sqrt((push**2).sum(axis=1, keepdims=True))
        places = places + push / np.maximum(length, 1e-9) * np.minimum(length, 0.15 * (1.0 - turn / ROUNDS))
    places = places - places.min(axis=0, initial=0.0)
    return places / np.maximum(places.max(axis=0, initial=0.0), 1e-9)
