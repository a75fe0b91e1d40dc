#include "site.hpp"

#include <algorithm>

#include "page.hpp"
#include "trawl/base/format.hpp"
#include "units.hpp"

namespace trawl::origin {
namespace {

Route answered(Answer answer) {
    Route route;
    route.answer = std::move(answer);
    return route;
}

Answer json(std::string body) {
    Answer answer;
    answer.body = std::move(body);
    return answer;
}

Answer not_allowed() {
    Answer answer = error_answer(405, "only GET and HEAD are answered here");
    answer.fields = "Allow: GET, HEAD\r\n";
    return answer;
}

// What is put into the URLs of further pages must be nothing but a host and a port.
bool is_host(std::string_view host) noexcept {
    return std::all_of(host.begin(), host.end(), [](char c) {
        return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
               std::string_view(".-_:[]").find(c) != std::string_view::npos;
    });
}

}  // namespace

Route Site::route(const SiteRequest& request) const {
    if (request.method != "GET" && request.method != "HEAD") return answered(not_allowed());
    const auto target = Target::parse(request.target);
    if (!target) return answered(error_answer(400, "the request target is no path"));
    if (!is_host(request.host)) return answered(error_answer(400, "the Host field is no host"));
    if (target->path() == "/") return answered(index());
    if (target->path() == "/health") return answered(json("{\"status\":\"ok\"}\n"));
    if (target->path() == "/stats") return answered(json(to_json(counters_)));
    return route_page(*target, request);
}

Route Site::route_page(const Target& target, const SiteRequest& request) const {
    Route route;
    route.style = settings_.style;
    std::string_view name = std::string_view(target.path()).substr(1);
    for (std::size_t i = 0; i < kStyleNames.size(); ++i) {
        const std::string_view folder = kStyleNames[i];
        if (!name.starts_with(folder) || !name.substr(folder.size()).starts_with('/')) continue;
        route.style = static_cast<Style>(i);
        name.remove_prefix(folder.size() + 1);
        break;
    }
    const DataSet* data = find(name);
    if (data == nullptr) return answered(error_answer(404, "there is nothing at this path: / says what there is"));
    const SliceRequest asked = read_slice(route.style, target, settings_);
    if (!asked.error.empty()) return answered(error_answer(400, asked.error));
    const Placed placed = place(asked.slice, data->size(), settings_.beyond);
    if (!placed.found) return answered(error_answer(404, "there is no such page"));
    route.data = data;
    route.slice = placed.slice;
    const bool absolute = !settings_.relative_urls && !request.host.empty();
    route.path = absolute ? format("http://{}{}", request.host, target.path()) : target.path();
    return route;
}

Answer Site::page(const Route& route) const {
    return page_answer(route.style, *route.data, route.slice, route.path, settings_);
}

const DataSet* Site::find(std::string_view name) const noexcept {
    const auto found = std::find_if(sets_.begin(), sets_.end(), [&](const DataSet& set) { return set.name() == name; });
    return found == sets_.end() ? nullptr : &*found;
}

Answer Site::index() const {
    std::string sets;
    for (const DataSet& set : sets_) {
        sets += format("{}{{\"name\":\"{}\",\"records\":{},\"default\":\"/{}\"", sets.empty() ? "" : ",", set.name(),
                       set.size(), set.name());
        for (const char* style : kStyleNames) sets += format(",\"{}\":\"/{}/{}\"", style, style, set.name());
        sets += '}';
    }
    return json(format("{{\"server\":\"origin\",\"default_style\":\"{}\",\"page_size\":{},\"data\":[{}]}}\n",
                       kStyleNames[static_cast<std::size_t>(settings_.style)], settings_.page_size, sets));
}

std::string Site::summary() const {
    std::string text;
    for (const DataSet& set : sets_) {
        text += format("{}{} {}", text.empty() ? "" : ", ", with_commas(set.size()), set.name());
    }
    return text;
}

}  // namespace trawl::origin
