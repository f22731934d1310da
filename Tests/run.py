"""run.py LOG -- swift test …: runs the tests and says last what failed.

Tests that wait for real programs share the machine with whatever else runs on it. One that fails is therefore run once more, by
itself: if it passes then, it is named as such, loudly, and the run counts as passed; a fault that does not depend on its
neighbours fails again."""

import argparse
import pathlib
import re
import subprocess
import sys
from xml.etree import ElementTree

MOST_REPEATED = 5  # More failures than these are no accident.


def run(command, log, results):
    """Runs, shows and keeps what is printed; the failed tests in the form that --filter takes, None where unknown."""
    results.unlink(missing_ok=True)
    with open(log, "w") as file:
        process = subprocess.Popen(
            [*command, "--xunit-output", str(results.with_name("tests.xml"))], stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT, text=True, errors="replace")
        for line in process.stdout:
            file.write(line)
            sys.stdout.write(line)
            sys.stdout.flush()
    if process.wait() == 0:
        return []
    if not results.exists():
        return None
    return [
        f"{case.get('classname')}/{case.get('name')}"
        for case in ElementTree.parse(results).iter("testcase") if case.find("failure") is not None
    ] or None


def explain(log):
    lines = log.read_text(errors="replace").splitlines()
    print("\nWhat failed:")
    print("\n".join([line for line in lines if re.search("[✘↳]", line)] or lines[-20:]), flush=True)


def main():
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("log", type=pathlib.Path)
    arguments.add_argument("command", nargs="+")
    options = arguments.parse_args()
    results = options.log.with_name("tests-swift-testing.xml")
    failed = run(options.command, options.log, results)
    if failed == []:
        return 0
    explain(options.log)
    if failed is None or len(failed) > MOST_REPEATED:
        return 1
    again = options.log.with_name("test-again.log")
    # Without what chose the tests the first time.
    command = [part for part in options.command if not part.startswith(("--filter", "--skip="))]
    print(f"\nOnce more, by themselves: {', '.join(failed)}", flush=True)
    for test in failed:
        if run([*command, "--filter=" + re.escape(test)], again, results) != []:
            explain(again)
            return 1
    print(f"\nPassed only by themselves, which wants looking into: {', '.join(failed)}", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
