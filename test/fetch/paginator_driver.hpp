/// Drives a Paginator over a source that is a function, as an engine would: ahead of what was accepted, in any order.
#pragma once

#include <algorithm>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "page_helpers.hpp"
#include "trawl/base/error.hpp"
#include "trawl/base/format.hpp"
#include "trawl/fetch/detect.hpp"
#include "trawl/fetch/paginate.hpp"

namespace trawl {

struct Answer {
    Answer(std::string text, TestPage::HeaderList fields = {}, int code = 200)
        : body(std::move(text)), headers(std::move(fields)), status(code) {}
    Answer(const char* text) : body(text) {}

    std::string body;
    TestPage::HeaderList headers = {};
    int status = 200;
};

using Source = std::function<Answer(const PageRequest&)>;

/// What a retrieval came to.
struct Walked {
    std::string asked;                 // queries (or bodies), in the order of asking
    std::vector<std::string> records;  // as they were taken
    std::vector<std::string> notes;
    std::string error;  // PaginationError, or the status of an answer
    PageVerdict verdict;
};

class Driver {
public:
    Driver(Paginator paginator, Source source, std::uint64_t ahead)
        : paginator_(std::move(paginator)), source_(std::move(source)), ahead_(ahead) {}

    Walked run() {
        try {
            walk();
            walked_.verdict = paginator_.verdict();
        } catch (const PaginationError& error) {
            walked_.error = error.what();
            walked_.verdict = paginator_.verdict();
        }
        return std::move(walked_);
    }

private:
    using PagePtr = std::unique_ptr<TestPage>;

    void walk() {
        PagePtr first = ask(paginator_.first());
        if (!first || !accept(0, *first)) return;
        if (paginator_.any_order())
            in_any_order();
        else
            one_by_one(std::move(first));
    }

    void one_by_one(PagePtr page) {
        for (std::uint64_t index = 1;; ++index) {
            const auto request = paginator_.next(page->view());
            if (!request) return;
            page = ask(*request);
            if (!page || !accept(index, *page)) return;
        }
    }

    void in_any_order() {
        count_on();
        while (walked_.error.empty() && look_behind()) count_on();
        fill_holes();
    }

    /// Whether there is more behind an end for which only a total vouches.
    bool look_behind() {
        const auto index = paginator_.probe();
        if (!index || *index != next_) return false;
        const PagePtr page = ask(paginator_.request_at(*index));
        const std::optional<PageView> view = page ? std::optional(page->view()) : std::nullopt;
        const std::string note = paginator_.probed(*index, view ? &*view : nullptr);
        if (!note.empty()) walked_.notes.push_back(note);
        return !note.empty();
    }

    void count_on() {
        for (std::uint64_t& index = next_; !is_behind(index); ++index) {
            for (; asked_ < index + ahead_ && !is_behind(asked_); ++asked_) wave_.push_back(asked_);
            notice_backwards();
            if (is_behind(index)) return;
            const PagePtr& page = pages_.at(index);
            if (!page) walked_.error = format("status {}", statuses_.at(index));
            if (!page || !accept(index, *page)) return;
            fill_holes();
        }
    }

    [[nodiscard]] bool is_behind(std::uint64_t index) const {
        const auto end = paginator_.end();
        return end && index >= *end;
    }

    /// The pages that were asked for together come in the order that an engine would like least.
    void notice_backwards() {
        std::map<std::uint64_t, PagePtr> came;
        for (const std::uint64_t index : wave_) {
            came[index] = ask(paginator_.request_at(index));
            statuses_[index] = status_;
        }
        wave_.clear();
        for (auto page = came.rbegin(); page != came.rend(); ++page) {
            if (page->second) paginator_.noticed(page->first, page->second->view());
            if (!page->second) (void)paginator_.ends_with(page->first, statuses_[page->first]);
        }
        pages_.merge(came);
    }

    bool accept(std::uint64_t index, const TestPage& page) {
        const Acceptance acceptance = paginator_.accept(index, page.view());
        keep(acceptance, page);
        return acceptance.taken;
    }

    void keep(const Acceptance& acceptance, const TestPage& page) {
        if (!acceptance.note.empty()) walked_.notes.push_back(acceptance.note);
        std::string_view left = page.records.ndjson;
        for (std::uint64_t i = 0; acceptance.taken && i < acceptance.rows; ++i) {
            walked_.records.emplace_back(left.substr(0, left.find('\n')));
            left.remove_prefix(left.find('\n') + 1);
        }
    }

    void fill_holes() {
        while (!paginator_.holes().empty()) {
            const RowRange hole = paginator_.holes().front();
            const auto covering = paginator_.covering(hole.begin, hole.count);
            if (!covering) return;
            const PagePtr page = ask(covering->request);
            keep(paginator_.filled(hole, page->view()), *page);
        }
    }

    /// None for an error status.
    PagePtr ask(const PageRequest& request) {
        const std::string target = request.url.target();
        walked_.asked += (request.body.empty() ? target.substr(target.find('?') + 1) : request.body) + " ";
        Answer answer = source_(request);
        status_ = answer.status;
        if (answer.status >= 400) return nullptr;
        return std::make_unique<TestPage>(request.url.str(), std::move(answer.body), std::move(answer.headers),
                                          request.body);
    }

    Paginator paginator_;
    Source source_;
    std::uint64_t ahead_;
    std::uint64_t asked_ = 1;
    std::uint64_t next_ = 1;
    std::vector<std::uint64_t> wave_;
    std::map<std::uint64_t, PagePtr> pages_;
    std::map<std::uint64_t, int> statuses_;
    int status_ = 0;
    Walked walked_;
};

/// `ahead`: pages asked for at once.
inline Walked walk(const std::string& spec, const std::string& start, Source source, std::uint64_t ahead = 1) {
    PageRequest request{.url = Url::parse(start)};
    return Driver(Paginator(parse_paginator(spec), request), std::move(source), ahead).run();
}

/// The same from the URL alone.
inline Walked walk_detected(const std::string& start, const Source& source, std::uint64_t ahead = 1) {
    const PageRequest request{.url = Url::parse(start)};
    const Answer first = source(request);
    const TestPage page(start, first.body, first.headers);
    return Driver(Paginator(detect(page.view()), request), source, ahead).run();
}

inline std::uint64_t number(const PageRequest& request, const char* key, std::uint64_t otherwise) {
    const auto text = request.url.query(key);
    return text ? std::stoull(*text) : otherwise;
}

/// `{"id":0}` to `{"id":count-1}` in order: each row of rows(count) once.
inline std::vector<std::string> each_once(std::size_t count) {
    std::vector<std::string> lines;
    for (std::size_t i = 0; i < count; ++i) lines.push_back(format("{{\"id\":{}}}", i));
    return lines;
}

inline std::vector<std::string> by_id(std::vector<std::string> lines) {
    std::sort(lines.begin(), lines.end(), [](const std::string& a, const std::string& b) {
        return a.size() != b.size() ? a.size() < b.size() : a < b;
    });
    return lines;
}

}  // namespace trawl
