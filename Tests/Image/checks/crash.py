"""Analysis crashes at every start: images go on being received and forwarded, and are analysed when it can be used again."""

FOLDER = "/run/systemd/system/outpost-analysis.service.d"
CRASH = "[Service]\\nExecStart=\\nExecStart=/bin/sh -c \"kill -ABRT $$$$\"\\n"


def check(lab):
    lab.ensure_running()
    lab.guest.run(f"mkdir -p {FOLDER} && printf '{CRASH}' > {FOLDER}/crash.conf && systemctl daemon-reload && "
                  "systemctl restart --no-block outpost-analysis.service")
    try:
        lab.show("Fault")
        image = lab.modality.chest()
        lab.modality.send_all([image], lab.machine.check)
        lab.wait_for_arrival([image])
        restarts = lab.property("analysis", "NRestarts")
    finally:
        lab.guest.run(f"rm -f {FOLDER}/crash.conf; systemctl daemon-reload; systemctl reset-failed outpost-analysis.service; "
                      "systemctl restart --no-block outpost-analysis.service")
    lab.wait_for_service()
    seconds = lab.wait_for_results(image)
    lab.show("Ready")
    return f"the image was forwarded after {restarts} restarts of analysis; its results came {seconds:.0f} s after the mending"
