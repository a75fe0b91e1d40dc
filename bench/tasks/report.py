"""Medians of the rounds as a table, and the check of trawl against the peers."""
import statistics

from shared import aligned

BYTES_PER_SLEEPING_TASK_MAX = 200
MEASURED = ("ns_per_op", "seconds", "bytes_per_task")


def summarize(name, way, runs):
    """The median of each figure, and the least and most of them."""
    result = {"program": name, "way": way, "n": runs[0]["n"], "rounds": runs}
    for figure in MEASURED:
        values = [run[figure] for run in runs]
        result[figure] = statistics.median(values)
        result[f"{figure}_range"] = (min(values), max(values))
    return result


def judged_by(case_name):
    return "bytes_per_task" if case_name == "asleep" else "ns_per_op"


def table(case, results):
    """One line per program and idiom; the ratio is to trawl's plain way of the same case."""
    figure = judged_by(case.name)
    own = results[0][figure]
    unit = "bytes/task" if figure == "bytes_per_task" else "ns"
    lines = [["program", "idiom", unit, "least–most", "ratio", "wall s", "n"]]
    if figure == "bytes_per_task":
        lines[0].insert(-1, "CPU ns")
    for result in results:
        least, most = result[f"{figure}_range"]
        ratio = f"{result[figure] / own:,.2f}" if own > 0 else "–"
        cells = [result["program"], result["way"].partition(":")[2], f"{result[figure]:,.0f}", f"{least:,.0f}–{most:,.0f}",
                 ratio, f"{result['seconds']:.2f}", f"{result['n']:,}"]
        if figure == "bytes_per_task":
            cells.insert(-1, f"{result['ns_per_op']:,.0f}")
        lines.append(cells)
    return aligned(lines)


def check(judged):
    """(sentences, whether trawl passes) for pairs of a case and its results. Only ratios and bytes: no absolute times."""
    sentences = []
    passes = True
    for case, results in judged:
        for sentence, holds in comparisons(case, results):
            verdict = "passes" if holds else "FAILS" if case.judged else "behind, not judged"
            sentences.append(f"{case.name} {verdict}: {sentence}")
            passes = passes and (holds or not case.judged)
    return sentences, passes


def comparisons(case, results):
    """(what was compared, whether it is as it should be), trawl against the fastest idiom of each peer."""
    own = results[0]
    if judged_by(case.name) == "bytes_per_task":
        used = own["bytes_per_task"]
        yield f"{used:.0f} bytes per task (at most {BYTES_PER_SLEEPING_TASK_MAX})", used <= BYTES_PER_SLEEPING_TASK_MAX
        return
    for peer in dict.fromkeys(result["program"] for result in results if result["program"] != own["program"]):
        best = min((result for result in results if result["program"] == peer), key=lambda result: result["ns_per_op"])
        ratio = best["ns_per_op"] / own["ns_per_op"]
        yield f"{peer} needs {ratio:.2f} times trawl's CPU time ({best['way']})", ratio > 1
