#!/usr/bin/env python3
"""The real programs that Outpost is tested and shown against, each as one foreground command.

A command prints one JSON line when it is ready and stays until SIGTERM or Ctrl-C; then it stops what it started.
Started again on the same folder it takes the same ports and finds its store as it was: that is how an outage is played.
Only Python's standard library is needed. `peers.py COMMAND --help` lists the options.
"""

import argparse
import contextlib
import json
import os
import signal
import sys
import threading
from pathlib import Path

import certificates
from nginx import Nginx
from orthanc import Orthanc
from ports import free_ports
from processes import PeerError, private_folder, stay_until_stopped


def remembered_ports(folder, wanted):
    """Ports by name: the given ones, else those of the folder's last run, else free ones."""
    memory = Path(folder) / "ports.json"
    known = {}
    with contextlib.suppress(OSError, ValueError):
        known = json.loads(memory.read_text())
    fresh = dict(zip(wanted, free_ports(len(wanted))))
    ports = {name: given or known.get(name) or fresh[name] for name, given in wanted.items()}
    memory.write_text(json.dumps(ports))
    return ports


STOP = threading.Event()
"""Set by SIGTERM and SIGINT."""


def serve(options, describe, starters):
    """Starts servers in order, says that they are ready, stays, and stops them in the opposite order."""
    with contextlib.ExitStack() as stack:
        servers = []
        for start in starters:
            server = start()
            stack.callback(server.stop)
            servers.append(server)
        for server in servers:
            server.wait()
        ready = {"ready": True, "pid": os.getpid(), "children": [each.child.pid for each in servers]}
        print(json.dumps(ready | describe), flush=True)
        stay_until_stopped([server.child for server in servers], STOP, options.end_with_parent)


def orthanc(options):
    folder = private_folder(options.folder)
    ports = remembered_ports(folder, {"http": options.http_port, "dicom": options.dicom_port})
    serve(
        options,
        {"folder": str(folder), "aeTitle": options.ae_title, "dicomPort": ports["dicom"], "httpPort": ports["http"],
         "rest": f"http://127.0.0.1:{ports['http']}"},
        [lambda: Orthanc(folder, ports["http"], ports["dicom"], options.ae_title, options.dicomweb, options.allow,
                         options.peer)])


def make_certificates(options):
    folder = certificates.make_certificates(options.folder, options.again)
    print(json.dumps({"ready": True, "folder": str(folder), "files": certificates.FILES}), flush=True)


def nginx(options):
    folder = private_folder(options.folder)
    ports = remembered_ports(folder, {"https": options.https_port})
    trust = Path(options.certificates).absolute()
    serve(
        options,
        {"folder": str(folder), "httpsPort": ports["https"], "certificates": str(trust)},
        [lambda: Nginx(folder, ports["https"], options.upstream, trust, options.maximum_body)])


def hub(options):
    folder = private_folder(options.folder)
    ports = remembered_ports(folder, {"http": options.http_port, "https": options.https_port})
    trust = certificates.make_certificates(folder / "certificates")
    serve(
        options,
        {"folder": str(folder), "httpsPort": ports["https"], "httpPort": ports["http"], "certificates": str(trust),
         "stow": f"https://localhost:{ports['https']}/dicom-web/studies", "rest": f"http://127.0.0.1:{ports['http']}"},
        [lambda: Orthanc(folder / "orthanc", ports["http"], None, "HUB", dicomweb=True),
         lambda: Nginx(folder / "nginx", ports["https"], ports["http"], trust, options.maximum_body)])


def parser():
    top = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = top.add_subparsers(required=True, metavar="COMMAND")

    def command(function, name, text):
        sub = commands.add_parser(name, help=text, description=text)
        sub.add_argument("--folder", required=True, help="where it keeps its configuration, store and logs")
        sub.add_argument("--end-with-parent", action="store_true", help="stop also when the starting process is gone")
        sub.set_defaults(run=function)
        return sub

    one = command(orthanc, "orthanc", "a PACS: Orthanc with a DICOM server")
    one.add_argument("--dicom-port", type=int)
    one.add_argument("--http-port", type=int)
    one.add_argument("--ae-title", default="PACS")
    one.add_argument("--dicomweb", action="store_true", help="with the DICOMweb plug-in")
    one.add_argument("--allow", action="append", default=[], metavar="AE",
                     help="store only for this calling AE title, and only from this machine; may be repeated")
    one.add_argument("--peer", action="append", default=[], metavar="AE:PORT",
                     help="a DICOM peer on this machine that it can call by its AE title; may be repeated")
    two = command(make_certificates, "certificates", "an authority, a server, a client and a stranger")
    two.add_argument("--again", action="store_true", help="make them anew even where they exist")
    three = command(nginx, "nginx", "TLS 1.3 with client certificates in front of an archive")
    three.add_argument("--https-port", type=int)
    three.add_argument("--upstream", type=int, required=True, help="the archive's HTTP port")
    three.add_argument("--certificates", required=True, help="folder that the certificates command made")
    four = command(hub, "hub", "certificates, Orthanc with DICOMweb and nginx together")
    four.add_argument("--https-port", type=int)
    four.add_argument("--http-port", type=int)
    for each in (three, four):
        each.add_argument("--maximum-body", default="2g", help="largest request body, in nginx's notation")
    return top


def main():
    options = parser().parse_args()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: STOP.set())
    # Whoever started this may have had signals blocked, which is inherited.
    signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGTERM, signal.SIGINT})
    try:
        options.run(options)
    except PeerError as error:
        print(f"peers.py: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
