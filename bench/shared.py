"""What the benchmarks' reports share: a table in Markdown, and what is said of the machine."""
import os
import pathlib
import platform


def aligned(lines, names=2):
    """A table: the first line is its header; the first `names` columns are text, the others figures."""
    widths = [max(len(line[column]) for line in lines) for column in range(len(lines[0]))]
    lines = [lines[0], ["-" * width for width in widths], *lines[1:]]
    return "\n".join("| " + " | ".join(_row(line, widths, names)) + " |" for line in lines)


def _row(line, widths, names):
    words = [cell.ljust(width) for cell, width in zip(line[:names], widths)]
    return [*words, *(cell.rjust(width) for cell, width in zip(line[names:], widths[names:]))]


def machine():
    info = pathlib.Path("/proc/cpuinfo").read_text(encoding="utf-8")
    models = [line.split(":", 1)[1].strip() for line in info.splitlines() if line.startswith("model name")]
    return {
        "cpu": models[0] if models else platform.machine(),
        "cores": os.cpu_count(),
        "kernel": platform.release(),
        "load_average_before": os.getloadavg()[0],
    }
