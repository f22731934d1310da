"""The lamps, read at their pins: states that came about, and each state of the card as the board is told to show it."""

import time

import lamps
from processes import PeerError

NAMES = {
    "updating": "Updating", "fault": "Fault", "booting": "Starting", "notProvisioned": "Not set up",
    "diskNearlyFull": "Disk nearly full", "pacsUnreachable": "Archive (PACS) cannot be reached",
    "waitingForHub": "Waiting for the hub", "needsAttention": "Needs a look", "receiving": "Receiving",
    "analysing": "Analysing"}
"""`outpost board show`'s names, and the card's."""


def check(lab):
    lab.ensure_running()
    lab.show("Ready")
    seen = []
    archive_away(lab)
    seen.append("the archive away and back")
    lab.guest.run("systemctl stop outpost-courier.service")
    lab.show("Fault")
    lab.guest.run("systemctl start outpost-courier.service")
    lab.show("Ready")
    seen.append("a unit off and on")
    lab.monitor.command("system_powerdown")
    identify(lab)
    seen.append("the button")
    for name, state in NAMES.items():
        lab.program(f"board show {name} --for 600")
        lab.show(state)
        lab.say(f"the lamps show: {state}")
    lab.program("board show ready --for 1")
    time.sleep(2)
    lab.show("Ready")
    return f"by themselves: {', '.join(seen)}; as told: {len(NAMES)} states of the card"


def archive_away(lab):
    lab.archive.stop()
    image = lab.modality.chest()
    lab.modality.send_all([image], lab.machine.check)
    lab.show("Archive (PACS) cannot be reached")
    lab.archive.start()
    lab.wait_for_results(image)
    lab.show("Ready")


def identify(lab):
    """A short press: all lamps long and short in turn, for 30 seconds."""
    drawing = "●●●●○●○○●●●●○●○○"
    if drawing not in lamps.CARD.read_text():
        raise PeerError("the card does not tell any more what a short press of the button shows")
    lamps.expect(lab.monitor, dict.fromkeys(lamps.LINES, drawing), 60, "the press of the button")
