/// PageFeed: the pages behind the first, fetched ahead of whoever takes them in their order.
///
/// Rules: pages that can be asked for in any order are, as many at once as their origin's gate lets in; the others one
/// after the other. How far ahead, the byte budget says. Where the end is not known, it asks as far ahead again as it
/// has got, so that it is found without a walk. A page that fails ends the asking, and is told in its turn, behind
/// those before it.
#pragma once

#include <cstdint>
#include <exception>
#include <map>
#include <optional>
#include <variant>

#include "fetched_page.hpp"
#include "page_source.hpp"
#include "trawl/coro/task.hpp"
#include "trawl/fetch/paginate.hpp"
#include "trawl/loop/task_group.hpp"
#include "trawl/sync/event.hpp"

namespace trawl::fetch {

/// What came of one page.
template <class Rows>
using PageResult = std::variant<Rows, NoPage, std::exception_ptr>;

class PageFeed {
public:
    /// All of them must outlive it.
    PageFeed(PageSource& source, const StreamMemory& memory, Paginator& paginator, PageCutter& cutter)
        : source_(source), memory_(memory), paginator_(paginator), cutter_(cutter) {}

    /// Begins to ask for pages 1, 2, ... in any order. With `bridges`, also for the rows on both sides of each boundary
    /// between pages of so many rows.
    void ask_ahead(std::optional<std::uint64_t> bridges = std::nullopt);
    /// Nobody will ask for the probe(): what ends the retrieval is surer than a total.
    void without_probe() { may_probe_ = false; }
    /// Begins to follow the pages, of which `second` asks for page 1. Each is accepted before the next is asked for.
    void walk(PageRequest second);

    /// What came of page `index`; nothing when there is none. Requires: called with 1, 2, 3, ...
    Task<std::optional<PageResult<PageRows>>> take(std::uint64_t index);
    /// The rows on both sides of the boundary in front of page `index`. Requires: it was asked for, take(index) came.
    Task<PageResult<PageRows>> take_bridge(std::uint64_t index);

    /// One more page, out of turn. Its memory is not waited for: others wait for it. Nothing: an answer that says that
    /// there is none.
    Task<std::optional<FetchedPage>> fetch_now(PageRequest request);

    /// One request beside the plan, whose failure is no trouble of the source's.
    Task<PageResult<FetchedPage>> look_at(PageRequest request);

    /// What came of the paginator's probe(), which is asked for ahead if it is known early. Once.
    Task<PageResult<FetchedPage>> probe(std::uint64_t index);

    /// Cancels all that is under way.
    void stop() noexcept;

private:
    using Arrived = std::map<std::uint64_t, PageResult<PageRows>>;

    Task<> dispatch();
    Task<bool> dispatch_one(std::uint64_t index);
    Task<> dispatch_bridge(std::uint64_t index);
    Task<> follow(PageRequest second);
    Task<> fetch(std::uint64_t index, PageRequest request, PageRoom room, OriginGate::Pass pass);
    Task<> fetch_bridge(std::uint64_t index, PageRequest request, OriginGate::Pass pass);
    Task<> look_behind(std::uint64_t index);
    Task<PageResult<FetchedPage>> result_of(PageRequest request, PageRoom room, Asking how = Asking::earnest);
    Task<PageResult<FetchedPage>> outcome_of(PageRequest request, PageRoom room, OriginGate::Pass pass,
                                             Asking how = Asking::earnest);
    Task<PageRoom> room_for(std::uint64_t index);
    std::optional<PageRequest> accept(std::uint64_t index, PageResult<FetchedPage> outcome);
    void arrive(std::uint64_t index, PageResult<PageRows> outcome);
    [[nodiscard]] PageResult<PageRows> noticed(std::uint64_t index, PageResult<FetchedPage> outcome);
    [[nodiscard]] PageResult<PageRows> unless_it_ends(std::uint64_t index, std::exception_ptr error);
    [[nodiscard]] bool is_wanted(std::uint64_t index) const;
    [[nodiscard]] bool is_near(std::uint64_t index) const;

    PageSource& source_;
    const StreamMemory& memory_;
    Paginator& paginator_;
    PageCutter& cutter_;

    Arrived arrived_, bridges_;
    std::optional<std::uint64_t> probing_;  // the page behind the end that was asked for
    std::optional<PageResult<FetchedPage>> probed_;
    std::optional<std::uint64_t> bridged_rows_;  // rows a page, where bridges are asked for
    std::uint64_t next_to_ask_ = 1;              // in any order
    bool is_walk_ = false;
    bool may_probe_ = true;
    std::uint64_t complete_ = 0;  // pages up to this one have come
    std::uint64_t taken_ = 0;
    std::size_t outstanding_ = 0;        // asked for and not taken
    std::optional<std::uint64_t> last_;  // the first page that failed, or was answered with an end
    bool is_asking_ = false;
    Event changed_;    // a page has come, was taken, or no more are asked for
    TaskGroup group_;  // last: the tasks use everything above
};

}  // namespace trawl::fetch
