"""`trawl pull`: each server in each pagination style gives a table that equals the source, to foreign readers."""

from dataclasses import dataclass

import pytest

from rig import data, pages, tool
from rig.compare import assert_same_rows
from rig.pages import page_count
from rig.process import get
from rig.readers import assert_table, by_polars, committed


@dataclass(frozen=True)
class Source:
    server: str  # a fixture
    path: str
    dataset: str
    pages: int
    options: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        return " ".join((f"{self.server}{self.path}", *self.options))

    def rows(self) -> list[dict]:
        return getattr(data, self.dataset)()

    def pull(self, request, lake):
        url = request.getfixturevalue(self.server).url + self.path
        return tool.pull(url, lake, "rows", *self.options).succeeded()


SUBDIVISIONS = page_count(data.subdivisions())
LANGUAGES = page_count(data.languages())

SOURCES = [
    # page number with a total; the next URL in the body is there too
    Source("drf", "/page/subdivisions/", "subdivisions", SUBDIVISIONS),
    Source("drf", "/page/languages/", "languages", LANGUAGES),
    Source("drf", "/page/subdivisions/?page_size=700", "subdivisions", page_count(data.subdivisions(), 700)),
    Source("drf", "/page/subdivisions/?page_size=6000", "subdivisions", 1),
    Source("drf", "/page/subdivisions/", "subdivisions", SUBDIVISIONS, ("--concurrency", "1")),
    # offset with a total
    Source("drf", "/offset/subdivisions/", "subdivisions", SUBDIVISIONS),
    Source("drf", "/offset/languages/", "languages", LANGUAGES),
    Source("drf", "/offset/subdivisions/?limit=700", "subdivisions", page_count(data.subdivisions(), 700)),
    # a cursor that is only known from the page before
    Source("drf", "/cursor/subdivisions/", "subdivisions", SUBDIVISIONS),
    # a Link header
    Source("json_server", "/subdivisions?_page=1&_limit=50", "subdivisions", SUBDIVISIONS),
    Source("json_server", "/languages?_page=1&_limit=50", "languages", LANGUAGES),
    Source("json_server", "/subdivisions?_page=1&_limit=700", "subdivisions", page_count(data.subdivisions(), 700)),
    # the next URL in the body, relative
    Source("nginx", "/next/subdivisions/page-1.json", "subdivisions", SUBDIVISIONS),
    Source("nginx", "/next/languages/page-1.json", "languages", LANGUAGES),
    Source("nginx", "/next/typed/page-1.json", "typed", 10),
    # a page number that only a total in the body gives away
    Source("nginx", "/pages/subdivisions", "subdivisions", SUBDIVISIONS),
    Source("nginx", "/pages/subdivisions?page=1", "subdivisions", SUBDIVISIONS),
    Source("nginx", "/pages/languages", "languages", LANGUAGES),
    Source("nginx", "/pages/typed", "typed", 10),
    # rows where nobody would guess them
    Source("nginx", "/wrapped/subdivisions", "subdivisions", SUBDIVISIONS, ("--records", "payload.items")),
    Source("nginx", "/wrapped/subdivisions", "subdivisions", SUBDIVISIONS, ("--records", "$.payload.items")),
    # a paginator that is named, not found
    Source("drf", "/page/subdivisions/", "subdivisions", SUBDIVISIONS, ("--paginator", "json_link")),
    Source("drf", "/offset/subdivisions/", "subdivisions", SUBDIVISIONS,
           ("--paginator", "offset:limit=50,total_path=$.count")),
    Source("json_server", "/subdivisions?_page=1&_limit=50", "subdivisions", SUBDIVISIONS,
           ("--paginator", "header_link")),
    Source("nginx", "/pages/languages", "languages", LANGUAGES,
           ("--paginator", "page_number:base_page=1,total_path=$.total_pages")),
    # one page
    Source("nginx", "/single/array.json", "typed", 1),
    Source("nginx", "/single/object.json", "typed", 1),
    Source("json_server", "/subdivisions", "subdivisions", 1),
]

