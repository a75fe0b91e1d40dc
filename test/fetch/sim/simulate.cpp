/// The events of a simulation: requests leave, arrive, are served or refused, and their answers come back.
#include "fetch/sim/simulate.hpp"

#include <algorithm>
#include <cmath>
#include <deque>
#include <queue>

namespace trawl::sim {
namespace {

enum class Kind { fill, arrive, served, reply, other, steps };

struct Request {
    Seconds sent = 0;
    bool ours = true, second = false, refused = false, failed = false;
    Refused how = Refused::too_many_requests;
    std::optional<Seconds> retry_after;
};

struct Event {
    Seconds at = 0;
    std::uint64_t order = 0;  // events of one moment keep theirs
    Kind kind = Kind::fill;
    Request request;
    bool operator>(const Event& other) const { return at != other.at ? at > other.at : order > other.order; }
};

class Simulation {
public:
    Simulation(const SourceOptions& source, Policy& policy, std::uint64_t seed)
        : source_(source), policy_(policy), random_(seed), tokens_(source.bucket ? source.bucket->burst : 0) {
        outcome_.steps.resize(static_cast<std::size_t>(source.duration / Outcome::step) + 1);
    }

    Outcome run() {
        fill();
        push(Outcome::step, Kind::steps, {});
        if (source_.others_at) push(0, Kind::other, {});
        while (!events_.empty() && events_.top().at <= source_.duration) {
            const Event event = events_.top();
            events_.pop();
            now_ = event.at;
            handle(event);
        }
        outcome_.latency_mean = latency_count_ > 0 ? latency_sum_ / static_cast<double>(latency_count_) : 0;
        return outcome_;
    }

private:
    void push(Seconds at, Kind kind, const Request& request) { events_.push({at, ++order_, kind, request}); }

    void handle(const Event& event) {
        switch (event.kind) {
            case Kind::fill:
                filling_at_ = 0;
                return fill();
            case Kind::arrive:
                return arrive(event.request);
            case Kind::served:
                busy_ -= 1;
                served_ += 1;
                if (event.request.ours) push(now_ + source_.rtt / 2, Kind::reply, event.request);
                return serve();
            case Kind::reply:
                return reply(event.request);
            case Kind::other:
                return other();
            case Kind::steps:
                return step();
        }
    }

    void fill() {
        while (in_flight_ < policy_.limit() && (source_.pages == 0 || begun_ < source_.pages)) {
            const Seconds ready = policy_.ready_at(now_);
            if (ready > now_) {
                if (filling_at_ > now_ && filling_at_ <= ready) return;
                filling_at_ = ready;
                return push(ready, Kind::fill, {});
            }
            send();
        }
    }

    void send() {
        if (now_ < gate_ - 1e-6) outcome_.early += 1;
        in_flight_ += 1;
        begun_ += 1;
        policy_.sent(now_);
        Request request;
        request.sent = now_;
        const bool is_mixed = begun_ > source_.first_alone, is_over = begun_ > source_.first_alone + source_.mixed;
        request.second = source_.second_service > 0 && (is_over || (is_mixed && begun_ % 2 == 0));
        request.failed = source_.error_share > 0 && random_.uniform() < source_.error_share;
        push(now_ + source_.rtt / 2, Kind::arrive, request);
    }

    void arrive(Request request) {
        if (source_.bucket && !take_token()) {
            request.how = Refused::too_many_requests;
            if (source_.bucket->tells_when) request.retry_after = std::ceil((1 - tokens_) / source_.bucket->rate);
            return refuse(request);
        }
        if (source_.refusals && is_refused(*source_.refusals)) {
            request.how = source_.refusals->how;
            request.retry_after = source_.refusals->retry_after;
            return refuse(request);
        }
        if (source_.queue_limit > 0 && static_cast<int>(line_.size()) >= source_.queue_limit) {
            request.how = Refused::unavailable;
            return refuse(request);
        }
        line_.push_back(request);
        serve();
    }

    bool is_refused(const Refusals& refusals) {
        if (refusals.share > 0 && random_.uniform() < refusals.share) return true;
        return refusals.most_at && busy_ + static_cast<int>(line_.size()) >= refusals.most_at(now_);
    }

