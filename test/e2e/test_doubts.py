"""Sources that lie without a sound: each answer looks right, and rows are missing or come twice. Nothing is committed then."""

from collections.abc import Callable

import pytest

from rig import answers, exit_codes, tool
from rig.compare import assert_same_rows
from rig.readers import by_duckdb, committed

SIZE = 10
ROWS = [{"id": number, "name": f"row {number}"} for number in range(60)]
Answer = Callable[[int], object]


def page(number: int) -> list[dict]:
    return ROWS[(number - 1) * SIZE:number * SIZE] if number > 0 else []


def pull(lake, answer: Answer, *options: str, path: str = "/items?page=1") -> tool.Result:
    """`answer` is given the number of the page, counted from 1."""
    with answers.serve(lambda _, query: answer(int(query.get("page", 1)))) as url:
        return tool.pull(url + path, lake, "rows", *options)


def assert_refused(result: tool.Result, lake, says: str) -> None:
    assert result.code == exit_codes.PAGE and says in result.err, str(result)
    assert committed(lake) == []


# an end that is none


@pytest.mark.parametrize("style", ["found", "named"])
@pytest.mark.parametrize("hole", [{"items": []}, (404, {})], ids=["empty", "404"])
@pytest.mark.parametrize("at_once", ["1", "8"])
def test_a_page_amid_the_others_that_looks_like_the_end(lake, style, hole, at_once):
    options = () if style == "found" else ("--paginator", "page_number:end_status=404")
    result = pull(lake, lambda number: hole if number == 3 else {"items": page(number)}, "--concurrency", at_once, *options,
                  path="/items?page=1" if style == "found" else "/items")
    assert_refused(result, lake, "there are other rows behind it")


def test_an_end_behind_a_full_page_is_one(lake):
    asked = []
    result = pull(lake, lambda number: (asked.append(number), {"items": page(number)})[1], "--concurrency", "1").succeeded()
    assert_same_rows(by_duckdb(tool.table(lake)).rows, ROWS)
    assert max(asked) == 8, f"one empty page, and one behind it: {asked}\n{result}"


def test_a_page_without_the_field_that_says_whether_there_is_more(lake):
    result = pull(lake, lambda number: {"items": page(number)} | ({} if number == 3 else {"has_more": number < 6}))
    assert_refused(result, lake, "there are other rows behind it")


def test_the_last_page_may_lack_the_field_that_says_whether_there_is_more(lake):
    pull(lake, lambda number: ({"items": page(number)} | ({"has_more": True} if number < 6 else {})) if number < 7 else
         (404, {})).succeeded()
    assert_same_rows(by_duckdb(tool.table(lake)).rows, ROWS)


def test_a_page_that_is_not_made_yet(lake):
    result = pull(lake, lambda number: (202, {"items": [], "state": "pending"}) if number == 4 else {"items": page(number)})
    assert_refused(result, lake, "the status is 202")


# a beginning that is none


@pytest.mark.parametrize("says", [{"total": 60}, {"total_pages": 6}])
def test_a_first_page_without_rows_beside_a_total_replaces_no_table(lake, says):
    pull(lake, lambda number: {"items": page(number), **says}).succeeded()
    result = pull(lake, lambda number: {"items": [], **says})
    assert result.code == exit_codes.PAGE and "has no rows" in result.err, str(result)
    assert_same_rows(by_duckdb(tool.table(lake)).rows, ROWS)


@pytest.mark.parametrize("paginator", ["page_number", "page_number:base_page=1", "page_number:has_more_path=more"])
@pytest.mark.parametrize("key", [(), ("--primary-key", "id")], ids=["", "key"])
def test_a_source_that_counts_from_0_and_is_read_from_1(lake, paginator, key):
    result = pull(lake, lambda number: {"items": page(number + 1), "more": number < 5}, "--paginator", paginator, *key,
                  path="/items")
    assert_refused(result, lake, "base_page=0")


def test_a_number_of_pages_beside_a_source_that_counts_from_0(lake):
    """The first page is asked for without a number, the second one is taken for page 2."""
    with answers.serve(lambda _, query: {"items": page(int(query.get("page", 0)) + 1), "total_pages": 6}) as url:
        assert_refused(tool.pull(url + "/items", lake), lake, "base_page=0")


@pytest.mark.parametrize("zero", [{"items": []}, {"items": page(1)}, {"items": page(6)}, (400, {}), (500, {})],
                         ids=["nothing", "page 1", "the last page", "400", "500"])
