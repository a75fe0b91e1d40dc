#include "trawl/net/tls_options.hpp"

#include "trawl/base/error.hpp"
#include "trawl/base/format.hpp"

namespace trawl {
namespace {

void require_protocols(const std::vector<std::string>& protocols) {
    for (const std::string& name : protocols) {
        if (name.empty() || name.size() > 255)
            throw UsageError(
                format("a protocol's name in alpn() has 1 to 255 bytes, and '{}' has {}: give \"h2\" or "
                       "\"http/1.1\"",
                       name.substr(0, 40), name.size()));
    }
}

// With its length, so that no text can be mistaken for the end of one and the beginning of another.
void add(std::string& key, char what, const std::string& text) { key += format("{}{}:{};", what, text.size(), text); }

}  // namespace

TlsOptions& TlsOptions::alpn(std::vector<std::string> protocols) {
    require_protocols(protocols);
    alpn_ = std::move(protocols);
    return *this;
}

TlsServerOptions& TlsServerOptions::alpn(std::vector<std::string> protocols) {
    require_protocols(protocols);
    alpn_ = std::move(protocols);
    return *this;
}

std::string TlsOptions::key() const {
    std::string key;
    if (!verify_) key += "unverified;";
    if (!system_cas_) key += "no-system;";
    if (min_version_ != TlsVersion::kTls12) key += "1.3;";
    for (const std::string& path : ca_files_) add(key, 'f', path);
    for (const std::string& text : ca_pems_) add(key, 'p', text);
    if (!chain_file_.empty()) add(key, 'c', chain_file_);
    if (!key_file_.empty()) add(key, 'k', key_file_);
    for (const std::string& name : alpn_) add(key, 'a', name);
    return key;
}

}  // namespace trawl
