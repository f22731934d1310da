"""Runs a program and stops one of its threads alone (ptrace(2)) once its standard input has a line; ends with it.

hang_thread.py THREAD-NAME-PREFIX PROGRAM ARGUMENTS...
"""

import ctypes
import os
import pathlib
import signal
import subprocess
import sys

PTRACE_SEIZE, PTRACE_INTERRUPT = 0x4206, 0x4207

prefix, *command = sys.argv[1:]
program = subprocess.Popen(command, stdin=subprocess.DEVNULL)


def end(*_):
    """Whoever stops this stops the program. It is not waited for: who traces a thread would wait for ever."""
    program.kill()
    os._exit(0)


signal.signal(signal.SIGTERM, end)

sys.stdin.readline()
libc = ctypes.CDLL(None, use_errno=True)
libc.ptrace.argtypes = [ctypes.c_long, ctypes.c_long, ctypes.c_void_p, ctypes.c_void_p]
for task in pathlib.Path(f"/proc/{program.pid}/task").iterdir():
    if (task / "comm").read_text().startswith(prefix):
        for request in PTRACE_SEIZE, PTRACE_INTERRUPT:
            if libc.ptrace(request, int(task.name), None, None) != 0:
                sys.exit(f"ptrace: {os.strerror(ctypes.get_errno())}")
        print("stopped", (task / "comm").read_text().strip(), flush=True)
        break
else:
    sys.exit(f"no thread is called {prefix}")
signal.pause()