    bool take_token() {
        const double rate = source_.rate_at ? source_.rate_at(now_) : source_.bucket->rate;
        tokens_ = std::min(source_.bucket->burst, tokens_ + (now_ - token_time_) * rate);
        token_time_ = now_;
        if (tokens_ < 1) return false;
        tokens_ -= 1;
        return true;
    }

    void refuse(Request request) {
        request.refused = true;
        push(now_ + source_.rtt / 2, Kind::reply, request);
    }

    void serve() {
        const int workers = source_.workers_at ? source_.workers_at(now_) : source_.workers;
        while (!line_.empty() && busy_ < workers) {
            const Request request = line_.front();
            line_.pop_front();
            busy_ += 1;
            const int inside = busy_ + static_cast<int>(line_.size());
            const Seconds service = draw_service(source_, random_, inside, served_, request.second);
            push(end_of_work(source_, now_, service), Kind::served, request);
        }
    }

    void reply(const Request& request) {
        in_flight_ -= 1;
        if (request.refused) {
            outcome_.refused += 1;
            begun_ -= 1;  // to be asked for again
            if (request.retry_after) gate_ = std::max(gate_, now_ + *request.retry_after);
            policy_.refused(now_, now_ - request.sent, in_flight_, request.how, request.retry_after);
        } else if (request.failed) {
            begun_ -= 1;
            policy_.failed(now_);
        } else {
            succeed(request);
        }
        fill();
    }

    void succeed(const Request& request) {
        outcome_.done += 1;
        outcome_.finished = now_;
        outcome_.steps[static_cast<std::size_t>(now_ / Outcome::step)].done += 1;
        if (now_ > settled) {
            latency_sum_ += now_ - request.sent;
            latency_count_ += 1;
        }
        policy_.succeeded(now_, now_ - request.sent, in_flight_, request.second ? 1 : 0);
    }

    /// The other client's requests come as they please (Poisson), also while its rate is zero now.
    void other() {
        const double rate = source_.others_at(now_);
        if (rate <= 0) return push(now_ + 0.1, Kind::other, {});
        Request request;
        request.ours = false;
        line_.push_back(request);
        serve();
        push(now_ + random_.exponential(1 / rate), Kind::other, {});
    }

    void step() {
        auto& last = outcome_.steps[static_cast<std::size_t>(std::lround(now_ / Outcome::step)) - 1];
        last.limit = policy_.limit();
        last.in_flight = in_flight_;
        push(now_ + Outcome::step, Kind::steps, {});
    }

    const SourceOptions& source_;
    Policy& policy_;
    Random random_;
    Outcome outcome_;
    std::priority_queue<Event, std::vector<Event>, std::greater<>> events_;
    std::deque<Request> line_;
    Seconds now_ = 0, filling_at_ = 0, gate_ = 0, token_time_ = 0, latency_sum_ = 0;
    double tokens_;
    std::uint64_t order_ = 0;
    std::int64_t latency_count_ = 0, begun_ = 0, served_ = 0;
    int busy_ = 0, in_flight_ = 0;
};

}  // namespace

double Outcome::throughput(Seconds from, Seconds to) const {
    double sum = 0;
    for (auto i = static_cast<std::size_t>(from / step);
         i < std::min(steps.size(), static_cast<std::size_t>(to / step)); ++i)
        sum += steps[i].done;
    return sum / (to - from);
}

double Outcome::limit_mean(Seconds from, Seconds to) const {
    double sum = 0;
    for (auto i = static_cast<std::size_t>(from / step);
         i < std::min(steps.size(), static_cast<std::size_t>(to / step)); ++i)
        sum += steps[i].limit;
    return sum * step / (to - from);
}

std::optional<Seconds> Outcome::reached(double rate, Seconds from) const {
    const double per_step = rate * step;
    for (auto i = static_cast<std::size_t>(from / step); i + 1 < steps.size(); ++i)
        if (steps[i].done >= 0.93 * per_step && steps[i + 1].done >= 0.9 * per_step)
            return static_cast<double>(i) * step - from;
    return std::nullopt;
}

Outcome simulate(const SourceOptions& source, Policy& policy, std::uint64_t seed) {
    return Simulation(source, policy, seed).run();
}

}  // namespace trawl::sim
