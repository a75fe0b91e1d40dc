/// The Public Suffix List by libpsl.
#include "public_suffix.hpp"

#include <libpsl.h>

#include <memory>
#include <string>

namespace trawl::http {
namespace {

struct Free {
    void operator()(psl_ctx_t* list) const noexcept { psl_free(list); }
};

/// Null if there is no list at all: libpsl was built without one and none is on disk.
const psl_ctx_t* public_suffixes() {
    static const std::unique_ptr<psl_ctx_t, Free> list(psl_latest(nullptr));
    return list.get();
}

}  // namespace

bool is_public_suffix(std::string_view domain) {
    if (domain.ends_with('.')) domain.remove_suffix(1);  // the root's dot: "com." is as public as "com"
    if (domain.find('.') == std::string_view::npos) return true;
    const psl_ctx_t* list = public_suffixes();
    return list != nullptr && psl_is_public_suffix(list, std::string(domain).c_str()) != 0;
}

}  // namespace trawl::http
