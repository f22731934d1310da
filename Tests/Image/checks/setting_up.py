"""A box as it comes: it says that it is not set up and receives nothing, until a file on its boot partition sets it up."""

from processes import PeerError


def check(lab):
    if lab.boots > 0:
        return "not tried: the box has its configuration already"
    lab.boot()
    shown = lab.show("Not set up", 900)
    if lab.modality.send([lab.modality.chest()]):
        raise PeerError("a box that is not set up took an image")
    if not lab.stop():
        raise PeerError("the machine did not switch itself off")
    return f"said so {shown:.0f} s after the first answer, took no image, and switched itself off in order"
