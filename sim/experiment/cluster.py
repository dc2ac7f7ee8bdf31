"""A Dask cluster that exists already does the work: its scheduler gives errands to workers, wherever these are.

Whoever calls keeps everything that is finished, so a scheduler that dies costs nothing but what it had given out. A
worker that dies is replaced by another one; an errand is without side effects, so it does not matter where it is done,
nor how often. Dask runs whatever its clients send, and shows it to whoever listens: so a cluster is reached with
certificates, or on this machine, where a tunnel may end. Before anything is given out each worker says what it is made
of: results of two kinds would be of nobody's.
"""

from __future__ import annotations

import ipaddress
import logging
import platform
import re
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import CancelledError
from contextlib import contextmanager
from functools import partial
from importlib.metadata import version
from typing import Any

from sim.experiment.executor import AHEAD, Chunks, Finished, Result, RunFailed, Task, as_finished
from sim.rules.compile import source_hash

CERTIFICATE = "distributed.comm.tls.client.cert"
"""Where Dask's configuration names the certificate of whoever connects."""
CONNECT_SECONDS = 20.0
"""How long to wait for a scheduler, and then for its first worker."""
AGAIN = "the same command goes on where it stopped"
LOOK_SECONDS = 2.0
"""How old a count of workers may be."""
LIBRARIES = ("numpy", "numba", "mesa")
"""Whose code a run goes through."""


ADDRESS = re.compile(r"(tcp|tls)://(?:([a-zA-Z0-9.-]+)|\[([0-9a-fA-F:.]+)\]):([0-9]{1,5})")


class CannotConnect(Exception):
    """There is no such cluster, or nobody works there."""


class Cluster:
    """Workers of a Dask cluster.

    Parameters
    ----------
    client : connected to its scheduler
    """

    def __init__(self, client: Any) -> None:
        self.client = client
        self._counted = (0.0, 1)

    @property
    def hands(self) -> int:
        """Threads of all workers that are there now."""
        when, count = self._counted
        if time.monotonic() - when > LOOK_SECONDS:
            count = max(sum(self.client.nthreads().values()), 1)
            self._counted = time.monotonic(), count
        return count

    def results(self, function: Callable[[Task], Result], chunks: Chunks[Task]) -> Finished[Result]:
        """As executors do; runs are repeated elsewhere if their worker dies."""
        pool = self.client.get_executor(pure=False)
        try:
            yield from as_finished(partial(pool.submit, each, function), chunks, lambda: AHEAD * self.hands)
        except (CancelledError, OSError) as error:
            raise RunFailed(f"the scheduler of the cluster is gone; {AGAIN}") from error
        except Exception as error:
            if type(error).__module__.startswith("distributed"):
                raise RunFailed(f"the cluster gave up ({error}); {AGAIN}") from error
            raise
        finally:
            pool.shutdown(wait=False)


def each(function: Callable[[Task], Result], chunk: Sequence[Task]) -> list[Result]:
    """In a worker: one chunk."""
    return [function(task) for task in chunk]


def check_address(address: str) -> None:
    """Is this an address that strangers cannot listen to?

    Raises
    ------
    CannotConnect
        If it is no address of a scheduler, or leads over a network without certificates.

    Check
    -----
    >>> check_address("tls://10.0.0.1:8786"), check_address("tcp://127.0.0.1:8786"), check_address("tcp://[::1]:8786")
    (None, None, None)
    """
    match = ADDRESS.fullmatch(address)
    if match is None:
        raise CannotConnect("expected tls://host:port, or tcp://127.0.0.1:port")
    scheme, name, number, _ = match.groups()
    if scheme == "tcp" and not _is_here(name or number):
        raise CannotConnect(
            "without certificates anybody on the way could read along and run code; use tls://, or tcp:// to a "
            "scheduler or a tunnel on this machine, such as tcp://127.0.0.1:8786"
        )


def _is_here(host: str) -> bool:
    """Does a name or a number mean this machine, wherever it is looked up?"""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host.lower() == "localhost"


def made_of() -> dict[str, str]:
    """On what results depend here: our own code, Python and the libraries."""
    return {"keepwin's code": source_hash(), "Python": platform.python_version()} | {
        name: version(name) for name in LIBRARIES
    }


def check_workers(client: Any) -> None:
    """Are all workers of a cluster made of what this process is made of?

    Raises
    ------
    CannotConnect
        With the first worker that is not, and all in which it differs.
    """
    ours = made_of()
    for worker, theirs in sorted(client.run(made_of, on_error="return").items()):
        if not isinstance(theirs, dict):
            raise CannotConnect(f"the worker {worker} cannot load this keepwin ({theirs}); install the same there")
        other = [f"{name} {theirs.get(name)} instead of {own}" for name, own in ours.items() if theirs.get(name) != own]
        if other:
            raise CannotConnect(f"the worker {worker} has {', '.join(other)}; install the same there")


@contextmanager
def connected(address: str) -> Iterator[Cluster]:
    """The cluster of a scheduler, as long as it is needed.

    Parameters
    ----------
    address : tls://host:port with certificates that Dask's own configuration names, or tcp://host:port on this machine

    Raises
    ------
    CannotConnect
        If others could listen to it, if nobody answers there, if certificates are needed and missing, if the scheduler
        has no workers, or if one of them is made of other code.
    """
    check_address(address)
    from distributed import Client, Security

    if address.startswith("tls://") and not Security().get_tls_config_for_role("client").get("cert"):
        raise CannotConnect(
            f"tls:// needs certificates, and Dask's configuration names none ({CERTIFICATE}); name certificate, key "
            "and authority there"
        )
    logging.getLogger("distributed").setLevel(logging.CRITICAL)  # what matters is told in our own words
    try:
        client = Client(address, timeout=CONNECT_SECONDS, set_as_default=False, name="keepwin")
    except (OSError, ValueError, TypeError, TimeoutError) as error:
        raise CannotConnect(f"no scheduler answers there ({' '.join(str(error).split())})") from error
    try:
        try:
            client.wait_for_workers(1, timeout=CONNECT_SECONDS)
        except TimeoutError as error:
            raise CannotConnect("the scheduler has no workers") from error
        check_workers(client)
        yield Cluster(client)
    finally:
        client.close(timeout=LOOK_SECONDS)
