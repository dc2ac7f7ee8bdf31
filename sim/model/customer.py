"""Customers as Mesa agents: views on rows of the table of people, made when somebody looks.

Nothing lives here. A ``Customer`` is a row number with the attributes of that row, and a ``CustomerSet`` is an AgentSet
of row numbers: what Mesa users know works, at the speed of columns where an attribute is named, and at the price of one
small object per person (half a microsecond) where a function is given.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Iterable, Iterator, MutableSet, Sequence
from typing import TYPE_CHECKING, Any, Self

import mesa
import numpy as np
from mesa.agent import AgentSet, GroupBy

from sim.model.loops import decide_rows, listen_rows
from sim.state.customers import COLUMNS, PERSON

if TYPE_CHECKING:
    from sim.model.market import Market

FIRST_ID = 1_000_000_001
"""Mesa's number of row 0: far above the numbers that Mesa gives to registered agents. Never use a number as a row."""


class Cell:
    """What a column says of this person: a plain number."""

    def __set_name__(self, owner: type, name: str) -> None:
        self.name = name

    def __get__(self, customer: Customer | None, owner: type) -> Any:
        if customer is None:
            return self
        return getattr(customer.model.world.customers, self.name)[customer.row].item()

    def __set__(self, customer: Customer, value: Any) -> None:
        getattr(customer.model.world.customers, self.name)[customer.row] = value


class Cells(Cell):
    """What a table says of this person and each business: a tuple of plain numbers."""

    def __get__(self, customer: Customer | None, owner: type) -> Any:
        if customer is None:
            return self
        return tuple(getattr(customer.model.world.customers, self.name)[customer.row].tolist())


class Customer(mesa.Agent):
    """One person of the market, customer or not: a view on one row, with an attribute for every column of the table.

    Writing an attribute writes the table. Relations and satisfaction are counted as they change, so a market whose
    table was written by hand no longer agrees with its own history.
    """

    model: Market
    pos = None

    def __init__(self, market: Market, row: int) -> None:  # nothing is registered: Agent.__init__ is not called
        self.__dict__.update(model=market, row=row)

    def __setattr__(self, name: str, value: Any) -> None:
        if name not in COLUMNS:
            raise AttributeError(f"a customer has no column {name!r}; what is not in the table is not remembered")
        super().__setattr__(name, value)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Customer) and other.row == self.row and other.model is self.model

    def __hash__(self) -> int:
        return hash((id(self.model), self.row))

    def __repr__(self) -> str:
        return f"Customer(row={self.row})"

    @property
    def unique_id(self) -> int:
        """A number for Mesa; the person's own is ``row``."""
        return FIRST_ID + self.row

    def step(self) -> None:
        """The first half of a week: hear what one friend published last week."""
        listen_rows(self.row, self.row + 1, self.model.crew.listening[0], self.model.world)

    def advance(self) -> None:
        """The second half of a week: everything that a person decides."""
        decide_rows(self.row, self.row + 1, self.model.crew.weekly[0], self.model.world)

    def friends(self) -> CustomerSet:
        """Whom this person hears; nobody in particular where everybody may hear everybody."""
        first, ids = self.model.world.friends
        return CustomerSet(self.model, ids[first[self.row] : first[self.row + 1]])

    def remove(self) -> None:
        """Refuse: rows never move and are never reused."""
        raise TypeError("people stay: a row of the table is a person for ever")


for _name in COLUMNS:
    _cell = (Cell if _name in PERSON else Cells)()
    _cell.__set_name__(Customer, _name)
    setattr(Customer, _name, _cell)


