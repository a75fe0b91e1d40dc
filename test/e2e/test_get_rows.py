"""`trawl get --rows`: the documents of a list of URLs are rows of one table."""

import pytest

from rig import answers, exit_codes, tool
from rig.mock.scenario import Scenario
from rig.readers import by_duckdb


def rows_of(lake, name="rows"):
    return sorted(by_duckdb(lake / name).rows, key=lambda row: (row["_url"], row["id"]))


def listed(tmp_path, *urls):
    path = tmp_path / "urls.txt"
    path.write_text("# a list\n\n" + "\n".join(urls) + "\n")
    return path


def test_all_rows_and_where_they_came_from(mock, lake, tmp_path):
    first, second = mock.begin(Scenario("single", rows=3)), mock.begin(Scenario("single", {"records": "fish"}, rows=2))
    urls = listed(tmp_path, first.url + "/items", second.url + "/items")
    result = tool.run("get", "-i", urls, "--rows", "--lake", lake, "--name", "both").succeeded()
    assert "5 rows" in result.out, str(result)
    assert [(row["_url"], row["id"]) for row in rows_of(lake, "both")] == sorted(
        [(first.url + "/items", number) for number in (1, 2, 3)] + [(second.url + "/items", number) for number in (1, 2)])


def test_what_fails_is_listed_and_the_rows_of_the_others_are_there(mock, nginx, lake, tmp_path):
    source = mock.begin(Scenario("single", rows=3))
    urls = listed(tmp_path, nginx.url + "/nowhere", source.url + "/items")
    result = tool.run("get", "-i", urls, "--rows", "--lake", lake)
    assert result.code == exit_codes.PAGE and "/nowhere" in result.err and "1 of 2" in result.err, str(result)
    assert len(rows_of(lake)) == 3


def test_without_a_row_there_is_no_table(nginx, lake, tmp_path):
    result = tool.run("get", "-i", listed(tmp_path, nginx.url + "/nowhere"), "--rows", "--lake", lake)
    assert result.code == exit_codes.PAGE and "/nowhere" in result.err, str(result)
    assert not lake.exists()


@pytest.mark.parametrize("options, says", [(("--write-disposition", "merge"), "--primary-key"),
                                           (("--skip-existing",), "--skip-existing")])
def test_options_that_make_no_sense(tmp_path, options, says):
    result = tool.run("get", "http://127.0.0.1:1/items", "--rows", *options, cwd=tmp_path)
    assert result.code == exit_codes.USAGE and says in result.err, str(result)


@pytest.mark.parametrize("document", [{"items": [], "error": "quota exceeded"}, (202, {"items": []}),
                                      {"items": [{"id": 2, "_url": "its own"}]}], ids=["error", "202", "_url"])
def test_a_document_that_is_none_is_listed(lake, tmp_path, document):
    with answers.serve(lambda path, _: document if path == "/bad" else [{"id": 1}]) as url:
        result = tool.run("get", "-i", listed(tmp_path, url + "/good", url + "/bad"), "--rows", "--lake", lake)
    assert result.code == exit_codes.PAGE and "/bad" in result.err and "1 of 2" in result.err, str(result)
    assert [row["id"] for row in rows_of(lake)] == [1]
