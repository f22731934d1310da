"""Free TCP ports on the loopback interface."""

import socket

from processes import PeerError

LOOPBACK = "127.0.0.1"


def free_port():
    """A port that was free a moment ago: the kernel chose it for a socket bound to port 0."""
    return free_ports(1)[0]


def free_ports(count):
    """Distinct ones: all sockets are held open until the last is bound."""
    sockets = [socket.socket() for _ in range(count)]
    try:
        for each in sockets:
            each.bind((LOOPBACK, 0))
        return [each.getsockname()[1] for each in sockets]
    finally:
        for each in sockets:
            each.close()


def require_free(port, what):
    """Raises PeerError if something listens at `port`, before a server says it less clearly."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LOOPBACK, port))
        except OSError as error:
            raise PeerError(f"port {port} for {what} cannot be used ({error.strerror}); "
                            "stop what listens there or choose another port") from error


def answers(port):
    try:
        with socket.create_connection((LOOPBACK, port), timeout=1):
            return True
    except OSError:
        return False
