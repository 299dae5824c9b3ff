"""Ports of the loopback that stay free until they are used."""

import random
import socket

_RANGE = range(20_000, 32_000)  # below those that the system hands out to whoever wants any


def free_port() -> int:
    """Find a port for a server that is started later, or again."""
    chance = random.SystemRandom()  # the other is seeded alike in every test
    while True:
        port = chance.choice(_RANGE)
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
        return port
