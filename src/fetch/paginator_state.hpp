/// The inside of a Paginator: requests (paginate.cpp), acceptance (page_acceptance.cpp), the look behind the end
/// (page_probe.cpp), one after the other (page_walk.cpp), what the user named (named_paths.cpp).
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <unordered_set>

#include "page_audit.hpp"
#include "page_end.hpp"
#include "page_facts.hpp"
#include "page_places.hpp"
#include "row_prints.hpp"
#include "seen_tokens.hpp"
#include "trawl/fetch/paginate.hpp"

namespace trawl {

/// What is kept of a page from its arrival to its acceptance.
struct SeenPage {
    enum class More { unknown, yes, no };

    std::uint64_t rows = 0;
    std::uint64_t fingerprint = 0;
    More more = More::unknown;                 // as the field or link says that this source has for it
    bool lacks_more = false;                   // that field, which the first page has, is not on this one
    std::string next_from;                     // where a next page is named all the same
    std::optional<std::uint64_t> place;        // where the page says it is
    std::optional<std::uint64_t> total_pages;  // counted from the first page on, as totals_rows
    std::optional<std::uint64_t> total_rows;
    std::unordered_set<std::size_t> lines;  // of a short page of an offset
    fetch::RowPrints prints;                // of the last page that a total allows
    std::optional<std::uint64_t> repeats;   // the page, before this one, that has all of its rows
    std::string url;                        // redacted, of a page of a walk that repeats another

    [[nodiscard]] bool says_it_is_last() const { return more == More::no && !lacks_more; }
};

struct Paginator::State {
    State(Pagination pagination, PageRequest request);

    // Requests.
    [[nodiscard]] bool counts() const;
    [[nodiscard]] bool any_order() const;
    [[nodiscard]] bool is_offset() const { return pagination.kind == PaginationKind::offset; }
    [[nodiscard]] std::uint64_t step() const;  // from one page's value to the next one's
    [[nodiscard]] std::uint64_t value_at(std::uint64_t index) const;
    [[nodiscard]] std::uint64_t skipped_pages() const;  // before the first one
    [[nodiscard]] std::optional<std::uint64_t> pages_of(std::uint64_t total_rows) const;
    [[nodiscard]] PageRequest counted(std::uint64_t value, std::optional<std::uint64_t> limit) const;
    [[nodiscard]] std::optional<std::uint64_t> limit() const;
    [[nodiscard]] std::optional<Covering> covering(std::uint64_t begin, std::uint64_t count) const;
    [[nodiscard]] std::optional<Covering> covering_page(std::uint64_t begin, std::uint64_t count) const;

    // Acceptance.
    [[nodiscard]] SeenPage look_at(const PageView& view) const;
    void read_totals(SeenPage& page, const PageView& view, const fetch::PageFacts& facts) const;
    void read_more(SeenPage& page, const PageView& view, const fetch::PageFacts& facts) const;
    void begin(const PageView& first);
    void claim(const SeenPage& page);
    void look_for_the_end(std::uint64_t index, const SeenPage& page);
    Acceptance accept(std::uint64_t index);
    void check_it_can_end() const;
    [[nodiscard]] bool is_planned(std::uint64_t index) const;
    [[nodiscard]] static std::string repeats_the_last(std::uint64_t index);
    [[noreturn]] void throw_endless() const;
    std::optional<Acceptance> refuse(std::uint64_t index, const SeenPage& page);
    std::optional<Acceptance> refuse_another_place(std::uint64_t index, const SeenPage& page);
    std::optional<Acceptance> refuse_emptiness(std::uint64_t index, const SeenPage& page);
    std::optional<Acceptance> refuse_repetition(std::uint64_t index, const SeenPage& page);
    Acceptance take(std::uint64_t index, const SeenPage& page);
    void note_holes(std::uint64_t index, const SeenPage& page);
    [[nodiscard]] std::vector<RowRange> holes();
    std::string conclude(std::uint64_t index, const SeenPage& page);
    Acceptance drop_as_end(std::uint64_t index, std::string note);
    [[nodiscard]] std::string advice_on_the_parameter() const;
    Acceptance drop_the_guess();
    [[nodiscard]] bool has_rows_behind(std::uint64_t end) const;
    [[nodiscard]] PageVerdict verdict() const;

    // Around what came.
    void look_for_a_repetition(std::uint64_t index, SeenPage& page, const PageView& view);
    [[nodiscard]] bool may_begin_before() const;
    [[nodiscard]] bool is_begin_in_doubt() const;
    [[nodiscard]] std::optional<std::uint64_t> unseen_behind() const;

    // Behind the end.
    void prepare_to_probe(const PageView& first);
    [[nodiscard]] std::optional<std::uint64_t> stated_size(const PageView& first) const;
    [[nodiscard]] bool pages_say_the_end() const;
    [[nodiscard]] bool is_full(std::uint64_t pages) const;
    [[nodiscard]] bool is_known_page(std::uint64_t index, const SeenPage& page, const PageView& view) const;
    [[nodiscard]] std::optional<std::uint64_t> probe() const;
    std::string probed(std::uint64_t index, const PageView* view);

    // One after the other.
    [[nodiscard]] std::optional<PageRequest> next(const PageView& view);
    [[nodiscard]] std::optional<JsonScalar> cursor_of(const PageView& view) const;
    [[nodiscard]] std::string cursor_place() const;
    [[nodiscard]] std::optional<PageRequest> next_cursor(const PageView& view);
    [[nodiscard]] std::optional<PageRequest> next_link(const PageView& view);
    void check_unseen(const std::string& token, const Url& url);
    void check_says_no_more(const PageView& view) const;
    [[nodiscard]] bool is_amid(const PageView& first) const;

    // What the user named, against the first page.
    [[nodiscard]] std::string named_but_absent(const PageView& first, bool by_odata) const;
    [[nodiscard]] std::string without_successor(const PageView& first, bool by_odata) const;
    void check_total(const PageView& first) const;

    Pagination pagination;
    PageRequest start;
    fetch::PageEnd end;
    fetch::PageAudit audit;
    std::map<std::uint64_t, SeenPage> seen;  // noticed, and not accepted yet or behind the end
    std::uint64_t judged = 0;                // pages that accept() had
    std::uint64_t size = 0;                  // rows of the first page
    std::uint64_t first_fingerprint = 0;
    SeenPage last_page;         // that was taken, without its lines
    std::uint64_t value = 0;    // page number or offset of the page that was accepted last, one after the other
    std::uint64_t empties = 0;  // in a row, each saying that there is more
    std::optional<std::uint64_t> said_rows;  // the largest total of rows that any page stated
    bool says_its_place = false;             // the first page does: then the others are held to it
    bool conflict_noted = false;
    bool starts_amid = false;    // the first page is not the source's first: a total of all rows says nothing
    bool ignores_guess = false;  // the source gave its first page again for a second that nothing said there is
    std::string first_note;
    bool is_first_told = false;   // the user's request says which page is the first
    bool was_short_amid = false;  // a page with fewer rows than the first one had others behind it
    fetch::PagePlaces places;
    bool names_next = false;        // the first page does, wherever
    bool first_is_full = false;     // as far as it can be told
    fetch::RowPrints first_prints;  // where the end may be probed
    std::uint64_t probed_at = 0;    // the end behind which was looked
    fetch::SeenTokens tokens;       // cursors and URLs that were followed
};

}  // namespace trawl
