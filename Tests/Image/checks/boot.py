"""From power to ready: what starts, what is shut, how long it takes, and what memory it leaves."""

from lab import UNITS
from processes import PeerError

FACTS = {
    "the root file system is verified and cannot be written":
        "grep -q ' / squashfs ro' /proc/mounts && veritysetup status root | grep -q verified",
    "what the box keeps is encrypted":
        "grep -q '^/dev/mapper/data /var ' /proc/mounts && cryptsetup status data | grep -q LUKS2",
    "nobody can log in":
        "! grep -qxE 'agetty|login|sshd' /proc/[0-9]*/comm && "
        "[[ $(systemctl list-units --plain --no-legend '*getty@*' 'ssh*') == '' ]] && "
        "grep -q '^root:!' /etc/shadow",
    "the firewall drops what is not wanted": "nft list ruleset | grep -q 'policy drop'",
    "the hardware watchdog is armed": "systemctl show --property RuntimeWatchdogUSec --value | grep -qv '^0$'",
}


def check(lab):
    lab.ensure_running()
    shown = lab.show("Ready", 900)
    lab.guest.run("systemctl is-system-running --wait", 890, succeed=False)
    failed = lab.guest.run("systemctl --failed --no-legend --plain")
    if failed:
        raise PeerError(f"units failed:\n{failed}")
    for what, command in FACTS.items():
        status, output = lab.guest.ask(command)
        if status != 0:
            raise PeerError(f"not so: {what} (`{command}`): {output}")
    lab.say(lab.program("selftest").replace("\n", "\n    "))
    times = lab.guest.run("systemd-analyze | head -1")
    memory = memory_of_units(lab)
    return f"{times}; ready was shown {shown:.0f} s after the first answer; at rest {memory}"


def memory_of_units(lab):
    """MiB, as a sentence."""
    used = lab.guest.run("awk '/MemTotal/ {total = $2} /MemAvailable/ {free = $2} "
                         "END {print int((total - free) / 1024) \" of \" int(total / 1024)}' /proc/meminfo")
    units = [f"{unit} {int(lab.property(unit, 'MemoryCurrent')) >> 20}" for unit in UNITS]
    return f"{used} MiB in use ({', '.join(units)})"
