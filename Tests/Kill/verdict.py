"""What must hold afterwards. Each check gives sentences about what is wrong; no sentence, no fault."""

from collections import defaultdict

from disturbances import PACS

SHOWN = 5
"""Examples that a sentence names."""


def _examples(values):
    values = sorted(values)
    return ", ".join(map(str, values[:SHOWN])) + (f" and {len(values) - SHOWN} more" if len(values) > SHOWN else "")


def check_arrival(acknowledged, reference, stores):
    """Everything that had success is at the PACS, with the bytes that its sender sends.

    `reference`: what the same senders bring straight to the same receiver.
    """
    faults = []
    arrived = defaultdict(set)
    for store in stores:
        arrived[store["uid"]].add((store["syntax"], store["sha256"]))
    sent = {store["uid"]: (store["syntax"], store["sha256"]) for store in reference}
    if lost := set(acknowledged) - set(arrived):
        faults.append(f"LOST {len(lost)} objects that had success: {_examples(lost)}")
    if unknown := set(acknowledged) - set(sent):
        faults.append(f"{len(unknown)} objects could not be sent to compare with: {_examples(unknown)}")
    if changed := [uid for uid in acknowledged if uid in arrived and uid in sent and arrived[uid] != {sent[uid]}]:
        faults.append(f"CHANGED {len(changed)} objects: {_examples(changed)}")
    return faults


def check_objects(objects, made, stores):
    """Everything that Outpost keeps, results included, is at the PACS as it is kept, and nothing else is."""
    faults = []
    arrived = {(store["uid"], store["sha256"]) for store in stores}
    kept = {(each["instance"]["sopInstanceUID"], each["instance"]["sha256"]) for each in objects}
    if missing := kept - arrived:
        faults.append(f"{len(missing)} kept objects never arrived: {_examples(missing)}")
    if strange := arrived - kept:
        faults.append(f"{len(strange)} objects arrived that are not kept: {_examples(strange)}")
    received = {each["instance"]["sopInstanceUID"] for each in objects if each["stage"] == "intake"}
    if foreign := received - set(made):
        faults.append(f"{len(foreign)} objects are kept that nobody sent: {_examples(foreign)}")
    return faults


def explain_repeats(objects, stores, disturbances):
    """How many times an object arrived again, by what explains it, and a sentence for those that nothing explains.

    A repeat is explained by a disturbance before it at which the courier's queue still owed the object; each explains
    one. The PACS must have had the object before it fell; what a killed courier had handed to the network may arrive
    after the kill.
    """
    parcels = {each["instance"]["sopInstanceUID"]: (each["stage"], each["instance"]["sequence"]) for each in objects}
    explained = defaultdict(int)
    unexplained = []
    before = {}
    used = set()
    for store in stores:
        uid = store["uid"]
        if uid in before:
            cause = next(
                (number for number, each in enumerate(disturbances)
                 if (uid, number) not in used and each.time <= store["time"] and parcels.get(uid) in each.owed
                 and (each.what != PACS or before[uid] <= each.time)), None)
            if cause is None:
                unexplained.append(uid)
            else:
                used.add((uid, cause))
                explained[disturbances[cause].what] += 1
        before[uid] = store["time"]
    faults = []
    if unexplained:
        faults.append(f"{len(unexplained)} objects were sent again without a reason: {_examples(unexplained)}")
    return dict(explained), faults


def check_queue(status):
    faults = [] if status["settled"] else ["outpost status does not say that everything is settled"]
    for queue in status["queues"]:
        if stuck := {state: queue[state] for state in ("queued", "sending", "waiting", "held", "refused", "expired",
                                                       "dropped") if queue.get(state)}:
            faults.append(f"the queue to {queue['destination']} is not empty: {stuck}")
    return faults
