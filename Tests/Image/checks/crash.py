"""Analysis crashes at every start: images are received and forwarded all the same, and analysed when it works again."""

FOLDER = "/run/systemd/system/outpost-analysis.service.d"
CRASH = "[Service]\\nExecStart=\\nExecStart=/bin/sh -c \"kill -ABRT $$$$\"\\n"
RESTART = "systemctl daemon-reload && systemctl restart --no-block outpost-analysis.service"


def check(lab):
    lab.ensure_running()
    lab.guest.run(f"mkdir -p {FOLDER} && printf '{CRASH}' > {FOLDER}/crash.conf && {RESTART}")
    try:
        lab.show("Fault")
        image = lab.modality.chest()
        lab.modality.send_all([image], lab.machine.check)
        lab.wait_for_arrival([image])
        restarts = lab.property("analysis", "NRestarts")
    finally:
        lab.guest.run(f"rm -f {FOLDER}/crash.conf; systemctl reset-failed outpost-analysis.service; {RESTART}")
    lab.wait_for_service()
    seconds = lab.wait_for_results(image)
    lab.show("Ready")
    return f"the image was forwarded after {restarts} restarts of analysis; results {seconds:.0f} s after the mending"