def test_a_source_that_counts_from_1_may_have_anything_at_0(lake, zero):
    pull(lake, lambda number: zero if number == 0 else {"items": page(number)}, "--paginator", "page_number",
         path="/items").succeeded()
    assert_same_rows(by_duckdb(tool.table(lake)).rows, ROWS)


def test_whoever_names_page_1_gets_page_1(lake):
    pull(lake, lambda number: {"items": page(number + 1)}, "--paginator", "page_number").succeeded()
    assert_same_rows(by_duckdb(tool.table(lake)).rows, ROWS[SIZE:])


# rows that come twice in place of others


@pytest.mark.parametrize("says", [{"total": 60}, {}], ids=["total", "no total"])
@pytest.mark.parametrize("key", [(), ("--primary-key", "id")], ids=["no key", "key"])
@pytest.mark.parametrize("other", [1, 2])
def test_a_cache_that_gives_another_page(lake, says, key, other):
    result = pull(lake, lambda number: {"items": page(other if number == 5 else number), **says}, *key)
    assert result.code == exit_codes.PAGE and committed(lake) == [], str(result)


def test_pages_that_have_the_same_rows_by_right(lake):
    pull(lake, lambda number: {"items": [{"light": number % 2}] * SIZE if number < 7 else [], "total": 60}).succeeded()
    assert sorted(row["light"] for row in by_duckdb(tool.table(lake)).rows) == [0] * 30 + [1] * 30


def shuffled(number: int) -> dict:
    return {"items": [ROWS[(7 * number * place + number) % 60] for place in range(SIZE)] if number < 7 else [], "total": 60}


def test_a_list_in_another_order_for_each_page(lake):
    assert_refused(pull(lake, shuffled), lake, "order changes")


def test_a_row_that_moved_is_told(lake):
    result = pull(lake, lambda number: {"items": page(number)[:9] + [ROWS[0]] if number == 4 else page(number), "total": 60})
    assert "came more than once" in result.succeeded().out, str(result)


@pytest.mark.parametrize("period", [2, 3])
def test_a_walk_in_circles_with_marks_that_are_always_new(lake, period):
    count = iter(range(10_000))

    def answer(_, query):
        number = next(count)
        return {"items": page(number % period + 1), "next_cursor": f"mark {number}"}

    with answers.serve(answer) as url:
        assert_refused(tool.pull(url + "/items", lake), lake, "again")


@pytest.mark.parametrize("other", [{"message": "quota exceeded"}, ["quota exceeded"], [{"message": "quota exceeded"}]])
@pytest.mark.parametrize("records", [lambda rows: rows, lambda rows: {"items": rows}], ids=["array", "object"])
def test_a_message_in_place_of_a_page(lake, other, records):
    result = pull(lake, lambda number: records(other if number == 4 else page(number)))
    assert_refused(result, lake, "quota exceeded")


@pytest.mark.parametrize("other", [{"items": None, "message": "Rate limit exceeded"}, {"items": [], "code": 429}])
def test_a_walk_that_ends_with_a_message(lake, other):
    def answer(_, query):
        number = int(query.get("cursor", 1))
        return other if number == 4 else {"items": page(number), "next_cursor": str(number + 1) if number < 6 else None}

    with answers.serve(answer) as url:
        result = tool.pull(url + "/items", lake)
    assert result.code == exit_codes.PAGE and committed(lake) == [], str(result)


# full pages behind the end


@pytest.mark.parametrize("says", [{"total": 60}, {}], ids=["total", "no total"])
def test_an_offset_that_is_moved_back_to_where_a_page_is_full(lake, says):
    def answer(_, query):
        limit = int(query.get("limit", SIZE))
        begin = min(int(query.get("offset", 0)), len(ROWS) - limit)
        return {"items": ROWS[begin:begin + limit], **says}

    with answers.serve(answer) as url:
        tool.pull(url + "/items?offset=0&limit=10", lake, "rows", "--primary-key", "id").succeeded()
    assert_same_rows(by_duckdb(tool.table(lake)).rows, ROWS)


def test_an_offset_behind_the_end_that_begins_anew(lake):
    def answer(_, query):
        begin = int(query.get("offset", 0))
        return {"items": [ROWS[place % len(ROWS)] for place in range(begin, begin + int(query.get("limit", SIZE)))]}

    with answers.serve(answer) as url:
        result = tool.pull(url + "/items?offset=0&limit=10", lake, "rows", "--primary-key", "id")
    assert_refused(result, lake, "brought no new row")
