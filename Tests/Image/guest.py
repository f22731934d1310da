"""Commands in the machine, as root, over its second serial line. See guest/ for what answers there."""

import base64
import re
import secrets
import socket
import threading
import time

from processes import PeerError

ANSWER_SECONDS = 600
ASK_AGAIN_SECONDS = 5
MOST_PATIENCE_SECONDS = 40
ANSWER = re.compile(rb"(@\w+) (\d+) ([A-Za-z0-9+/=]*)\r?\n")


class Guest:
    """Survives the machine's restarts: what was asked before one is not answered after it."""

    def __init__(self, path):
        self._path = path
        self._socket = None
        self._received = b""
        self._asking = threading.Lock()

    def wait(self, seconds, check):
        """Waits until commands are answered."""
        deadline = time.monotonic() + seconds
        patience = ASK_AGAIN_SECONDS
        while True:
            try:
                return self.run("true", patience)
            except TimeoutError:
                # An answer may be slow to come while everything starts.
                patience = min(2 * patience, MOST_PATIENCE_SECONDS)
                check()
                if time.monotonic() > deadline:
                    raise PeerError(f"the machine did not answer within {seconds} seconds") from None

    def run(self, command, seconds=ANSWER_SECONDS, succeed=True):
        """What the command prints, errors included.

        Raises PeerError if it fails, unless it may; TimeoutError without an answer.
        """
        status, output = self.ask(command, seconds)
        if succeed and status != 0:
            raise PeerError(f"in the machine `{command}` ended with {status}:\n{output[-3000:]}")
        return output

    def ask(self, command, seconds=ANSWER_SECONDS):
        """Exit code and output; one after the other, whatever thread asks."""
        with self._asking:
            return self._ask(command, seconds)

    def start(self, command):
        """Has a command run on its own, whose end nobody waits for."""
        self.run(f"nohup bash -c '{command}' >/dev/null 2>&1 &")

    def close(self):
        if self._socket is not None:
            self._socket.close()
            self._socket = None

    def _ask(self, command, seconds):
        name = b"@" + secrets.token_hex(8).encode()
        self._send(name + b" " + base64.b64encode(command.encode()) + b"\n")
        deadline = time.monotonic() + seconds
        while True:
            for match in ANSWER.finditer(self._received):
                if match.group(1) == name:
                    self._received = self._received[match.end():]
                    return int(match.group(2)), base64.b64decode(match.group(3)).decode(errors="replace").strip()
            self._receive(deadline, command)

    def _send(self, line):
        try:
            if self._socket is None:
                self._socket = socket.socket(socket.AF_UNIX)
                self._socket.connect(str(self._path))
                self._received = b""
            self._socket.settimeout(ASK_AGAIN_SECONDS)
            self._socket.sendall(line)
        except (OSError, TimeoutError) as error:
            self.close()
            time.sleep(1)
            raise TimeoutError(f"the serial line takes nothing: {error}") from error

    def _receive(self, deadline, command):
        left = deadline - time.monotonic()
        if left <= 0:
            raise TimeoutError(f"no answer to: {command}")
        self._socket.settimeout(left)
        try:
            data = self._socket.recv(65536)
        except TimeoutError:
            raise TimeoutError(f"no answer to: {command}") from None
        except OSError:
            data = b""
        if not data:
            self.close()
            raise TimeoutError(f"the machine ended during: {command}")
        self._received += data
