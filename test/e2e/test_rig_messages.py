"""The rig itself: what is asked of messages and summaries is really asked."""

import pytest

from rig import exit_codes
from rig.messages import assert_error, assert_half_done
from rig.tool import Result

GOOD = "trawl: http://h/x answered 404; check the URL\n"
HALF = "trawl: http://h/x answered 404; check the URL; nothing was committed\n"


def result(err: str, code: int = exit_codes.STATUS, out: str = "") -> Result:
    return Result(["trawl"], code, out, err)


def test_a_good_message_passes():
    assert_error(result(GOOD), exit_codes.STATUS, "http://h/x", "404")
    assert_error(result("items  reading the first page  0:05\n" + GOOD), exit_codes.STATUS, "http://h/x", "404")
    assert_half_done(result("3/12 pages\n" + HALF), exit_codes.STATUS, "http://h/x", "404")


@pytest.mark.parametrize("wrong", [
    result(""),
    result("trawl: error\n  http://h/x answered 404; check the URL\n"),
    result("connecting\n" + GOOD),
    result(GOOD, out="0 rows\n"),
    result(GOOD, code=exit_codes.UNEXPECTED),
    result(GOOD, code=exit_codes.OK),
    result(GOOD, code=-6),
    result("trawl: http://h/y answered 404; check the URL\n"),
    result("trawl: http://h/x answered 404\n"),
    result("terminate called: http://h/x answered 404; check the URL\n"),
], ids=["none", "two lines", "chatter first", "stdout", "wrong code", "success", "signal", "other URL", "no advice",
        "crash"])
def test_a_bad_message_is_caught(wrong):
    with pytest.raises(AssertionError):
        assert_error(wrong, exit_codes.STATUS, "http://h/x", "404")


@pytest.mark.parametrize("wrong", [
    result(""), result(GOOD), result(HALF + "3/12 pages\n"), result(HALF, code=exit_codes.OK),
    result("trawl: http://h/y answered 404; check the URL; nothing was committed\n"),
], ids=["none", "does not say that nothing was committed", "not the last line", "success", "other URL"])
def test_a_bad_message_of_a_half_done_pull_is_caught(wrong):
    with pytest.raises(AssertionError):
        assert_half_done(wrong, exit_codes.STATUS, "http://h/x", "404")


@pytest.mark.parametrize("summary", ["5127 rows", "5,127 rows", "5 127 rows", "rows: 5127", "rows   5,127",
                                     "in 3 s: 5127 rows."])
def test_a_summary_says_its_rows_in_many_ways(summary):
    assert result("", out=summary).says(5127, "rows?")


@pytest.mark.parametrize("summary", ["", "5126 rows", "15127 rows", "5127 pages", "51270 rows", "rows: 15,127", "5127"])
def test_another_number_is_not_the_number(summary):
    assert not result("", out=summary).says(5127, "rows?")