ONE_OF_EACH = [next(s for s in SOURCES if s.path.startswith(start)) for start in
               ("/page/", "/offset/", "/cursor/", "/subdivisions?_page", "/next/", "/pages/", "/single/")]


@pytest.mark.parametrize("source", SOURCES, ids=lambda source: source.name)
def test_the_table_equals_the_source(request, lake, source):
    result = source.pull(request, lake)
    rows = source.rows()
    assert_table(tool.table(lake), rows)
    assert result.says(len(rows), "rows?"), f"no row count in the summary:\n{result}"
    assert result.says(source.pages, "pages?"), f"no page count in the summary:\n{result}"


@pytest.mark.parametrize("source", ONE_OF_EACH, ids=lambda source: source.name)
def test_pulling_again_replaces_and_adds_nothing(request, lake, source):
    source.pull(request, lake)
    source.pull(request, lake)
    assert_table(tool.table(lake), source.rows())


def test_pulling_another_source_into_a_table_replaces_its_rows(nginx, lake):
    tool.pull(nginx.url + "/pages/subdivisions", lake).succeeded()
    tool.pull(nginx.url + "/single/few.json", lake).succeeded()
    assert_table(tool.table(lake), pages.FEW)


def test_a_single_page_when_told_so(drf, lake):
    tool.pull(drf.url + "/page/subdivisions/", lake, "rows", "--paginator", "single_page").succeeded()
    assert_same_rows(by_polars(tool.table(lake)).rows, data.subdivisions()[:50])


def test_two_tables_share_a_lake(nginx, lake):
    tool.pull(nginx.url + "/pages/subdivisions", lake, "one").succeeded()
    tool.pull(nginx.url + "/pages/languages", lake, "two").succeeded()
    assert_table(tool.table(lake, "one"), data.subdivisions())
    assert_table(tool.table(lake, "two"), data.languages())


def test_without_name_and_folder_it_is_the_last_word_of_the_url_in_lake(drf, tmp_path):
    tool.run("pull", drf.url + "/page/subdivisions/", cwd=tmp_path).succeeded()
    assert_table(tmp_path / "lake" / "subdivisions", data.subdivisions())


def test_a_new_table_is_one_commit(nginx, lake):
    tool.pull(nginx.url + "/pages/subdivisions", lake).succeeded()
    assert committed(lake) == [f"rows/_delta_log/{0:020}.json"]


def test_every_page_is_asked_for_once(nginx, lake):
    nginx.requests()
    tool.pull(nginx.url + "/pages/subdivisions", lake).succeeded()
    asked = sorted(line.rsplit("=", 1)[-1] if "=" in line else "1" for line in nginx.requests())
    assert asked == sorted(str(n) for n in range(1, SUBDIVISIONS + 1))


@pytest.mark.parametrize("options, most", [(("--concurrency", "8"), 8), (("--concurrency", "3"), 3), (("--concurrency", "1"), 1)])
def test_no_more_requests_at_once_than_agreed(drf, lake, options, most):
    get(drf.url + "/peak/")
    tool.pull(drf.url + "/delayed/subdivisions/?page_size=100", lake, "rows", *options).succeeded()
    peak = int(get(drf.url + "/peak/")[2].split(b":")[1].strip(b"}"))
    assert min(2, most) <= peak <= most
    assert_table(tool.table(lake), data.subdivisions())


def test_a_source_that_throttles_is_obeyed(drf, lake):
    before = drf.log.read_text().count('" 429 ')
    tool.pull(drf.url + "/throttled/subdivisions/?page_size=200", lake).succeeded()
    assert drf.log.read_text().count('" 429 ') > before, "it was never throttled, so this shows nothing"
    assert_table(tool.table(lake), data.subdivisions())
