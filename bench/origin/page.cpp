#include "page.hpp"

#include <algorithm>

#include "cursor.hpp"
#include "trawl/base/format.hpp"

namespace trawl::origin {
namespace {

class PageWriter {
public:
    PageWriter(const DataSet& data, Slice slice, const std::string& path, const SiteSettings& settings)
        : data_(data), slice_(slice), path_(path), settings_(settings) {}

    Answer write(Style style) {
        answer_.body.reserve(slice_.count * 110 + 200);  // 110: what a subdivision with a long name takes
        switch (style) {
            case Style::page:
                page();
                break;
            case Style::offset:
                offset();
                break;
            case Style::link:
                link();
                break;
            case Style::cursor:
                cursor();
                break;
            case Style::next:
                next();
                break;
        }
        answer_.body += '\n';
        return std::move(answer_);
    }

private:
    void page() {
        answer_.body = format("{{\"page\":{},\"page_size\":{},", slice_.index() + settings_.first_page, slice_.count);
        if (settings_.totals) {
            answer_.body +=
                format("\"total_pages\":{},\"total\":{},", page_count(data_.size(), slice_.count), data_.size());
        }
        answer_.body += "\"items\":";
        records();
        answer_.body += '}';
    }

    void offset() {
        answer_.body = format("{{\"offset\":{},\"limit\":{},", slice_.first, slice_.count);
        if (settings_.totals) answer_.body += format("\"total\":{},", data_.size());
        answer_.body += "\"results\":";
        records();
        answer_.body += '}';
    }

    void link() {
        records();
        std::string links;
        const std::size_t pages = std::max<std::size_t>(page_count(data_.size(), slice_.count), 1);
        const auto add = [&](std::size_t index, const char* relation) {
            if (!links.empty()) links += ", ";
            links += format("<{}?page={}&per_page={}>; rel=\"{}\"", path_, index + settings_.first_page, slice_.count,
                            relation);
        };
        add(0, "first");
        if (slice_.index() > 0) add(std::min(slice_.index(), pages) - 1, "prev");
        if (slice_.index() + 1 < pages) add(slice_.index() + 1, "next");
        if (settings_.totals) add(pages - 1, "last");
        answer_.fields = format("Link: {}\r\n", links);
        if (settings_.totals) answer_.fields += format("X-Total-Count: {}\r\n", data_.size());
    }

    void cursor() {
        answer_.body = "{\"data\":";
        records();
        answer_.body +=
            has_next() ? format(",\"next_cursor\":\"{}\"}}", cursor_of(next_place())) : ",\"next_cursor\":null}";
    }

    void next() {
        answer_.body = "{\"results\":";
        records();
        if (has_next()) {
            const std::string cursor = percent_encoded(cursor_of(next_place()));
            answer_.body += format(",\"next\":\"{}?cursor={}&limit={}\"}}", path_, cursor, slice_.count);
        } else {
            answer_.body += ",\"next\":null}";
        }
    }

    void records() {
        const std::size_t begin = std::min(slice_.first, data_.size());
        const std::size_t end = std::min(begin + slice_.count, data_.size());
        answer_.body += '[';
        for (std::size_t i = begin; i < end; ++i) {
            if (i != begin) answer_.body += ',';
            data_.append(i, answer_.body);
        }
        answer_.body += ']';
    }

    [[nodiscard]] std::size_t next_place() const noexcept { return slice_.first + slice_.count; }
    [[nodiscard]] bool has_next() const noexcept { return next_place() < data_.size(); }

    const DataSet& data_;
    Slice slice_;
    const std::string& path_;
    const SiteSettings& settings_;
    Answer answer_;
};

}  // namespace

Answer page_answer(Style style, const DataSet& data, Slice slice, const std::string& path,
                   const SiteSettings& settings) {
    return PageWriter(data, slice, path, settings).write(style);
}

}  // namespace trawl::origin
