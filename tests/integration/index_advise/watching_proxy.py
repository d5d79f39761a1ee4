"""A proxy that notices what a client says to its server, and when it leaves."""

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

from psycopg2.extensions import parse_dsn

GOODBYE = b"X\x00\x00\x00\x04"


class WatchingProxy:
    """Passes bytes on, and acts before it passes on what holds a mark."""

    def __init__(
        self, server: tuple[str, int], mark: bytes, act: "Callable[[WatchingProxy], None]"
    ) -> None:
        """Listen on a free port; `act` is called once, in a thread of the proxy."""
        self._server = server
        self._mark = mark
        self._act = act
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._sockets: list[socket.socket] = []
        self._lock = threading.Lock()
        self._open = 0
        self.port: int = self._listener.getsockname()[1]
        self.connections = 0
        self.most_at_once = 0
        self.has_acted = False

    def serve(self) -> None:
        """Accept clients until closed."""
        with suppress(OSError):
            while True:
                client, _ = self._listener.accept()
                server = socket.create_connection(self._server)
                self._sockets += [client, server]
                self._count(+1)
                threading.Thread(target=self._forward, args=(client, server), daemon=True).start()
                threading.Thread(target=_copy, args=(server, client), daemon=True).start()

    def cut(self) -> None:
        """Cut all connections, as a network does."""
        for each in self._sockets:
            with suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        """Stop listening and drop all clients."""
        # Closing alone does not wake a thread that waits in accept.
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self.cut()
        for each in self._sockets:
            each.close()

    def _count(self, change: int) -> None:
        with self._lock:
            self._open += change
            self.connections += change > 0
            self.most_at_once = max(self.most_at_once, self._open)

    def _forward(self, client: socket.socket, server: socket.socket) -> None:
        with suppress(OSError):
            while data := client.recv(65_536):
                if self._mark in data and not self.has_acted:
                    self.has_acted = True
                    self._act(self)
                server.sendall(data)
        self._count(-1)
        with suppress(OSError):
            server.shutdown(socket.SHUT_WR)


@contextmanager
def watched(dsn: str, mark: bytes, act: Callable[[WatchingProxy], None]) -> Iterator[WatchingProxy]:
    """Run a proxy in front of the server that a connection string names."""
    parts = parse_dsn(dsn)
    proxy = WatchingProxy((str(parts["host"]), int(str(parts["port"]))), mark, act)
    threading.Thread(target=proxy.serve, daemon=True).start()
    try:
        yield proxy
    finally:
        proxy.close()


def _copy(source: socket.socket, sink: socket.socket) -> None:
    with suppress(OSError):
        while data := source.recv(65_536):
            sink.sendall(data)
        sink.shutdown(socket.SHUT_WR)
