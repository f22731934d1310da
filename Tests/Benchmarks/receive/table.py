"""The figures and the goals as text."""

from statistics import median

COLUMNS = [
    ("images/s", "images_per_second", "{:.1f}"),
    ("MB/s", "megabytes_per_second", "{:.0f}"),
    ("CPU ms/image", "processor_milliseconds_per_image", "{:.2f}"),
    ("peak MB", "peak_megabytes", "{:.0f}"),
]


def figures_table(results):
    """Medians of all repetitions, and the range of the first column."""
    rows = [["case", "receiver", *(title for title, _, _ in COLUMNS), "images/s from … to"]]
    for case, subjects in results.items():
        for subject, repetitions in subjects.items():
            rates = [each.images_per_second for each in repetitions]
            rows.append([case.name, subject, *(_median(repetitions, name, form) for _, name, form in COLUMNS),
                         f"{min(rates):.1f} … {max(rates):.1f}"])
    return _aligned(rows, left=2)


def goals_table(goals):
    rows = [["case", "Outpost's", "is", "goal", ""]]
    rows += [[goal.case, goal.what, f"{goal.value:.2f}", goal.bound, "met" if goal.is_met else "MISSED"]
             for goal in goals]
    return _aligned(rows, left=2)


def _median(repetitions, name, form):
    values = [getattr(each, name) for each in repetitions]
    return "" if None in values else form.format(median(values))


def _aligned(rows, left):
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    lines = ["  ".join(cell.ljust(width) if column < left else cell.rjust(width)
                       for column, (cell, width) in enumerate(zip(row, widths))).rstrip() for row in rows]
    return "\n".join([lines[0], "-" * max(map(len, lines)), *lines[1:]])
