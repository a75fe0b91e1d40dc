/// The grammar of RFC 8288 section 3, read leniently between links and strictly inside them.
#include "trawl/fetch/link_header.hpp"

#include <algorithm>

#include "ascii.hpp"

namespace trawl {
namespace {

using fetch::to_lower;
using fetch::trim;

/// Walks the field value; every method moves on or leaves the place where it is.
class LinkReader {
public:
    explicit LinkReader(std::string_view text) : text_(text) {}

    std::vector<Link> links() {
        std::vector<Link> links;
        while (at_ < text_.size()) {
            Link link;
            if (read_link(link)) links.push_back(std::move(link));
            skip_to_comma();
        }
        return links;
    }

private:
    /// False if this is no link that says something about the page. The place is then anywhere before its end.
    bool read_link(Link& link) {
        skip_blank();
        if (!take('<')) return false;
        const std::size_t close = text_.find('>', at_);
        if (close == std::string_view::npos) return end_here();
        link.target = std::string(trim(text_.substr(at_, close - at_)));
        at_ = close + 1;
        bool anchored = false;
        for (skip_blank(); take(';'); skip_blank()) {
            skip_blank();
            const std::string name = to_lower(token());
            skip_blank();
            std::string value;
            if (take('=') && !read_value(value)) return end_here();
            if (name == "anchor") anchored = true;
            // Only the first rel counts (section 3.3).
            if (name == "rel" && link.rels.empty()) link.rels = split_rels(value);
        }
        const bool clean = at_ == text_.size() || text_[at_] == ',';
        return clean && !anchored && !link.rels.empty();
    }

    std::string_view token() {
        const std::size_t end = std::min(text_.find_first_of(" \t=;,\"<>", at_), text_.size());
        const std::string_view found = text_.substr(at_, end - at_);
        at_ = end;
        return found;
    }

    /// A token or a quoted string; false if the quote is never closed.
    bool read_value(std::string& value) {
        skip_blank();
        if (!take('"')) {
            value = std::string(token());
            return true;
        }
        while (at_ < text_.size() && text_[at_] != '"') {
            if (text_[at_] == '\\' && at_ + 1 < text_.size()) ++at_;
            value += text_[at_++];
        }
        return take('"');
    }

    static std::vector<std::string> split_rels(std::string_view value) {
        std::vector<std::string> rels;
        for (value = trim(value); !value.empty(); value = trim(value)) {
            const std::size_t end = std::min(value.find_first_of(" \t"), value.size());
            rels.push_back(to_lower(value.substr(0, end)));
            value.remove_prefix(end);
        }
        return rels;
    }

    /// To behind the next comma that separates links.
    void skip_to_comma() {
        bool quoted = false;
        for (; at_ < text_.size(); ++at_) {
            if (quoted && text_[at_] == '\\')
                ++at_;
            else if (text_[at_] == '"')
                quoted = !quoted;
            else if (text_[at_] == ',' && !quoted)
                break;
        }
        at_ = std::min(at_ + 1, text_.size());
    }

    bool end_here() {
        at_ = text_.size();
        return false;
    }

    bool take(char c) {
        const bool here = at_ < text_.size() && text_[at_] == c;
        if (here) ++at_;
        return here;
    }

    void skip_blank() {
        while (at_ < text_.size() && (text_[at_] == ' ' || text_[at_] == '\t')) ++at_;
    }

    std::string_view text_;
    std::size_t at_ = 0;
};

}  // namespace

std::vector<Link> parse_link_header(std::string_view value) { return LinkReader(value).links(); }

std::optional<std::string> find_link(const std::vector<std::pair<std::string, std::string>>& headers,
                                     std::string_view rel) {
    for (const auto& [name, value] : headers) {
        if (to_lower(name) != "link") continue;
        for (const Link& link : parse_link_header(value))
            if (std::find(link.rels.begin(), link.rels.end(), rel) != link.rels.end()) return link.target;
    }
    return std::nullopt;
}

}  // namespace trawl
