"""Rows that come and go while they are read, by seeds: what was there throughout is in the table, once, or nothing is.

TRAWL_SEEDS=200 by hand (12 otherwise); `-rP` shows how many pulls were refused, which is honest and no use to anybody.
"""

import os
from concurrent.futures import ThreadPoolExecutor

import pytest

from rig import connector, exit_codes, tool
from rig.mock.scenario import Scenario
from rig.readers import by_duckdb, committed

SEEDS = range(1, 1 + int(os.environ.get("TRAWL_SEEDS", "12")))
ROWS = 80
AT_ONCE = 4

# style → its source, what is pulled of it, the tool's options
STYLES = {
    "offset": (Scenario("offset", {"says": ["total"]}), "/items?offset=0&limit=10", ()),
    "offset without a total": (Scenario("offset"), "/items", ("--paginator", "offset:limit=10")),
    "page": (Scenario("page_number", {"says": ["total", "page"]}), "/items?page=1", ()),
    "page without a total": (Scenario("page_number"), "/items", ("--paginator", "page_number")),
    "json_link": (Scenario("json_link"), "/items", ("--paginator", "json_link")),
}
KEYSET = {"cursor of the last id": (Scenario("cursor", {"at": "keyset"}), "/items", ())}
WRONG_TODAY = "rows are lost or come twice and nothing is said (airbyte#39105)"


def moving(scenario: Scenario, seed: int) -> Scenario:
    return Scenario(scenario.style, scenario.options, {"moves": {"seed": seed, "every": 2}}, ROWS)


def pull(mock, folder, style: str, seed: int) -> str:
    """What came of it: right, refused, or what is wrong."""
    scenario, path, options = (STYLES | KEYSET)[style]
    source = mock.begin(moving(scenario, seed))
    lake = folder / f"{style}-{seed}"
    result = tool.pull(source.url + path, lake, "rows", "--concurrency", "1", *options)
    if result.code == exit_codes.PAGE:
        return "refused" if committed(lake) == [] else f"refused, but committed:\n{result}"
    result.succeeded()
    return verdict(source.report(), [row["id"] for row in by_duckdb(tool.table(lake)).rows])


def verdict(report: dict, ids: list[int]) -> str:
    lost = sorted(set(report["throughout"]) - set(ids))
    twice = sorted({number for number in ids if ids.count(number) > 1})
    invented = sorted(set(ids) - set(report["ever"]))
    return "right" if not (lost or twice or invented) else f"lost {lost}, twice {twice}, invented {invented}"


def outcomes(mock, folder, style: str) -> dict[int, str]:
    with ThreadPoolExecutor(AT_ONCE) as pool:
        found = dict(zip(SEEDS, pool.map(lambda seed: pull(mock, folder, style, seed), SEEDS)))
    counts = {word: sum(outcome == word for outcome in found.values()) for word in ("right", "refused")}
    print(f"{style}: {counts}, {len(found) - sum(counts.values())} wrong of {len(found)}")
    return {seed: outcome for seed, outcome in found.items() if outcome not in counts}


@pytest.mark.time_limit(60 + 4 * len(SEEDS))
@pytest.mark.parametrize("style", [pytest.param(style, marks=pytest.mark.xfail(strict=True, reason=WRONG_TODAY))
                                   for style in STYLES])
def test_what_was_there_throughout_is_there_once_or_nothing_is(mock, tmp_path, style):
    wrong = outcomes(mock, tmp_path, style)
    assert wrong == {}, f"of {len(SEEDS)} seeds {len(wrong)} gave a wrong table"


@pytest.mark.time_limit(60 + 4 * len(SEEDS))
def test_a_cursor_that_names_a_row_is_right_whatever_moves(mock, tmp_path):
    [style] = KEYSET
    outcome = {pull(mock, tmp_path, style, seed) for seed in SEEDS}
    assert outcome == {"right"}


PAGINATORS = {"offset": '{ type = "offset", limit = 10 }', "page": '{ type = "page_number", base_page = 1, page_size = 10, page_size_param = "per_page" }',
              "json_link": '"json_link"'}


@pytest.mark.skipif("not connector.is_there()", reason="connectors are not there yet")
@pytest.mark.time_limit(60 + 4 * len(SEEDS))
@pytest.mark.parametrize("style", [pytest.param(style, marks=pytest.mark.xfail(
    strict=True, reason="links are walked: pages that they lead to share no rows, so nothing shows what is lost"))
    if style == "json_link" else style for style in PAGINATORS])
def test_with_a_primary_key_what_was_there_throughout_is_there_once(mock, tmp_path, style):
    """One process for all seeds: a resource for each. Refusing is no way out here: the key tells what was seen."""
    sources = {seed: mock.begin(moving(STYLES[style][0], seed)) for seed in SEEDS}
    resources = [f'[[resources]]\nname = "rows{seed}"\npath = "{source.url}/items"\nprimary_key = "id"\n'
                 f'paginator = {PAGINATORS[style]}\n' for seed, source in sources.items()]
    file = connector.write(tmp_path, "[client]\nlimits = { max_concurrency = 4 }\n" + "".join(resources),
                           sources[SEEDS[0]])
    connector.pull(file, tmp_path / "lake").succeeded()
    found = {seed: verdict(source.report(),
                           [row["id"] for row in by_duckdb(tool.table(tmp_path / "lake", f"rows{seed}")).rows])
             for seed, source in sources.items()}
    assert {seed: outcome for seed, outcome in found.items() if outcome != "right"} == {}


def test_the_verdict_tells_each_mistake():
    report = {"throughout": [1, 2, 3], "ever": [1, 2, 3, 4, 5]}
    assert verdict(report, [1, 2, 3]) == verdict(report, [1, 2, 3, 5]) == "right"
    assert "lost [2]" in verdict(report, [1, 3])
    assert "twice [1]" in verdict(report, [1, 1, 2, 3])
    assert "invented [9]" in verdict(report, [1, 2, 3, 9])
