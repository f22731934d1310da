"""Runs a program whose standard error it claims to be the journal's, takes what the program sends to the journal, has
systemd's own programs store and read it, and prints the entries as lines of JSON.

The journal's socket has a fixed place, so this runs in a mount namespace of its own (unshare --mount).

play_journal.py FOLDER SECONDS PROGRAM ARGUMENTS...
"""

import os
import pathlib
import socket
import subprocess
import sys
import time

folder, seconds, *command = sys.argv[1:]
subprocess.run(["mount", "-t", "tmpfs", "tmpfs", "/run"], check=True)
journal = pathlib.Path("/run/systemd/journal")
journal.mkdir(parents=True)
server = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
server.bind(str(journal / "socket"))

errors = open(pathlib.Path(folder, "stderr"), "wb")
status = os.fstat(errors.fileno())
environment = dict(os.environ, JOURNAL_STREAM=f"{status.st_dev}:{status.st_ino}")
program = subprocess.Popen(command, stdin=subprocess.DEVNULL, stderr=errors, env=environment)
entries = []
server.settimeout(0.2)
stop_at = time.monotonic() + float(seconds)
while True:
    try:
        entries.append(server.recv(1 << 20))
        if b"OUTPOST_EVENT=started" in entries[-1]:
            program.terminate()
    except TimeoutError:
        if program.poll() is not None:
            break
    if time.monotonic() > stop_at:
        program.kill()

# The native protocol is the export format but for the time and the empty line behind each entry.
export = b"".join(
    b"__REALTIME_TIMESTAMP=%d\n__MONOTONIC_TIMESTAMP=%d\n_BOOT_ID=%s\n%s\n" % (index + 1, index + 1, b"1" * 32, entry)
    for index, entry in enumerate(entries))
stored = pathlib.Path(folder, "entries.journal")
subprocess.run(
    ["/lib/systemd/systemd-journal-remote", f"--output={stored}", "-"], input=export, check=True, capture_output=True)
subprocess.run(["journalctl", f"--file={stored}", "--output=json", "--no-pager"], check=True)
