/// Gets one page, however often it has to be asked for: the retries of a retrieval, its gates, and its counts.
#pragma once

#include <functional>
#include <optional>
#include <random>
#include <string>
#include <variant>

#include "page_room.hpp"
#include "trawl/coro/task.hpp"
#include "trawl/fetch/origin_gate.hpp"
#include "trawl/fetch/page_request.hpp"
#include "trawl/fetch/pages.hpp"
#include "trawl/fetch/request_log.hpp"
#include "trawl/http/client.hpp"
#include "trawl/http/retry.hpp"

namespace trawl::fetch {

/// An answer that is no page, and that the user has told what to make of.
struct NoPage {
    ResponseAction::Action action = ResponseAction::Action::ignore;  // ignore or end
    int status = 0;
};

/// A page that must come, or one that is only looked at: an error that is no passing trouble is then an answer, too.
enum class Asking { earnest, lightly };

class PageSource {
public:
    /// All of them must outlive it. Throws InvalidUrl.
    PageSource(Client& client, const FetchOptions& options, OriginGates& gates, FetchStats& stats,
               const Log* log = nullptr, std::size_t kind = 0)
        : client_(client),
          options_(options),
          gates_(gates),
          stats_(stats),
          log_(log),
          kind_(kind),
          origin_(Url::parse(options.url).origin()) {}

    /// Waits until `request` may be sent, with room for pages as they are by then. Throws ProtocolError when it leads
    /// from https to http.
    Task<OriginGate::Pass> enter(const PageRequest& request, PageRoom& room);
    /// The same where room is taken without waiting for it, when it may be sent.
    Task<OriginGate::Pass> enter(const PageRequest& request);

    /// The successful answer to `request`, or what it is instead. Retries what may pass; throws what does not, saying
    /// why it gave up. Its first attempt is sent with `pass`. Its body goes where `room`, which outlives it, has room.
    Task<std::variant<Response, NoPage>> get(PageRequest request, OriginGate::Pass pass, PageRoom& room,
                                             Asking how = Asking::earnest);

    /// Looks at each successful answer: why it is a failure after all, that may pass; else nothing.
    using Check = std::function<std::optional<std::string>(const PageRequest&, const Response&)>;
    void check_answers(Check check) { check_ = std::move(check); }

private:
    struct Attempt;
    struct Way;
    struct Tries;
    Task<Attempt> attempt(const PageRequest& request, Way& way, PageRoom& room);
    class Counted;
    Task<bool> enter_again(Way& way, const std::string& origin, PageRoom& room);
    Task<OriginGate::Pass> enter_with_room(OriginGate& gate, PageRoom& room) const;
    Task<> pause(const Retry& retry, const Tries& tries, const std::string& origin);
    Task<bool> wait_for(Way& way, Task<OriginGate::Pass> entering) const;
    Task<> go_on(const RequestSteps& steps, Way& way);
    void refuse_downgrade(const PageRequest& request) const;
    void refuse_to_tell(const PageRequest& request) const;
    [[nodiscard]] Request build(const PageRequest& request);
    [[nodiscard]] const ResponseAction* action_for(const Attempt& done) const;
    void settle(Way& way, const Attempt& done, bool is_first);
    void tell(const PageRequest& request, const Attempt& done, int asked) const;
    [[noreturn]] void give_up(const PageRequest& request, const Attempt& done, const std::string& why) const;
    [[nodiscard]] bool is_good(const PageRequest& request, Attempt& done) const;
    [[nodiscard]] RetryDecision decide(const OriginGate& gate, const Attempt& failed, Tries& tries, Asking how);
    [[nodiscard]] RetryDecision decide_refused(const OriginGate& gate) const;
    [[nodiscard]] std::optional<RetryDecision> decide_unreachable(const OriginGate& gate, const Attempt& failed,
                                                                  Tries& tries) const;

    Client& client_;
    const FetchOptions& options_;
    OriginGates& gates_;
    FetchStats& stats_;
    RequestLog log_;
    std::size_t kind_;
    std::string origin_;  // of the first page
    Check check_;
    std::mt19937_64 random_{std::random_device()()};
    bool answered_ = false;  // by anything: until then, a refused connection means a wrong address
};

}  // namespace trawl::fetch
