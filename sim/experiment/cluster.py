"""A Dask cluster that exists already does the work: its scheduler gives errands to workers, wherever these are.

Whoever calls keeps everything that is finished, so a scheduler that dies costs nothing but what it had given out. A
worker that dies is replaced by another one; an errand is without side effects, so it does not matter where it is done,
nor how often. Dask runs whatever its clients send, and shows it to whoever listens: so a cluster is reached with
certificates, or on this machine, where a tunnel may end.
"""

from __future__ import annotations

import ipaddress
import logging
import re
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import CancelledError
from contextlib import contextmanager
from functools import partial
from typing import Any

from sim.experiment.executor import AHEAD, Chunks, Finished, Result, RunFailed, Task, as_finished

CERTIFICATE = "distributed.comm.tls.client.cert"
"""Where Dask's configuration names the certificate of whoever connects."""
CONNECT_SECONDS = 20.0
"""How long to wait for a scheduler, and then for its first worker."""
AGAIN = "the same command goes on where it stopped"
LOOK_SECONDS = 2.0
"""How old a count of workers may be."""


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


@contextmanager
def connected(address: str) -> Iterator[Cluster]:
    """The cluster of a scheduler, as long as it is needed.

    Parameters
    ----------
    address : tls://host:port with certificates that Dask's own configuration names, or tcp://host:port on this machine

    Raises
    ------
    CannotConnect
        If others could listen to it, if nobody answers there, if certificates are needed and missing, or if the
        scheduler has no workers.
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
        yield Cluster(client)
    finally:
        client.close(timeout=LOOK_SECONDS)
