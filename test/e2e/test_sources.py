"""`trawl pull URL` from sources that misbehave: a table of cases, each a pull with its rows, or its error.

A case that is marked xfail is what ought to be. The pulls run a few at a time; those that wait for seconds come first.
"""

import pytest

from rig import tool
from rig.cases import Case, Pulls, asked_for, assert_met, options_of, parameters
from rig.source_cases import CASES


@pytest.fixture(scope="module")
def pulls(mock, tmp_path_factory, request):
    folder = tmp_path_factory.mktemp("lakes")

    def pull(case: Case) -> tuple:
        source = mock.begin(case.scenario)
        lake = folder / f"{CASES.index(case)}"
        url = case.url(source) + case.path
        return source, tool.pull(url, lake, "rows", *options_of(case, source), timeout=case.patience_s), lake

    begun = Pulls(pull, asked_for(request, CASES))
    yield begun
    begun.close()


@pytest.mark.parametrize("case", parameters(CASES))
def test_a_source(pulls, case):
    source, result, lake = pulls[case]
    assert_met(case, source, result, lake)
