#include "paginators_help.hpp"

namespace trawl::cli {

std::string paginators_help() {
    return R"(How pages follow each other is found from the first page: a Link header, a next URL in the page, a page number
or an offset with a total, a cursor. When that fails, say it with --paginator KIND[:PARAMETER=VALUE,...]:

  page_number   ?page=1, ?page=2, ...               concurrent
      page_param=page      the parameter that counts pages
      base_page            the first page's number (default: the URL's, else 1)
      total_path           where the page says how many pages there are: total_path=$.meta.pages
      maximum_page         the number at which to stop, not included
      page_size, page_size_param    records a page, and the parameter that asks for them
  offset        ?offset=0, ?offset=50, ...          concurrent
      offset_param=offset, limit_param=limit
      offset               the first page's offset (default: the URL's, else 0)
      limit                records a page; sent as limit_param (default: as many as the first page has)
      total_path=$.total   where the page says how many records there are
      maximum_offset       the offset at which to stop, not included
      overlap=0            records that each page shares with the one before it
  cursor        the page names the next one's cursor
      cursor_path=$.cursors.next, cursor_param=cursor
      cursor_key           the response header that holds the cursor
      cursor_record_path   where the page's last record has it
  json_link     the page holds the next one's URL
      next_url_path=$.next
  header_link   the Link header holds the next one's URL
      links_next_key=next
  single_page   there is one page
  odata         @odata.nextLink, or $skip with a count
  relay         a GraphQL connection with pageInfo; needs the query as the request's body
      connection_path      where it is, if there are several: connection_path=data.issues
      cursor_body_path     the query's variable (default: the one after `after:`): variables.after

Values can go into the request's JSON body instead: page_body_path, page_size_body_path, offset_body_path, limit_body_path,
cursor_body_path.

Without a total, page_number and offset go on until a page is empty (stop_after_empty_page=true; stop_after_short_page=true
ends them a request earlier, end_status=404 at that answer). has_more_path=$.has_more names a field that is false on the last
page; next_url_path=$.next and links_next_key=next, where each page but the last names the next one. total_path=none says that no total is to be believed. max_pages=1000000 bounds them all.

  trawl pull http://host/items --paginator page_number:page_param=p,total_path=$.pages
  trawl pull http://host/items --paginator cursor:cursor_path=$.meta.next,cursor_param=after
)";
}

}  // namespace trawl::cli
