#include "dns_answer.hpp"

#include <algorithm>
#include <array>

#include "trawl/base/ascii.hpp"
#include "trawl/base/format.hpp"

namespace trawl::net {
namespace {

// RFC 1035, section 4.1.4: a length that begins with two ones is a pointer, of two bytes, to the rest of the name.
constexpr std::uint8_t kPointer = 0xC0;

class Reader {
public:
    explicit Reader(std::string_view message) noexcept : rest_(message) {}

    [[nodiscard]] bool is_damaged() const noexcept { return damaged_; }
    std::uint8_t byte() noexcept { return static_cast<std::uint8_t>(number(1)); }
    std::uint16_t two() noexcept { return static_cast<std::uint16_t>(number(2)); }
    std::uint32_t four() noexcept { return number(4); }
    std::string_view bytes(std::size_t size) noexcept {
        if (size > rest_.size()) damaged_ = true;
        if (damaged_) return {};
        const std::string_view taken = rest_.substr(0, size);
        rest_.remove_prefix(size);
        return taken;
    }
    /// A name up to its end or to the first pointer, which is skipped.
    std::string name() {
        std::string text;
        for (std::uint8_t length = byte(); length != 0 && !damaged_; length = byte()) {
            if ((length & kPointer) != 0) {
                byte();
                break;
            }
            if (!text.empty()) text += '.';
            text += bytes(length);
        }
        return text;
    }

private:
    std::uint32_t number(std::size_t size) noexcept {
        std::uint32_t value = 0;
        for (const char one : bytes(size)) value = value << 8 | static_cast<std::uint8_t>(one);
        return value;
    }

    std::string_view rest_;
    bool damaged_ = false;
};

struct Record {
    std::uint16_t type = 0;
    std::uint32_t ttl = 0;
    std::string_view data;
};

Record read_record(Reader& reader) {
    Record record;
    reader.name();
    record.type = reader.two();
    reader.two();  // the class
    record.ttl = reader.four();
    record.data = reader.bytes(reader.two());
    return record;
}

// The last of the numbers in a SOA record, which end it (RFC 1035, section 3.3.13); or its own TTL, if that is less.
std::optional<std::uint32_t> negative_ttl_of(const Record& soa) noexcept {
    if (soa.data.size() < 4) return std::nullopt;
    return std::min(soa.ttl, Reader(soa.data.substr(soa.data.size() - 4)).four());
}

}  // namespace

std::optional<DnsAnswer> read_dns_answer(std::string_view message) {
    Reader reader(message);
    reader.two();  // the id
    const std::uint16_t flags = reader.two();
    const std::uint16_t questions = reader.two();
    const std::uint16_t answers = reader.two();
    const std::uint16_t authorities = reader.two();
    reader.two();
    if ((flags & 0x8000U) == 0 || questions != 1) return std::nullopt;
    DnsAnswer answer;
    answer.code = flags & 0x0FU;
    answer.question = reader.name();
    std::ranges::transform(answer.question, answer.question.begin(), [](char byte) { return to_lower(byte); });
    answer.type = reader.two();
    reader.two();
    if (reader.is_damaged()) return std::nullopt;
    for (unsigned i = 0; i < unsigned{answers} + authorities && !reader.is_damaged(); ++i) {
        const Record record = read_record(reader);
        const bool is_first_soa = i >= answers && record.type == kTypeSoa && !answer.negative_ttl;
        if (is_first_soa && !reader.is_damaged()) answer.negative_ttl = negative_ttl_of(record);
    }
    return answer;
}

std::string name_of_dns_code(std::uint8_t code) {
    constexpr std::array kNames = {"NOERROR", "FORMERR", "SERVFAIL", "NXDOMAIN", "NOTIMP", "REFUSED"};
    return code < kNames.size() ? kNames[code] : format("code {}", code);
}

}  // namespace trawl::net
