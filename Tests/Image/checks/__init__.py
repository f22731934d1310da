"""What is checked, in the order that costs the fewest starts. A check raises PeerError, or gives what it measured."""

from checks import boot, crash, freeze, kill, lamps_shown, load, power_cut, setting_up, study, watchdog

ALL = {
    "setting-up": setting_up.check,
    "boot": boot.check,
    "study": study.check,
    "lamps": lamps_shown.check,
    "crash": crash.check,
    "watchdog": watchdog.check,
    "kill": kill.check,
    "load": load.check,
    "freeze": freeze.check,
    "power-cut": power_cut.check,
}
