#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "attempt.hpp"
#include "operations.hpp"
#include "trawl/coro/context.hpp"
#include "trawl/coro/gather.hpp"
#include "trawl/coro/task_set.hpp"
#include "trawl/loop/shield.hpp"
#include "trawl/loop/thread.hpp"

namespace trawl::schedules {
namespace {

ContextVar<std::uint64_t> badge(0);

/// A destructor that does what destructors may do: cancel the group that its task is in, or start a task in it.
class LastWill {
public:
    explicit LastWill(Crew& crew) noexcept : crew_(crew) {}
    LastWill(const LastWill&) = delete;
    LastWill& operator=(const LastWill&) = delete;
    ~LastWill() {
        if (crew_.run.one_in(2)) {
            crew_.group.cancel();
        } else {
            crew_.group.spawn(sleep_a_while(crew_, kDepthMax));
        }
    }

private:
    Crew& crew_;
};

/// A few operations, and perhaps an error: what the tasks of a crew do.
Task<> work(Crew& crew, std::string name, std::uint64_t inherited) {
    Run& run = crew.run;
    Alive alive(run);
    std::optional<LastWill> will;
    if (run.one_in(10)) will.emplace(crew);
    const std::uint64_t own = run.new_id();
    run.require(badge.get() == inherited, "a task begins with the context of the one that started it");
    badge.set(own);
    for (std::size_t count = 1 + run.below(4); count > 0 && !run.ending; --count) {
        co_await any_operation(crew, crew.depth);
        run.require(current_task()->name() == name, "a task keeps its name");
        run.require(badge.get() == own, "a task keeps its context");
    }
    if (run.one_in(10)) run.throw_owed_error(nullptr, crew.errors == nullptr ? nullptr : &crew.errors->all);
}

/// How many of those who were given it are at work.
class AtWork {
public:
    AtWork(Run& run, std::size_t& count) noexcept : alive_(run), count_(count) { ++count_; }
    AtWork(const AtWork&) = delete;
    AtWork& operator=(const AtWork&) = delete;
    ~AtWork() { --count_; }

private:
    Alive alive_;
    std::size_t& count_;
};

/// What the tasks of a batch have in common.
struct Common {
    Crew& crew;
    std::size_t depth;
    bool is_gathered;  // the first error is somebody's, the others go with their tasks
    std::size_t at_work = 0;
    std::uint64_t error = 0;
};

/// Lingers and gives `value`; or fails.
Task<std::uint64_t> linger_for(Common& common, std::uint64_t value, bool fails) {
    Run& run = common.crew.run;
    AtWork at_work(run, common.at_work);
    co_await linger(common.crew, common.depth);
    if (fails && common.is_gathered && common.error == 0) run.throw_owed_error(&common.error);
    if (fails) throw PlannedError(value);
    co_return value;
}

/// Tasks that give first, first + 1, ...; some fail.
struct Batch {
    Batch(Crew& crew, std::size_t depth, bool is_gathered)
        : common{crew, depth + 1, is_gathered}, size(crew.run.below(4)), first(crew.run.new_id()) {
        for (std::size_t i = 0; i < size; ++i) {
            fails.push_back(crew.run.one_in(5));
            tasks.push_back(linger_for(common, first + i, fails.back()));
        }
    }
    Batch(const Batch&) = delete;
    Batch& operator=(const Batch&) = delete;
    void check(Run& run, std::size_t index, Outcome<std::uint64_t>& outcome) const {
        run.require(index < size && outcome.has_value() != fails[index], "an outcome is that of its task");
        if (outcome.has_value()) run.require(outcome.take() == first + index, "a value is that of its task");
    }

    /// The error that ends a gather goes with the one that waits for it, if that is cancelled.
    ~Batch() { common.crew.run.excuse(common.error); }

