"""A pooler as far as its clients can tell: no start-up options, a process of its own."""

import socket
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress

_REFUSAL = b"SFATAL\0VFATAL\0C08P01\0Munsupported startup parameter: options\0\0"
_KEY_DATA = b"K\x00\x00\x00\x0c"
_FAKE_PID = 4_000_000


class PoolerProxy:
    """Passes bytes on between clients and a server, and changes what a pooler would."""

    def __init__(self, server: tuple[str, int]) -> None:
        """Listen on a free port of the loopback interface."""
        self._server = server
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._sockets: list[socket.socket] = []
        self.port: int = self._listener.getsockname()[1]
        self.refused = 0

    def serve(self) -> None:
        """Accept clients until closed."""
        with suppress(OSError):
            while True:
                client, _ = self._listener.accept()
                self._sockets.append(client)
                threading.Thread(target=self._session, args=(client,), daemon=True).start()

    def close(self) -> None:
        """Stop listening and drop all clients."""
        # Closing alone does not wake a thread that waits in accept.
        for each in (self._listener, *self._sockets):
            with suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)
            each.close()

    def drop(self) -> None:
        """Cut all connections, as a network does."""
        for each in self._sockets:
            with suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)

    def _session(self, client: socket.socket) -> None:
        with suppress(OSError, struct.error):
            start = _startup(client)
            if b"options\0" in start:
                self.refused += 1
                client.sendall(b"E" + struct.pack("!i", len(_REFUSAL) + 4) + _REFUSAL)
                client.close()
                return
            server = socket.create_connection(self._server)
            self._sockets.append(server)
            server.sendall(start)
            threading.Thread(target=_copy, args=(client, server), daemon=True).start()
            _copy(server, client)


@contextmanager
def pooler_before(host: str, port: int) -> Iterator[PoolerProxy]:
    """Run a proxy in front of a server."""
    proxy = PoolerProxy((host, port))
    threading.Thread(target=proxy.serve, daemon=True).start()
    try:
        yield proxy
    finally:
        proxy.close()


def _startup(client: socket.socket) -> bytes:
    """Read the start-up message, refusing encryption first if asked."""
    while True:
        head = client.recv(4, socket.MSG_WAITALL)
        (length,) = struct.unpack("!i", head)
        body = client.recv(length - 4, socket.MSG_WAITALL)
        (code,) = struct.unpack("!i", body[:4])
        if code == 196_608:  # protocol 3.0
            return head + body
        client.sendall(b"N")


def _copy(source: socket.socket, sink: socket.socket) -> None:
    with suppress(OSError):
        while data := source.recv(65_536):
            at = data.find(_KEY_DATA)
            if at >= 0 and len(data) >= at + 9:
                pid = struct.pack("!i", _FAKE_PID)
                data = data[: at + 5] + pid + data[at + 9 :]
            sink.sendall(data)
