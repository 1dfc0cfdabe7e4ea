"""Serving the page on this machine: a free port of 127.0.0.1, a new token each time, until it is interrupted."""

from __future__ import annotations

import secrets
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from winnow.errors import UsageError
from winnow.serve.app import Page
from winnow.serve.desk import Desk
from winnow.serve.guard import Guard

HOST = "127.0.0.1"


@dataclass(frozen=True)
class Serving:
    """A page ready to be served.

    Attributes:
        desk: whose page.
        socket: listening on 127.0.0.1.
        token: what lets a browser in.
    """

    desk: Desk
    socket: socket.socket
    token: str

    @property
    def port(self) -> int:
        """Where it listens."""
        return int(self.socket.getsockname()[1])

    @property
    def address(self) -> str:
        """The address with the token, to be opened once."""
        return f"http://{HOST}:{self.port}/?token={self.token}"

    @cached_property
    def server(self) -> Any:
        """The uvicorn server; ``should_exit = True`` ends it."""
        import uvicorn

        app = Guard(Page(self.desk).app, self.token, self.port)
        settings = uvicorn.Config(
            app, http="h11", ws="none", lifespan="off", log_level="error", access_log=False, server_header=False,
            timeout_graceful_shutdown=2,
        )  # fmt: skip
        return uvicorn.Server(settings)

    def run(self) -> None:
        """Serve until interrupted."""
        self.server.run(sockets=[self.socket])

    @contextmanager
    def answering(self) -> Iterator[None]:
        """Serve from a thread of its own while the block lasts."""
        thread = threading.Thread(target=self.run)
        thread.start()
        try:
            while thread.is_alive() and not self.server.started:
                time.sleep(0.005)
            yield
        finally:
            self.server.should_exit = True
            thread.join()
            self.socket.close()


def prepared(desk: Desk, port: int = 0) -> Serving:
    """Listen, with a new token.

    Args:
        desk: whose page.
        port: 0 for any that is free.

    Raises:
        UsageError: the port is taken.
    """
    listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((HOST, port))
        # From here on a browser may knock: it waits until the server answers.
        listening.listen(128)
    except OSError as error:
        listening.close()
        raise UsageError(f"port {port}: {error.strerror}", mend="choose another, or leave --port out") from None
    return Serving(desk, listening, secrets.token_urlsafe(32))
