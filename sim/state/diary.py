"""The diary: orders and departures of the first people, as they happen, in the order of rows.

Writing it changes nothing else: no draw is made for it.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from sim.rules.arithmetic import as_int
from sim.rules.compile import compiled
from sim.state.tally import BLOCK, blocks_of

ORDER, DEPARTURE = 0, 1
AT_OFFER, AT_RENEWAL, AT_NEED, AT_NOTHING = range(4)
OCCASIONS = ("offer", "renewal", "need", "")
"""What an order came of; a departure comes of none."""
EVENT_COLUMNS = ("person", "business", "kind", "amount", "reason", "channel", "occasion")
"""The reason of a first order is its source; its channel is the one that is credited with it, or NO_CHANNEL."""
EVENTS_PER_PERSON = 32
SPARE_EVENTS = 256


class Diary(NamedTuple):
    """Space for one week's events of the people who are followed."""

    followed: int  # rows below this one are written down
    events: np.ndarray  # int64 (blocks, events, columns)
    written: np.ndarray  # int64 (blocks,): how many there were, also where space ran out


def empty_diary(followed: int) -> Diary:
    """Space enough for any plausible week of the first ``followed`` people."""
    blocks = max(blocks_of(followed), 1)
    space = min(followed, BLOCK) * EVENTS_PER_PERSON + SPARE_EVENTS if followed else 1
    return Diary(followed, np.zeros((blocks, space, len(EVENT_COLUMNS)), np.int64), np.zeros(blocks, np.int64))


@compiled
def write(diary: Diary, row: int, business: int, kind: int, details: tuple[int, int, int, int]) -> None:
    """Write down one event, if this person is followed.

    Parameters
    ----------
    details : its amount, reason, channel and occasion
    """
    if row >= diary.followed:
        return
    block = row // BLOCK
    at = as_int(diary.written[block])
    diary.written[block] = at + 1
    if at < diary.events.shape[1]:
        diary.events[block, at, 0] = row
        diary.events[block, at, 1] = business
        diary.events[block, at, 2] = kind
        diary.events[block, at, 3] = details[0]
        diary.events[block, at, 4] = details[1]
        diary.events[block, at, 5] = details[2]
        diary.events[block, at, 6] = details[3]


def this_week(diary: Diary) -> np.ndarray:
    """The week's events in order of rows, int64 (events, columns), and an empty page for the next.

    Raises
    ------
    OverflowError
        If a week had more events than there was space for: nothing may be lost silently.
    """
    if int(diary.written.max()) > diary.events.shape[1]:
        raise OverflowError(f"{int(diary.written.max())} events in one block and week; {diary.events.shape[1]} fit")
    pages = [diary.events[block, : int(count)] for block, count in enumerate(diary.written)]
    result = np.concatenate(pages)
    diary.written[:] = 0
    return result[np.argsort(result[:, 0], kind="stable")]  # a business that closed was left before anybody lived
