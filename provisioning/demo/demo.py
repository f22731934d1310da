#!/usr/bin/env python3
"""Shows Outpost at work among real programs on this machine, and checks that nothing is lost.

Images go from dcmtk's dcmsend to Outpost; Outpost's network looks at the chest images; images and results go on to a
PACS (Orthanc, by DICOM) and to a hub (Orthanc behind nginx, by STOW-RS over mutual TLS 1.3). In the middle the hub is
away for a while. In the end both archives are asked what they hold. Exit code 0 means that both hold everything.
"""

import argparse
import contextlib
import shlex
import shutil
import signal
import sys
import time
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(REPOSITORY / "Tests/Peers"))

from ports import free_port  # noqa: E402
from processes import PeerError, find_program, tail, wait_until  # noqa: E402

from archive import Archive, save_picture  # noqa: E402
from material import phantoms, real_files  # noqa: E402
from programs import Outpost, RunningPeer  # noqa: E402
from terminal import Terminal  # noqa: E402
from verdict import Expectation, differences, queue, words_of_network  # noqa: E402

MARK = ".outpost-demo"
FONTS = ["/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf", "/usr/share/fonts/dejavu/DejaVuSans.ttf",
         "/usr/share/fonts/dejavu-sans-fonts/DejaVuSans.ttf"]
POLL_SECONDS = 1


class Demonstration:
    def __init__(self, options, stack):
        self.terminal = Terminal()
        self.stack = stack
        self.deadline = time.monotonic() + options.minutes * 60
        self.folder = prepare_folder(options.folder)
        self.program = options.outpost
        self.runner = shlex.split(options.runner)
        self.logs = []
        self.status = None

    def run(self):
        """Returns the sentences about what is wrong in the end; none if all is well."""
        expected = self.prepare()
        pacs, hub = self.start_archives()
        outpost = self.start_outpost(pacs, hub)
        # Every second one: each half has a phantom.
        sent_first, sent_later = expected.sent[0::2], expected.sent[1::2]

        self.step(f"sending {len(sent_first)} objects to Outpost")
        outpost.send([each.path for each in sent_first], self.folder / "dcmsend-1.txt")
        self.wait(outpost, expected, "both archives get their first objects",
                  lambda status: all(queue(status, name)["delivered"] > 0 for name in ("pacs", "hub")))

        self.step("taking the hub away")
        hub.stop()
        self.say(f"   stopped; sending the other {len(sent_later)} objects all the same")
        outpost.send([each.path for each in sent_later], self.folder / "dcmsend-2.txt")
        self.wait(outpost, expected, "the PACS gets everything while the hub is away",
                  lambda status: queue(status, "pacs")["delivered"] >= expected.objects
                  and queue(status, "hub")["waiting"] > 0)
        waiting = queue(self.status, "hub")
        self.say(f"   {expected.objects - waiting['delivered']} objects wait for the hub: "
                 f"{waiting['lastError'] or 'no reason given'}")

        self.step("bringing the hub back")
        hub = self.start_hub()
        self.wait(outpost, expected, "everything is delivered",
                  lambda status: all(queue(status, name)["delivered"] >= expected.objects for name in ("pacs", "hub")))

        self.step("asking both archives what they hold")
        return self.compare(expected, Archive("PACS", pacs.ready["rest"]), Archive("hub", hub.ready["rest"]))

    def prepare(self):
        self.step(f"preparing {self.folder}")
        for name in ("dcmsend", "echoscu"):
            find_program(name, "dcmtk")
        sent = [*phantoms(REPOSITORY, self.folder / "phantoms"), *real_files()]
        expected = Expectation(sent)
        self.say(f"   {len(sent)} objects of {len(expected.studies)} studies; "
                 f"the network is meant for {len(expected.analysed)} of them")
        return expected

    def start_archives(self):
        self.step("starting a PACS and a hub")
        # Its DICOM port is open to the network: only Outpost, from this machine, may store there.
        pacs = RunningPeer(REPOSITORY, "orthanc", self.folder / "pacs", ["--ae-title", "PACS", "--allow", "OUTPOST"])
        self.stack.callback(pacs.stop)
        self.logs += [pacs.log, self.folder / "pacs/orthanc.log"]
        hub = self.start_hub()
        self.logs += [hub.log, self.folder / "hub/nginx/error.log"]
        self.say(f"   PACS: DICOM port {pacs.ready['dicomPort']}, pages at {pacs.ready['rest']}/")
        self.say(f"   hub: {hub.ready['stow']}, pages at {hub.ready['rest']}/")
        return pacs, hub

    def start_hub(self):
        hub = RunningPeer(REPOSITORY, "hub", self.folder / "hub")
        self.stack.callback(hub.stop)
        return hub

    def start_outpost(self, pacs, hub):
        self.step("starting Outpost")
        configuration, log, port = self.folder / "outpost.yaml", self.folder / "outpost.log", free_port()
        configuration.write_text(filled_template({
            "DATA_FOLDER": self.folder / "data", "INTAKE_PORT": port, "FONT": font(),
            "MODEL": REPOSITORY / "provisioning/models/chest-nodule/chest-nodule.onnx",
            "PACS_PORT": pacs.ready["dicomPort"], "HUB_URL": hub.ready["stow"],
            "CERTIFICATES": hub.ready["certificates"]}))
        self.logs.insert(0, log)
        outpost = Outpost(self.program, self.runner, configuration, log, port)
        self.stack.callback(outpost.stop)
        wait_until(outpost.answers_echo, self.seconds_left(), "an answer of Outpost to C-ECHO", outpost.child.check)
        self.say(f"   listening on port {port}; configuration {configuration}")
        return outpost

    def wait(self, outpost, expected, what, condition):
        """Polls Outpost's status until `condition`; shows progress; raises when it cannot happen any more."""
        self.say(f"   waiting until {what}")
        while True:
            self.status = outpost.status() or self.status
            queues = {name: queue(self.status, name) for name in ("pacs", "hub")}
            delivered = sum(each["delivered"] for each in queues.values())
            text = ", ".join(f"{name} {each['delivered']}" for name, each in queues.items())
            self.terminal.progress(delivered, 2 * expected.objects, f"delivered ({text})")
            if condition(self.status):
                return
            for name, each in queues.items():
                if each["refused"]:
                    raise PeerError(f"{name} refused {each['refused']} objects: {each['lastError']}")
            reasons = [reason for members in expected.studies.values()
                       if "not analysed" in (reason := words_of_network(self.status, members))]
            if reasons:
                raise PeerError(f"a chest image was not analysed: {reasons[0]}")
            if self.seconds_left() <= 0:
                raise PeerError(f"time is up; still waiting until {what}. Last errors: " + "; ".join(
                    f"{name}: {each['lastError']}" for name, each in queues.items()))
            time.sleep(POLL_SECONDS)

    def compare(self, expected, pacs, hub):
        held = {archive.name: {study: archive.study(study, expected.uids) for study in expected.studies}
                for archive in (pacs, hub)}
        rows, pictures = [], []
        for study, members in expected.studies.items():
            kinds = ", ".join(sorted({f"{each.modality} {each.body_part}".strip() for each in members}))
            rows.append([members[0].title, f"{len(members)} ({kinds})", words_of_network(self.status, members),
                         str(held["PACS"][study]), str(held["hub"][study])])
            for number, uid in enumerate(sorted(held["PACS"][study].captures), 1):
                path = self.folder / f"{members[0].title.replace(' ', '-')}-{number}.png"
                save_picture(pacs.fetch(uid), path)
                pictures.append(path)
        self.say()
        self.terminal.table(["study", "came in", "the network says", "in the PACS", "in the hub"], rows)
        self.say()
        for path in pictures:
            self.say(f"   picture of a result, from the PACS: {path}")
        faults = [fault for archive in (pacs, hub) for fault in expected.faults(archive.name, held[archive.name])]
        return faults + differences(expected.studies, held["PACS"], held["hub"])

    def seconds_left(self):
        return self.deadline - time.monotonic()

    def say(self, text=""):
        self.terminal.say(text)

    def step(self, text):
        self.terminal.step(text)


