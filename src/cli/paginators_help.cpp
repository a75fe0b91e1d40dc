#include "paginators_help.hpp"

namespace trawl::cli {

std::string paginators_help() {
    return R"(How pages follow each other is found from the first page: a Link header, a next URL in the page, a page number
or an offset with a total, a cursor. When that fails, say it with --paginator KIND[:PARAMETER=VALUE,...]:

  page_number   ?page=1, ?page=2, ...               concurrent when the number of pages is known
      page_param=page      the parameter that counts pages
      base_page            the first page's number (default: the URL's, else 1)
      total_path           where the page says how many pages there are: total_path=$.meta.pages
      maximum_page         the number at which to stop, not included
  offset        ?offset=0, ?offset=50, ...          concurrent when the number of records is known
      offset_param=offset, limit_param=limit
      offset               the first page's offset (default: the URL's, else 0)
      limit                records a page; sent as limit_param (default: as many as the first page has)
      total_path=$.total   where the page says how many records there are
      maximum_offset       the offset at which to stop, not included
  cursor        the page names the next one's cursor
      cursor_path=$.cursors.next, cursor_param=cursor
  json_link     the page holds the next one's URL
      next_url_path=$.next
  header_link   the Link header holds the next one's URL
      links_next_key=next
  single_page   there is one page

Without a total, page_number and offset go on until a page is empty (stop_after_empty_page=true; stop_after_short_page=true
ends them a request earlier). has_more_path=$.has_more names a field that is false on the last page. max_pages=1000000 bounds
them all.

  trawl pull http://host/items --paginator page_number:page_param=p,total_path=$.pages
  trawl pull http://host/items --paginator cursor:cursor_path=$.meta.next,cursor_param=after
)";
}

}  // namespace trawl::cli
