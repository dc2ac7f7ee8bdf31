"""Sound: is every number of everybody a number? Asked once when a run has been lived, so that no week pays for it.

What is no number stays none whatever is done with it, so it is still there at the end. Money and counts are whole
numbers: a price that is none stops a run in the week in which it is paid.
"""

from __future__ import annotations

import numpy as np

from sim.state.customers import COLUMNS, Customers


def no_number(customers: Customers) -> str | None:
    """The first column in which somebody has what is no number, or infinitely much.

    Check
    -----
    >>> from sim.state.customers import empty_customers
    >>> somebody = empty_customers(3, 2)
    >>> print(no_number(somebody))
    None
    >>> somebody.push[2, 1] = np.nan
    >>> no_number(somebody)
    'push'
    """
    for name, column in COLUMNS.items():
        if issubclass(column.dtype, np.floating):
            values = getattr(customers, name)
            if np.isnan(values.min()) or np.isposinf(values.max()):  # minus infinity: a choice that is never made
                return name
    return None
