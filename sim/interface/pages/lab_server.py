"""The lab's server: on this machine only, for whoever holds the key of this start, and for no other page.

Tornado, below Panel, routes every request by rules; ours is the first, so that pages, scripts and the WebSocket pass
the same door. Everything is served from what is installed: nothing needs a network.
"""

from __future__ import annotations

import hmac
import logging
import secrets
import socket
from typing import Any

import panel as pn
from panel.io.server import Server, get_server
from tornado.httputil import HTTPServerRequest
from tornado.routing import Matcher, Rule
from tornado.web import RequestHandler

from sim.experiment.lesson import Course
from sim.interface.pages.lab import MOST_KEPT, MOST_LESSONS, Session, style_of
from sim.interface.pages.languages import Say, rooms

HERE = "127.0.0.1"
NAMES = (HERE, "localhost")
"""What this machine may be called in an address."""
PLACE = "lab"
MOST_BYTES_SAID = 65_536
"""Of one message from a page; ours have a hundred."""


class Stranger(Matcher):
    """Finds requests that do not come from our own page: another key, another name for this machine, another origin.

    Another name in ``Host`` is what a page has that made its own name point here; another ``Origin`` is any page's
    that is not ours.

    Parameters
    ----------
    key : what every path begins with
    port : where the server listens
    """

    def __init__(self, key: str, port: int) -> None:
        self.key = key
        self.hosts = {f"{name}:{port}" for name in NAMES}
        self.origins = {f"http://{host}" for host in self.hosts}

    def match(self, request: HTTPServerRequest) -> dict[str, Any] | None:
        """None lets it pass to the rules after ours."""
        given = request.path.split("/")[1].encode()
        origin = request.headers.get("Origin")
        known = hmac.compare_digest(given, self.key.encode())
        fine = known and request.headers.get_list("Host") == [request.host] and request.host in self.hosts
        return None if fine and (origin is None or origin in self.origins) else {}


class Refusal(RequestHandler):
    """What a stranger is told."""

    def prepare(self) -> None:
        self.set_status(403)
        self.set_header("Content-Type", "text/plain; charset=utf-8")
        self.finish("403: open the address that `lab` has printed. It is good until that lab is closed.\n")


class Lessons:
    """Every page that is open, up to so many."""

    def __init__(self, course: Course, say: Say) -> None:
        self.course, self.say = course, say
        self.open: set[Session] = set()

    def page(self) -> pn.Template:
        """A page with a lesson of its own, or a word if there are too many."""
        if sum(each.is_watched for each in self.open) >= MOST_LESSONS or len(self.open) >= MOST_KEPT:
            return self._full()
        session = Session(self.course, self.say)
        self.open.add(session)
        pn.state.on_session_destroyed(lambda _: self.open.discard(session))
        return session.page()

    def _full(self) -> pn.Template:
        made = pn.Template(rooms().get_template("lab_full.html"))
        heading = self.say("lab.title", scenario=self.course.scenario.name)
        told = {
            "say": self.say,
            "heading": heading,
            "most": MOST_LESSONS,
            "style": style_of(self.say.language),
        }
        for name, part in told.items():
            made.add_variable(name, part)
        return made


def free_port() -> int:
    """A port at which nobody listens.

    Check
    -----
    >>> 0 < free_port() < 65536
    True
    """
    with socket.create_server((HERE, 0)) as found:
        return int(found.getsockname()[1])


def server_of(course: Course, say: Say, port: int) -> tuple[Server, str]:
    """A server that listens, and the address to open; it serves once its loop runs.

    Raises
    ------
    OSError
        If somebody else listens at this port.
    """
    key = secrets.token_urlsafe(24)
    logging.getLogger("tornado.access").setLevel(logging.ERROR)  # strangers are refused in silence
    server = get_server(
        {PLACE: Lessons(course, say).page},
        port=port,
        address=HERE,
        websocket_origin=[f"{name}:{port}" for name in NAMES],
        prefix=f"/{key}",
        websocket_max_message_size=MOST_BYTES_SAID,
    )
    rules = server._tornado.default_router.rules  # Panel offers no other way to the rules
    rules.insert(0, Rule(Stranger(key, port), Refusal))
    server.start()
    return server, f"http://{HERE}:{port}/{key}/{PLACE}"
