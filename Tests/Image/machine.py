"""The appliance in qemu: the machine of `make image-run`, with its disk elsewhere and its lines in a test's hands."""

import base64
import shutil
import time
from pathlib import Path

from guest import Guest
from ports import LOOPBACK, free_port
from processes import Child, PeerError, find_program, wait_until
from qmp import Monitor

BOOT_SECONDS = 1500
"""Far more than a boot takes on two busy cores."""
STOP_SECONDS = 300
DICOM_PORT = 11112
CREDENTIALS = {
    "outpost-test.agent": "agent.sh",
    "systemd.extra-unit.agent.service": "agent.service",
    "systemd.unit-dropin.sysinit.target~agent": "wanted.conf"}
FIRMWARE = Path("/usr/share/AAVMF")


class Machine:
    """Started and cut off as often as wanted; the disk and the firmware's variables stay."""

    def __init__(self, disk, folder):
        self.disk = disk
        self.port = free_port()
        """DICOM, at the loopback interface."""
        self.console = folder / "console.log"
        self._folder = folder
        self._variables = folder / "variables.fd"
        shutil.copyfile(FIRMWARE / "AAVMF_VARS.fd", self._variables)
        self._child = None
        self.guest = None
        self.monitor = None

    def start(self):
        """On the main thread: what a thread starts ends with it (`processes.Child`)."""
        self.disk.attach()
        line, control = self._folder / "agent.sock", self._folder / "qmp.sock"
        for path in (line, control):
            path.unlink(missing_ok=True)
        # No ACPI: the machine then has a device tree, as boards do.
        options = [
            "-name", "outpost-test", "-machine", "virt,gic-version=3,acpi=off", "-cpu", "cortex-a72",
            "-accel", "tcg,thread=multi", "-smp", 2, "-m", 1024, "-nodefaults", "-no-user-config", "-display", "none",
            "-drive", f"if=pflash,unit=0,format=raw,readonly=on,file={FIRMWARE}/AAVMF_CODE.fd",
            "-drive", f"if=pflash,unit=1,format=raw,file={self._variables}",
            "-drive", f"if=none,id=disk,format=raw,discard=unmap,cache=none,file={self.disk.url}",
            "-device", "virtio-blk-pci,drive=disk,bootindex=0",
            "-netdev", f"user,id=network,hostfwd=tcp:{LOOPBACK}:{self.port}-:{DICOM_PORT}",
            "-device", "virtio-net-pci,netdev=network,romfile=", "-device", "virtio-rng-pci",
            "-device", "i6300esb", "-action", "watchdog=reset", "-rtc", "base=utc",
            "-chardev", f"file,id=console,append=on,path={self.console}", "-serial", "chardev:console",
            "-chardev", f"socket,id=agent,path={line},server=on,wait=off", "-device", "pci-serial,chardev=agent",
            "-qmp", f"unix:{control},server=on,wait=off"]
        for name, file in CREDENTIALS.items():
            value = base64.b64encode((Path(__file__).with_name("guest") / file).read_bytes()).decode()
            options += ["-smbios", f"type=11,value=io.systemd.credential.binary:{name}={value}"]
        self._child = Child(
            "qemu", [find_program("qemu-system-aarch64", "qemu-system-arm"), *options], self._folder / "qemu.log")
        wait_until(control.exists, STOP_SECONDS, "qemu's start", self._child.check)
        self.monitor = Monitor(control)
        self.guest = Guest(line)

    def boot(self):
        """Starts it and waits for an answer from inside; gives the seconds."""
        began = time.monotonic()
        self.start()
        self.guest.wait(BOOT_SECONDS, self.check)
        return time.monotonic() - began

    def check(self):
        self._child.check()

    def cut_power(self):
        """Everything stops at once: the disk acknowledges nothing more, then processor and disk are gone."""
        self.disk.freeze()
        self._kill()
        self.disk.cut()

    def stop(self):
        """Switches it off in order; False where it had to be killed."""
        if self._child is None:
            return True
        clean = True
        try:
            self.guest.start("sleep 1; systemctl poweroff")
            wait_until(lambda: self._child.process.poll() is not None, STOP_SECONDS, "the machine's end")
        except (PeerError, TimeoutError):
            clean = False
        self._kill()
        self.disk.detach()
        return clean

    def abandon(self):
        """However it stands: nothing of it goes on running."""
        self._kill()
        self.disk.detach()

    def _kill(self):
        if self._child is not None:
            self._child.process.kill()
            self._child.process.wait()
            self._child = None
            self.guest.close()
