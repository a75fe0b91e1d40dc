/// Vegas, AIMD and Gradient2 (github.com/Netflix/concurrency-limits), each from its description, with its defaults.
#include "fetch/sim/published.hpp"

#include <algorithm>
#include <cmath>

namespace trawl::sim {
namespace {

constexpr double start = 20, most = 4000;

class Fixed : public Policy {
public:
    explicit Fixed(double limit) : limit_(limit) {}
    int limit() override { return static_cast<int>(limit_); }
    void succeeded(Seconds, Seconds, int, int) override {}
    void refused(Seconds, Seconds, int, Refused, std::optional<Seconds>) override {}

protected:
    double limit_;
};

class Aimd : public Fixed {
public:
    Aimd() : Fixed(start) {}
    void succeeded(Seconds, Seconds latency, int in_flight, int) override {
        if (latency > 5) return cut();
        if (in_flight * 2 >= limit_) limit_ = std::min(most, limit_ + 1);
    }
    void refused(Seconds, Seconds, int, Refused, std::optional<Seconds>) override { cut(); }

private:
    void cut() { limit_ = std::max(1.0, std::floor(limit_ * 0.9)); }
};

class Vegas : public Fixed {
public:
    Vegas() : Fixed(start), random_(3) {}
    void succeeded(Seconds, Seconds latency, int in_flight, int) override {
        samples_ += 1;
        if (samples_ > (0.5 + 0.5 * random_.uniform()) * 30 * limit_) {
            samples_ = 0;
            shortest_ = latency;
            return;
        }
        if (shortest_ == 0 || latency < shortest_) {
            shortest_ = latency;
            return;
        }
        if (in_flight * 2 < limit_) return;
        adjust(std::ceil(limit_ * (1 - shortest_ / latency)));
    }
    void refused(Seconds, Seconds, int, Refused, std::optional<Seconds>) override {
        limit_ = std::max(1.0, limit_ - step());
    }

private:
    [[nodiscard]] double step() const { return std::max(1.0, std::floor(std::log10(limit_))); }
    void adjust(double queued) {
        if (queued <= step())
            limit_ += 6 * step();
        else if (queued < 3 * step())
            limit_ += step();
        else if (queued > 6 * step())
            limit_ -= step();
        limit_ = std::clamp(limit_, 1.0, most);
    }

    Random random_;
    double samples_ = 0;
    Seconds shortest_ = 0;
};

class Gradient2 : public Fixed {
public:
    Gradient2() : Fixed(start) {}
    void succeeded(Seconds now, Seconds latency, int in_flight, int) override {
        sum_ += latency;
        count_ += 1;
        if (now - since_ < 1 || count_ < 10) return;
        const Seconds recent = sum_ / count_;
        sum_ = count_ = 0;
        since_ = now;
        long_ = long_ == 0 ? recent : long_ + (recent - long_) * 2 / 601;
        if (long_ / recent > 2) long_ *= 0.95;
        if (in_flight < limit_ / 2) return;
        const double gradient = std::clamp(1.5 * long_ / recent, 0.5, 1.0);
        limit_ = std::clamp(0.8 * limit_ + 0.2 * (limit_ * gradient + 4), 1.0, most);
    }

private:
    Seconds sum_ = 0, since_ = 0, long_ = 0;
    double count_ = 0;
};

}  // namespace

std::unique_ptr<Policy> fixed(int limit) { return std::make_unique<Fixed>(limit); }
std::unique_ptr<Policy> vegas() { return std::make_unique<Vegas>(); }
std::unique_ptr<Policy> aimd() { return std::make_unique<Aimd>(); }
std::unique_ptr<Policy> gradient2() { return std::make_unique<Gradient2>(); }

}  // namespace trawl::sim
