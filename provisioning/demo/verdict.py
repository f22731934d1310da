"""Whether the archives hold what they should, and the table that says so."""


class Expectation:
    """What was sent, and what must therefore be in each archive: every image; one SR and one SC per analysed one."""

    def __init__(self, sent):
        self.sent = sent
        self.uids = {each.sop_instance_uid for each in sent}
        self.analysed = [each for each in sent if each.is_analysed]
        self.objects = len(sent) + 2 * len(self.analysed)
        self.studies = {}
        for each in sent:
            self.studies.setdefault(each.study_instance_uid, []).append(each)

    def faults(self, name, contents):
        """Sentences about what an archive lacks or has too much; `contents` by Study Instance UID."""
        faults = []
        for study, members in self.studies.items():
            content, title = contents[study], members[0].title
            for each in members:
                if each.sop_instance_uid not in content.images:
                    faults.append(f"{name} lacks the image of {each.title} ({each.sop_instance_uid})")
            analysed = [each for each in members if each.is_analysed]
            for kind, results in (("SR", content.reports), ("SC", content.captures)):
                for each in analysed:
                    count = sum(each.sop_instance_uid in references for references in results.values())
                    if count != 1:
                        faults.append(f"{name} has {count} {kind} that refer to {each.title} where 1 was expected")
                if len(results) != len(analysed):
                    faults.append(f"{name} has {len(results)} {kind} in the study of {title}, expected {len(analysed)}")
            if content.others:
                faults.append(f"{name} has {len(content.others)} unexpected objects in the study of {title}")
        return faults


def differences(studies, first, second):
    """Sentences about results that one archive has and the other has not."""
    faults = []
    for study in studies:
        for kind in ("reports", "captures"):
            if set(getattr(first[study], kind)) != set(getattr(second[study], kind)):
                faults.append(f"PACS and hub hold different {kind} of study {study}")
    return faults


def words_of_network(status, members):
    """What the network said of a study's images, from `outpost status`."""
    words = []
    for study in (status or {}).get("studies", []):
        if study.get("studyInstanceUID") != members[0].study_instance_uid:
            continue
        for finding in study.get("findings", []):
            presence = "present" if finding.get("present") else "absent"
            words.append(f"{finding.get('finding', '?')} {finding.get('probability', 0):.2f} ({presence})")
        words += [f"not analysed: {each.get('reason', '?')}" for each in study.get("notAnalysed", [])
                  if any(each.get("sopInstanceUID") == member.sop_instance_uid and member.is_analysed
                         for member in members)]
    return "; ".join(words) or "(no network for it)"


def queue(status, destination):
    """A destination's queue with every number there, 0 where `status` does not say."""
    known = next((each for each in (status or {}).get("queues", []) if each.get("destination") == destination), {})
    return {"lastError": None} | {key: 0 for key in ("queued", "sending", "waiting", "delivered", "refused")} | known
