"""Children of a peer: started so that none outlives its parent, watched, and stopped in order."""

import ctypes
import os
import shutil
import signal
import subprocess
import time
from pathlib import Path

STOP_SECONDS = 20
"""How long a child may take to end after SIGTERM before it is killed."""
LOG_TAIL_LINES = 20

_PR_SET_PDEATHSIG = 1
_LIBC = ctypes.CDLL(None, use_errno=True)


class PeerError(Exception):
    """What went wrong and what to do, as one sentence for a person."""


def find_program(name, package):
    """The path of `name`, looked for also where Debian keeps servers, outside an ordinary user's path."""
    path = shutil.which(name) or shutil.which(name, path="/usr/sbin:/usr/local/sbin:/usr/local/bin")
    if path is None:
        raise PeerError(f"{name} is not installed; on Debian: apt-get install {package}")
    return path


def _end_with_parent():
    # The kernel does it even where the parent is killed and cannot.
    if hasattr(_LIBC, "prctl"):
        _LIBC.prctl(_PR_SET_PDEATHSIG, signal.SIGTERM, 0, 0, 0)


class Child:
    """A program in a session of its own, so that the terminal's Ctrl-C reaches only the parent, which stops it."""

    def __init__(self, name, arguments, log, environment=None):
        self.name = name
        self.log = Path(log)
        with self.log.open("ab") as output:
            self.process = subprocess.Popen(
                [str(argument) for argument in arguments], stdin=subprocess.DEVNULL, stdout=output,
                stderr=subprocess.STDOUT, start_new_session=True, preexec_fn=_end_with_parent, env=environment)

    @property
    def pid(self):
        return self.process.pid

    def check(self):
        """Raises PeerError if the child has ended."""
        if self.process.poll() is not None:
            raise PeerError(f"{self.name} ended by itself ({describe_end(self.process.returncode)}); "
                            f"the end of its log {self.log}:\n{tail(self.log)}")

    def stop(self):
        if self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()


def describe_end(code):
    return f"signal {signal.Signals(-code).name}" if code < 0 else f"exit code {code}"


def tail(path, lines=LOG_TAIL_LINES):
    try:
        return "\n".join(Path(path).read_text(errors="replace").splitlines()[-lines:])
    except OSError:
        return "(no log)"


def wait_until(condition, seconds, what, check=lambda: None):
    """Polls `condition` until it is true; `check` raises when waiting has become pointless."""
    deadline = time.monotonic() + seconds
    while not condition():
        check()
        if time.monotonic() > deadline:
            raise PeerError(f"{what} did not happen within {seconds} seconds")
        time.sleep(0.05)


def run(arguments, what):
    """Runs a short program to its end; its output becomes the error if it fails."""
    result = subprocess.run([str(argument) for argument in arguments], stdin=subprocess.DEVNULL,
                            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=60, check=False)
    if result.returncode != 0:
        raise PeerError(f"{what} failed ({describe_end(result.returncode)}):\n{result.stdout.strip()}")
    return result.stdout


def stay_until_stopped(children, stop_event, end_with_parent=False):
    """Waits for SIGTERM or SIGINT (which set `stop_event`); raises if a child ends before that.

    With `end_with_parent` it also returns when the process that started this one is gone.
    """
    parent = os.getppid()
    while not stop_event.wait(0.2):
        if end_with_parent and os.getppid() != parent:
            return
        for child in children:
            child.check()


def private_folder(path):
    path = Path(path).absolute()
    path.mkdir(parents=True, exist_ok=True)
    os.chmod(path, 0o700)
    return path
