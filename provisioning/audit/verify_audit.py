#!/usr/bin/env python3
"""Verify what `outpost audit export` wrote, or the file of a removed segment, with nothing of Outpost's.

    outpost audit export | ./verify_audit.py
    ./verify_audit.py /var/lib/outpost/intake/audit/*.jsonl

Every line is {"stage":S,"number":N,"previous":P,"hash":H,"event":{…}}. H is the SHA-256 of
    0x0f "outpost audit 1" | length of S, S | P | N, 8 bytes | length of the event, 4 bytes | the event
with numbers most significant byte first, and the event byte for byte as it stands in the line.
"""
import fileinput
import hashlib
import json
import sys

heads = {}
for count, line in enumerate(fileinput.input(mode="rb"), 1):
    row = json.loads(line)
    stage, number, previous = row["stage"], row["number"], row["previous"]
    start = bytes(32).hex() if number == 1 else previous
    if (previous, number) != heads.get(stage, (start, number)):  # the first line of a stage is where its export begins
        sys.exit(f"line {count}: row {number} of {stage} does not follow from the line before it")
    name, event = stage.encode(), line.rstrip(b"\n").split(b'"event":', 1)[1][:-1]
    parts = [b"\x0foutpost audit 1", bytes([len(name)]), name, bytes.fromhex(previous or ""), number.to_bytes(8, "big"),
             len(event).to_bytes(4, "big"), event]
    if hashlib.sha256(b"".join(parts)).hexdigest() != row["hash"]:
        sys.exit(f"line {count}: row {number} of {stage} does not match its hash")
    heads[stage] = (row["hash"], number + 1)
for stage, (digest, following) in heads.items():
    print(f"{stage} is intact to {following - 1}:{digest}")