def prepare_folder(folder):
    """An empty work folder; only one that an earlier demonstration made is emptied."""
    folder = folder.absolute()
    if folder.exists() and any(folder.iterdir()):
        if not (folder / MARK).exists():
            raise PeerError(f"{folder} is not empty and not of an earlier demonstration; choose another with --folder")
        shutil.rmtree(folder)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / MARK).touch()
    return folder


def filled_template(values):
    text = (Path(__file__).parent / "outpost.yaml.in").read_text()
    for name, value in values.items():
        text = text.replace(f"@{name}@", str(value))
    return text


def font():
    found = next((path for path in FONTS if Path(path).exists()), None)
    if found is None:
        raise PeerError("the font DejaVu Sans is not installed; on Debian: apt-get install fonts-dejavu-core")
    return found


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--outpost", required=True, type=Path, metavar="PATH", help="the outpost program")
    parser.add_argument("--runner", default="", help='put before it, such as "qemu-aarch64-static -cpu cortex-a72"')
    parser.add_argument("--folder", type=Path, default=REPOSITORY / ".build/demo", help="work folder (%(default)s)")
    parser.add_argument("--minutes", type=float, default=10, help="time limit for everything (%(default)s)")
    options = parser.parse_args()
    options.outpost = options.outpost.absolute()
    if not options.outpost.is_file():
        parser.error(f"{options.outpost} does not exist; build it first with: make build")
    return options


def interrupt(number, _frame):
    raise KeyboardInterrupt(number)


def main():
    options = arguments()
    signal.signal(signal.SIGTERM, interrupt)
    demonstration = None
    try:
        with contextlib.ExitStack() as stack:
            try:
                demonstration = Demonstration(options, stack)
                faults = demonstration.run()
            except KeyboardInterrupt:
                print("\nstopping everything that was started ...", file=sys.stderr)
                return 130
            finally:
                # A second Ctrl-C must not leave programs behind.
                for number in (signal.SIGINT, signal.SIGTERM):
                    signal.signal(number, signal.SIG_IGN)
    except (PeerError, OSError) as error:
        return fail([str(error)], demonstration)
    if faults:
        return fail(faults, demonstration)
    demonstration.say("\nBoth archives hold every image and every result. Nothing was lost.")
    return 0


def fail(faults, demonstration):
    logs = demonstration.logs if demonstration else []
    for number, log in enumerate(logs):
        print(f"\n--- the end of {log}\n{tail(log, 30 if number == 0 else 8)}", file=sys.stderr)
    print("\nThe demonstration failed:", file=sys.stderr)
    for fault in faults:
        print(f"  {fault}", file=sys.stderr)
    if logs:
        print(f"The whole logs are in {demonstration.folder}; outpost.log says most.", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