    Common common;
    std::size_t size;
    std::uint64_t first;
    std::vector<bool> fails;
    std::vector<Task<std::uint64_t>> tasks;
};

}  // namespace

void hire(Crew& crew) {
    Run& run = crew.run;
    if (run.ending || run.tasks_left == 0) return;
    --run.tasks_left;
    std::string name = run.one_in(2) ? format("task {}", run.tasks_left) : std::string();
    const std::uint64_t inherited = current_task() == nullptr ? 0 : badge.get();
    if (run.one_in(3)) {
        crew.group.spawn_eagerly(work(crew, name, inherited), name);
    } else {
        crew.group.spawn(work(crew, name, inherited), name);
    }
}

Task<> join(Crew& crew) {
    Run& run = crew.run;
    Alive alive(run);
    Line::Stay stay(crew.joiners);
    if (crew.errors != nullptr) crew.errors->is_joined = true;
    try {
        const auto joined = co_await attempt(run, [&] { return crew.group.join(); });
        if (joined) run.note("joined");
    } catch (const PlannedError& error) {
        run.received(error.id());
    } catch (const ErrorGroup& group) {
        for (const std::exception_ptr& one : group.errors()) {
            try {
                std::rethrow_exception(one);
            } catch (const PlannedError& error) {
                run.received(error.id());
            }
        }
    }
    if (crew.errors != nullptr) crew.errors->is_joined = false;
}

Task<> found_crew(Crew& crew, std::size_t depth) {
    Run& run = crew.run;
    Alive alive(run);
    if (depth >= kDepthMax || run.tasks_left == 0) co_return;
    std::optional<Room> own;
    if (run.one_in(3)) own.emplace(run);
    CrewErrors errors(run);
    Crew inner(own ? *own : crew.room, depth + 1, run.one_in(2) ? OnError::kCancel : OnError::kCollect);
    inner.errors = &errors;
    for (std::size_t count = 1 + run.below(3); count > 0; --count) hire(inner);
    if (run.one_in(3)) {
        co_await sleep(run.beats(3));
        inner.group.cancel();
        hire(inner);
    }
    for (std::size_t tries = 1 + run.below(3); tries > 0; --tries) co_await join(inner);
}

Task<> hire_someone(Crew& crew, std::size_t /*depth*/) {
    Alive alive(crew.run);
    hire(crew);
    co_return;
}

Task<> cancel_someone(Crew& crew, std::size_t depth) {
    Run& run = crew.run;
    Alive alive(run);
    Crew& other = run.one_in(2) ? crew : *run.crews[run.below(run.crews.size())];
    run.note("cancels", other.group.size());
    other.group.cancel();
    if (run.one_in(2)) co_await linger(crew, depth);
}

Task<> gather_some(Crew& crew, std::size_t depth) {
    Run& run = crew.run;
    Alive alive(run);
    Batch batch(crew, depth, true);
    bool failed = false;
    try {
        const auto values = co_await attempt(run, [&] { return gather(std::move(batch.tasks)); });
        run.require(!values || batch.common.error == 0, "gather gives values only if none of its tasks has failed");
        for (std::size_t i = 0; values && i < values->size(); ++i)
            run.require((*values)[i] == batch.first + i, "gather gives the values in the order of the tasks");
    } catch (const PlannedError& error) {
        failed = true;
        run.received(error.id());
        run.require(error.id() == batch.common.error, "gather throws the first error of its tasks");
    }
    run.note(failed ? "gather failed" : "gathered");
    run.require(batch.common.at_work == 0, "nobody is at work when gather is over");
}

Task<> gather_their_outcomes(Crew& crew, std::size_t depth) {
    Run& run = crew.run;
    Alive alive(run);
    Batch batch(crew, depth, false);
    auto outcomes = co_await attempt(run, [&] { return gather_outcomes(std::move(batch.tasks)); });
    run.require(batch.common.at_work == 0, "nobody is at work when gather_outcomes is over");
    if (!outcomes) co_return;
    run.require(outcomes->size() == batch.size, "there is an outcome for every task");
    for (std::size_t i = 0; i < outcomes->size(); ++i) batch.check(run, i, (*outcomes)[i]);
}

Task<> take_as_they_end(Crew& crew, std::size_t depth) {
    Run& run = crew.run;
    Alive alive(run);
    Batch batch(crew, depth, false);
    std::set<std::size_t> taken;
    auto take = [&](Completed<std::uint64_t>& completed) {
        run.require(taken.insert(completed.index).second, "a TaskSet gives each task once");
        batch.check(run, completed.index, completed.outcome);
    };
    TaskSet<std::uint64_t> set(std::move(batch.tasks));
    for (std::size_t tries = batch.size + run.below(4); tries > 0; --tries) {
        if (run.one_in(2)) {
            const auto condition = static_cast<WaitFor>(run.below(3));
            auto all = co_await attempt(run, [&] { return set.wait(condition); });
            if (all) std::for_each(all->begin(), all->end(), take);
        } else {
            auto next = co_await attempt(run, [&] { return set.next(); });
            if (next && *next) take(**next);
        }
        if (run.one_in(12)) set.cancel();
    }
    run.note("took", taken.size(), set.pending());
}

// ---- shield ----

namespace {

Task<std::uint64_t> shielded_work(Crew& crew, std::size_t depth, std::uint64_t value) {
    Alive alive(crew.run);
    co_await linger(crew, depth);
    if (crew.run.one_in(4)) crew.run.throw_owed_error(nullptr, crew.errors == nullptr ? nullptr : &crew.errors->all);
    co_return value;
}

}  // namespace

Task<> shield_some(Crew& crew, std::size_t depth) {
    Run& run = crew.run;
    Alive alive(run);
    const std::uint64_t value = run.new_id();
    Crew& other = *run.crews[run.below(run.crews.size())];
    try {
        const auto given =
            co_await attempt(run, [&] { return shield(other.group, shielded_work(other, depth + 1, value)); });
        if (given) run.require(*given == value, "shield gives the value of its work");
    } catch (const PlannedError& error) {
        run.received(error.id());
    } catch (const ClosedError&) {
        run.note("shielded work was cancelled");
    }
}

// ---- to_thread ----

namespace {

struct Job {
    bool abandoned = false;
    bool done = false;
};

std::uint64_t run_job(Run* run, const std::shared_ptr<Job>& job, std::uint64_t value) {
    run->require(!job->abandoned, "work that nobody waits for any more does not begin");
    job->done = true;
    return value;
}

}  // namespace

Task<> use_thread(Crew& crew, std::size_t /*depth*/) {
    Run& run = crew.run;
    Alive alive(run);
    const std::uint64_t value = run.new_id();
    auto job = std::make_shared<Job>();
    struct Abandon {
        Job& job;
        ~Abandon() { job.abandoned = true; }
    } abandon{*job};
    const auto given = co_await attempt(run, [&] { return to_thread(run_job, &run, job, value); });
    if (!given) co_return;
    run.require(job->done && *given == value, "to_thread gives the value of its function");
}

}  // namespace trawl::schedules
