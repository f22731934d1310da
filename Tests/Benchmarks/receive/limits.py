"""What the machine itself allows: the same bytes over bare TCP, and to the disk with one fdatasync a file."""

import os
import socket
import threading
import time

from ports import LOOPBACK

READ_BYTES = 256 * 1024


def loopback_seconds(workload, connections):
    """All bytes once over so many connections at the same time, read and dropped."""
    contents = [[path.read_bytes() for path in share] for share in workload.shares(connections)]
    with socket.create_server((LOOPBACK, 0)) as listener:
        port = listener.getsockname()[1]

        def receive():
            connection, _ = listener.accept()
            buffer = bytearray(READ_BYTES)
            with connection:
                while connection.recv_into(buffer):
                    pass

        def blast(share):
            with socket.create_connection((LOOPBACK, port)) as connection:
                for content in share:
                    connection.sendall(content)

        return _seconds([receive] * connections + [lambda share=share: blast(share) for share in contents])


def disk_seconds(workload, writers, folder):
    """Every file's bytes to a file whose name is already durable, and one fdatasync for each, by so many writers."""
    contents = [[path.read_bytes() for path in share] for share in workload.shares(writers)]
    names = [[folder / f"{writer}-{number}" for number in range(len(share))] for writer, share in enumerate(contents)]
    for name in (name for share in names for name in share):
        name.touch()
    descriptor = os.open(folder, os.O_RDONLY)
    os.fsync(descriptor)
    os.close(descriptor)

    def write(share, paths):
        for content, path in zip(share, paths):
            with open(path, "r+b", buffering=0) as file:
                rest = memoryview(content)
                while rest:
                    rest = rest[file.write(rest):]
                os.fdatasync(file.fileno())

    return _seconds([lambda share=share, paths=paths: write(share, paths) for share, paths in zip(contents, names)])


def _seconds(bodies):
    """Runs all at once and raises what the first of them raised."""
    failures = []

    def guarded(body):
        try:
            body()
        except OSError as error:
            failures.append(error)

    threads = [threading.Thread(target=guarded, args=[body], daemon=True) for body in bodies]
    start = time.monotonic()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    seconds = time.monotonic() - start
    if failures:
        raise failures[0]
    return seconds