class MarketSet(AgentSet):
    """An AgentSet of numbered places instead of weak references: agents are made when somebody looks.

    At the first places stand the agents that Mesa has registered, the businesses; then come the people, row by row.
    """

    def __init__(self, market: Market, places: Any, registered: Iterable[mesa.Agent] = ()) -> None:
        self.market = market
        self.random = market.random
        self.registered = tuple(registered)
        self.places = np.array(places, np.int64)

    def agent_at(self, place: int) -> mesa.Agent:
        """The agent who stands at a place."""
        row = place - len(self.registered)
        return Customer(self.market, row) if row >= 0 else self.registered[place]

    def place_of(self, agent: Any) -> int:
        """Where an agent stands; -1 if a set like this one cannot hold it."""
        if isinstance(agent, Customer):
            return len(self.registered) + agent.row if agent.model is self.market else -1
        return self.registered.index(agent) if agent in self.registered else -1

    def __len__(self) -> int:
        return len(self.places)

    def __iter__(self) -> Iterator[mesa.Agent]:
        return map(self.agent_at, self.places.tolist())

    def __contains__(self, agent: object) -> bool:
        place = self.place_of(agent)
        return place >= 0 and bool((self.places == place).any())

    def __getitem__(self, item: Any) -> Any:
        if isinstance(item, slice):
            return [self.agent_at(place) for place in self.places[item].tolist()]
        return self.agent_at(int(self.places[item]))

    # ------------------------------------------------------------------------------------------- membership, copies

    def add(self, agent: Any) -> None:
        """Put an agent at the end, unless it is in the set already."""
        if agent not in self:
            self.places = np.append(self.places, self._places_of([agent]))

    def discard(self, agent: Any) -> None:
        """Take an agent out of the set, if it is there; in the market it stays."""
        self.places = self.places[self.places != self.place_of(agent)]

    remove = MutableSet.remove

    def _update(self, agents: Iterable[Any]) -> Self:
        return self._with(self._places_of(agents), inplace=True)

    def _from_iterable(self, agents: Iterable[Any]) -> Self:  # what the operators | & - ^ make their results with
        return self._with(self._places_of(agents))

    def _places_of(self, agents: Iterable[Any]) -> np.ndarray:
        places = list(dict.fromkeys(map(self.place_of, agents)))
        if -1 in places:
            raise TypeError("this set holds agents of one market, and only of the kind it was made for")
        return np.array(places, np.int64)

    def _with(self, places: np.ndarray, inplace: bool = False) -> Self:
        other = self if inplace else type(self).__new__(type(self))
        other.__dict__.update(self.__dict__ | {"places": places})
        return other

    def __copy__(self) -> Self:
        return self._with(self.places.copy())

    __getstate__ = object.__getstate__

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state)

    # ------------------------------------------------------------------------------------------------------- values

    def get(self, attr_names: str | list[str], handle_missing: str = "error", default_value: Any = None) -> Any:
        """Values of one attribute, in the order of the set; of several, a list for each agent."""
        if handle_missing not in ("error", "default"):
            raise ValueError(f"handle_missing is 'error' or 'default', not {handle_missing!r}")
        default = (default_value,) if handle_missing == "default" else ()
        if isinstance(attr_names, str):
            return self.values(attr_names, *default)
        return [list(each) for each in zip(*(self.values(name, *default) for name in attr_names), strict=True)]

    def values(self, name: str, *default: Any) -> Any:
        """Values of one attribute; the default, if one is given, where an agent has none."""
        return [getattr(agent, name, *default) for agent in self]

    def _keys(self, key: Callable[[Any], Any] | str) -> Any:
        """What to sort or group by: a column as an array, anything else as a list."""
        keys: Any = self.map(key) if callable(key) else self.values(key)
        return [tuple(row) for row in keys.tolist()] if getattr(keys, "ndim", 1) == 2 else keys

    # ---------------------------------------------------------------------------------------- choosing and ordering

    def select(
        self,
        filter_func: Callable[[Any], Any] | Sequence[bool] | np.ndarray | None = None,
        at_most: float = math.inf,
        inplace: bool = False,
        agent_type: type | None = None,
    ) -> Any:
        """Choose agents.

        Parameters
        ----------
        filter_func : a question asked to each, or a boolean for each (fast)
        at_most : so many, the first ones; or, if a float up to 1, that part of the set
        agent_type : a class; people alone are a ``CustomerSet``
        """
        most = int(len(self) * at_most) if isinstance(at_most, float) and at_most <= 1.0 else at_most
        stop = None if most == math.inf else max(math.ceil(most), 0)
        wanted = np.ones(len(self), bool)
        if agent_type is not None:
            kinds = [issubclass(kind, agent_type) for kind in (*map(type, self.registered), Customer)]
            wanted = np.array(kinds)[np.minimum(self.places, len(self.registered))]
        if filter_func is not None and not callable(filter_func):
            mask = np.asarray(filter_func)
            if mask.dtype != bool or mask.shape != wanted.shape:
                raise ValueError(f"a mask needs one boolean for each of {len(self)} agents")
            wanted &= mask
        places = self.places[wanted]
        if callable(filter_func):
            passed = (place for place in places.tolist() if filter_func(self.agent_at(place)))
            places = np.array(list(itertools.islice(passed, stop)), np.int64)
        if agent_type is Customer and not inplace:
            return CustomerSet(self.market, places[:stop] - len(self.registered))
        return self._with(places[:stop], inplace)

    def shuffle(self, inplace: bool = False) -> Self:
        """Put the agents in an order drawn from the model's own ``random``."""
        places = self.places.tolist()
        self.random.shuffle(places)
        return self._with(np.array(places, np.int64), inplace)

    def sort(self, key: Callable[[Any], Any] | str, ascending: bool = False, inplace: bool = False) -> Self:
        """Put the agents in the order of an attribute, or of what a function answers; equals keep their order."""
        keys = self._keys(key)
        if isinstance(keys, np.ndarray):
            order = np.argsort(keys if ascending else -keys, kind="stable")
        else:
            order = np.array(sorted(range(len(self)), key=keys.__getitem__, reverse=not ascending), np.int64)
        return self._with(self.places[order], inplace)

    def groupby(self, by: Callable[[Any], Any] | str, result_type: str = "agentset") -> GroupBy:
        """Group the agents by an attribute, or by what a function answers for each."""
        keys = self._keys(by)
        if isinstance(keys, np.ndarray):
            found, numbers = np.unique(keys, return_inverse=True)
            names = found.tolist()
        else:
            number: dict[Any, int] = {}
            numbers = np.array([number.setdefault(key, len(number)) for key in keys], np.int64)
            names = list(number)
        ends = np.cumsum(np.bincount(numbers, minlength=len(names)))
        parts = np.split(self.places[np.argsort(numbers, kind="stable")], ends[:-1])
        groups = {name: self._with(part) for name, part in zip(names, parts, strict=False)}
        return GroupBy(groups if result_type == "agentset" else {name: list(group) for name, group in groups.items()})

    # --------------------------------------------------------------------------------------------------- one by one

    def map(self, method: str | Callable[..., Any], *args: Any, **kwargs: Any) -> list[Any]:
        """What a method or a function answers for each agent."""
        if isinstance(method, str):
            return [getattr(agent, method)(*args, **kwargs) for agent in self]
        return [method(agent, *args, **kwargs) for agent in self]

    def do(self, method: str | Callable[..., Any], *args: Any, **kwargs: Any) -> Self:
        """Let each agent act, in the order of the set."""
        self.map(method, *args, **kwargs)
        return self

    def shuffle_do(self, method: str | Callable[..., Any], *args: Any, **kwargs: Any) -> Self:
        """Let each agent act, in an order drawn from the model's own ``random``."""
        self.shuffle().map(method, *args, **kwargs)
        return self


class CustomerSet(MarketSet):
    """People of a market, customers or not: places are rows.

    ``get``, ``agg``, ``set``, ``sort`` and ``groupby`` work on whole columns where an attribute is named; a table comes
    as (agents, businesses).
    """

    def values(self, name: str, *default: Any) -> Any:
        """A column as float64 or int64, so that sums neither overflow nor lose digits."""
        if name not in COLUMNS:
            return super().values(name, *default)
        column = getattr(self.market.world.customers, name)[self.places]
        return column.astype(float if column.dtype.kind == "f" else np.int64)

    def set(self, attr_name: str, value: Any) -> Self:
        """Write a column: one value for all, or one for each."""
        if attr_name not in COLUMNS:
            raise AttributeError(f"a customer has no column {attr_name!r}")
        getattr(self.market.world.customers, attr_name)[self.places] = value
        return self
