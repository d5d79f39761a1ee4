"""Free ports of the loopback interface."""

import socket

LOOPBACK = "127.0.0.1"


def is_taken(port: int) -> bool:
    """Tell whether somebody listens on a port right now."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        # As the server does, so that a connection of the last one that lingers is no obstacle.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LOOPBACK, port))
        except OSError:
            return True
    return False


def free_port() -> int:
    """Return a port nobody listens on right now.

    Somebody may take it before the server does, so whoever asks must be ready to ask again.
    """
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.bind((LOOPBACK, 0))
        port: int = probe.getsockname()[1]
    return port
