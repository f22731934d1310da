"""qemu's machine protocol: commands, and the events that come in between."""

import json
import re
import socket
import threading
import time

from processes import PeerError

ANSWER_SECONDS = 120


class Monitor:
    """One connection. Events are kept until somebody waits for them."""

    def __init__(self, path):
        self._socket = socket.socket(socket.AF_UNIX)
        self._socket.connect(str(path))
        self._file = self._socket.makefile("rwb")
        self._answers = []
        self._events = []
        self._ended = False
        self._changed = threading.Condition()
        self._asking = threading.Lock()
        threading.Thread(target=self._listen, daemon=True).start()
        self._wait(lambda: self._answers, ANSWER_SECONDS, "qemu's greeting")
        self._answers.clear()
        self.command("qmp_capabilities")

    def command(self, name, **arguments):
        """The answer's value; may be called from several threads."""
        with self._asking:
            self._file.write(json.dumps({"execute": name, "arguments": arguments}).encode() + b"\n")
            self._file.flush()
            self._wait(lambda: self._answers, ANSWER_SECONDS, f"qemu's answer to {name}")
            answer = self._answers.pop(0)
        if "error" in answer:
            raise PeerError(f"qemu refuses {name}: {answer['error'].get('desc')}")
        return answer["return"]

    def read_word(self, address):
        """32 bits of the machine's physical memory, devices included."""
        text = self.command("human-monitor-command", **{"command-line": f"xp /1wx {address:#x}"})
        match = re.search(r":\s*(0x[0-9a-f]+)", text)
        if match is None:
            raise PeerError(f"qemu cannot read {address:#x}: {text}")
        return int(match.group(1), 16)

    def forget(self, name):
        """Drops the events of a name that came so far."""
        with self._changed:
            self._events = [event for event in self._events if event != name]

    def count(self, name):
        return self._events.count(name)

    def wait_for(self, name, seconds):
        """Waits for an event and takes it."""
        self._wait(lambda: name in self._events, seconds, f"qemu's event {name}")
        with self._changed:
            self._events.remove(name)

    def _listen(self):
        try:
            for line in self._file:
                message = json.loads(line)
                with self._changed:
                    if "event" in message:
                        self._events.append(message["event"])
                    else:
                        self._answers.append(message)
                    self._changed.notify_all()
        except (OSError, ValueError):
            pass
        with self._changed:
            self._ended = True
            self._changed.notify_all()

    def _wait(self, condition, seconds, what):
        deadline = time.monotonic() + seconds
        with self._changed:
            while not condition():
                if self._ended:
                    raise PeerError(f"{what} did not come: qemu has ended")
                left = deadline - time.monotonic()
                if left <= 0:
                    raise PeerError(f"{what} did not come within {seconds} seconds")
                self._changed.wait(left)
