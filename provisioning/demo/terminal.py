"""What the demonstration shows: steps, progress and a table. A bar on a terminal, plain lines elsewhere."""

import shutil
import sys
import time

BAR_CHARACTERS = 30
PLAIN_LINE_SECONDS = 10
"""Without a terminal, unchanged progress is repeated only so often."""


class Terminal:
    def __init__(self, stream=sys.stdout):
        self._stream = stream
        self._is_terminal = stream.isatty()
        self._open_bar = False
        self._last_line = ("", 0.0)

    def say(self, text=""):
        if self._open_bar:
            self._stream.write("\n")
            self._open_bar = False
        print(text, file=self._stream, flush=True)

    def step(self, text):
        self.say(f"\n== {text}")

    def progress(self, done, total, text):
        """Shows that `done` of `total` are done."""
        total = max(total, 1)
        if self._is_terminal:
            filled = BAR_CHARACTERS * min(done, total) // total
            bar = "#" * filled + "." * (BAR_CHARACTERS - filled)
            width = shutil.get_terminal_size().columns - 1
            self._stream.write("\r\033[K" + f"   [{bar}] {done}/{total} {text}"[:width])
            self._stream.flush()
            self._open_bar = True
            return
        line = f"   {done}/{total} {text}"
        last, at = self._last_line
        age = time.monotonic() - at
        if line != last and (done == total or age >= 1) or age >= PLAIN_LINE_SECONDS:
            self.say(line)
            self._last_line = (line, time.monotonic())

    def table(self, headings, rows):
        """Columns as wide as their widest cell."""
        cells = [headings, *rows]
        widths = [max(len(row[column]) for row in cells) for column in range(len(headings))]
        rule = "-+-".join("-" * width for width in widths)
        for number, row in enumerate(cells):
            self.say("   " + " | ".join(cell.ljust(width) for cell, width in zip(row, widths)).rstrip())
            if number == 0:
                self.say("   " + rule)
