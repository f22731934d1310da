"""Rows of text in columns."""


def aligned(rows, left=1):
    """The first row are titles; the first `left` columns stand to the left, all others to the right."""
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    lines = ["  ".join(cell.ljust(width) if column < left else cell.rjust(width)
                       for column, (cell, width) in enumerate(zip(row, widths))).rstrip() for row in rows]
    return "\n".join([lines[0], "-" * max(map(len, lines)), *lines[1:]])


def number(value, digits):
    return "" if value is None else f"{value:.{digits}f}"
