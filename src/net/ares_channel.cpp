#include "ares_channel.hpp"

#include <ares.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <limits>
#include <map>
#include <optional>
#include <unordered_map>
#include <utility>

#include "dns_answer.hpp"
#include "host_name.hpp"
#include "socket.hpp"
#include "trawl/base/ascii.hpp"
#include "trawl/base/format.hpp"
#include "trawl/loop/background.hpp"
#include "trawl/loop/loop.hpp"
#include "trawl/loop/ready.hpp"
#include "trawl/loop/time.hpp"

namespace trawl::net {
namespace {

using Reason = ResolveError::Reason;

// c-ares's clock has milliseconds: a shorter sleep would find that nothing is due yet.
constexpr Duration kTick = std::chrono::milliseconds(1);
constexpr std::size_t kNameMax = 254;  // RFC 1035, section 2.3.4, with the root's dot

/// A socket of c-ares's. It outlives its closing while a task of the channel's uses it.
struct Socket {
    Socket(int its_fd, int its_type) : io(its_fd), fd(its_fd), type(its_type) {}

    IoHandle io;
    int fd;
    int type;
    Address peer;
    bool is_read = false;  // a task waits to read
    bool is_written = false;
    bool wants_to_write = false;
};

/// What the servers said last to a question.
struct Heard {
    std::uint8_t code = 0;
    bool is_word = false;
    Address server;
};

std::chrono::seconds ttl_of(const ares_addrinfo& found) noexcept {
    int least = std::numeric_limits<int>::max();
    for (const auto* node = found.nodes; node != nullptr; node = node->ai_next) least = std::min(least, node->ai_ttl);
    for (const auto* name = found.cnames; name != nullptr; name = name->next) least = std::min(least, name->ttl);
    return std::chrono::seconds(std::max(least, 0));  // one with the highest bit set is none (RFC 2181, section 8)
}

Address address_of(const ares_addr_port_node& server) noexcept {
    constexpr std::uint16_t kDnsPort = 53;  // what c-ares means by 0
    const auto port = static_cast<std::uint16_t>(server.udp_port == 0 ? kDnsPort : server.udp_port);
    sockaddr_in v4{};
    v4.sin_family = AF_INET;
    v4.sin_addr = server.addr.addr4;
    if (server.family == AF_INET) return Address(reinterpret_cast<sockaddr*>(&v4), sizeof v4).with_port(port);
    sockaddr_in6 v6{};
    v6.sin6_family = AF_INET6;
    std::memcpy(&v6.sin6_addr, &server.addr.addr6, sizeof v6.sin6_addr);
    return Address(reinterpret_cast<sockaddr*>(&v6), sizeof v6).with_port(port);
}

NameAnswer answer_of(const ares_addrinfo& found) {
    NameAnswer answer;
    std::vector<Address> addresses;
    for (const auto* node = found.nodes; node != nullptr; node = node->ai_next)
        addresses.emplace_back(node->ai_addr, node->ai_addrlen);
    answer.addresses = in_order(addresses);
    answer.ttl = ttl_of(found);
    answer.may_be_kept = true;
    return answer;
}

/// Where the system's file says to look for names that are not whole.
struct Search {
    std::vector<std::string> domains;
    int ndots = 1;  // a name with so many dots is tried as it is first
};

Search search_of(ares_channel channel) {
    Search search;
    ares_options options{};
    int given = 0;
    if (::ares_save_options(channel, &options, &given) == ARES_SUCCESS) {
        search.ndots = options.ndots;
        for (int i = 0; i < options.ndomains; ++i) {
            std::string domain(without_root(options.domains[i]));
            std::ranges::transform(domain, domain.begin(), [](char byte) { return to_lower(byte); });
            if (!domain.empty()) search.domains.push_back(std::move(domain));  // systemd writes "search ."
        }
    }
    ::ares_destroy_options(&options);
    return search;
}

class Channel;

struct Question {
    Channel* channel;
    std::string name;  // without a dot at its end
    AresChannel::Done done;
    TimePoint began;
    Family family;
    std::optional<Heard> heard;
    std::optional<std::uint32_t> negative_ttl;

    void hear(const DnsAnswer& said, const Address& server) {
        if (said.type != (family == Family::kIPv4 ? kTypeA : kTypeAaaa)) return;
        heard = Heard{said.code, said.is_word(), server};
        if (said.negative_ttl) negative_ttl = std::min(negative_ttl.value_or(*said.negative_ttl), *said.negative_ttl);
    }
    /// A server said what there is.
    [[nodiscard]] bool is_answered() const noexcept { return heard && heard->is_word; }
    /// The server that could not say, if there is one.
    [[nodiscard]] const Heard* failure() const noexcept { return heard && !heard->is_word ? &*heard : nullptr; }
};

class Channel final : public AresChannel {
public:
    explicit Channel(const AresSettings& settings) : timeout_(settings.timeout) {}
    Channel(const Channel&) = delete;
    Channel& operator=(const Channel&) = delete;
    ~Channel() override {
        tasks_.cancel();
        is_ending_ = true;
        if (ares_ != nullptr) ::ares_destroy(ares_);
    }

    bool start(const AresSettings& settings);
    [[nodiscard]] std::vector<std::string> names_of(const std::string& host) const override;
    void ask(const std::string& name, Family family, Done done) override;
    [[nodiscard]] std::size_t running() const noexcept override { return questions_.size(); }

private:
    // c-ares calls these; `self` is the Channel, or the Question.
    static int make_socket(int family, int type, int protocol, void* self) noexcept;
    static int close_socket(int fd, void* self) noexcept;
    static int connect_socket(int fd, const sockaddr* address, socklen_t size, void* self) noexcept;
    static ssize_t receive(int fd, void* to, std::size_t size, int flags, sockaddr* from, socklen_t* from_size,
                           void* self) noexcept;
    static ssize_t send(int fd, const iovec* pieces, int count, void* self) noexcept;
    static void watch(void* self, int fd, int reads, int writes) noexcept;
    static void answered(void* question, int status, int timeouts, ares_addrinfo* found) noexcept;

    void hear(const Socket& socket, std::string_view message);
    std::unique_ptr<Question> take(const Question& question);
    void process(int read_fd, int write_fd) noexcept { ::ares_process_fd(ares_, read_fd, write_fd); }
    Task<> read(std::shared_ptr<Socket> socket);
    Task<> write(std::shared_ptr<Socket> socket);
    Task<> keep_time();
    [[nodiscard]] std::string servers() const;
    [[nodiscard]] NameAnswer failure_of(const Question& question, int status) const;

    ares_channel ares_ = nullptr;
    Search search_;
    Duration timeout_;
    std::unordered_multimap<std::string, std::unique_ptr<Question>> questions_;  // by their names
    std::map<int, std::shared_ptr<Socket>> sockets_;
    int missing_ = 0;  // the errno of the last socket that could not be made
    bool keeps_time_ = false;
    bool is_ending_ = false;
    Background tasks_;
};

// ---- What c-ares calls ----

int Channel::make_socket(int family, int type, int protocol, void* self) noexcept {
    auto& channel = *static_cast<Channel*>(self);
    if (channel.is_ending_) {
        errno = EAFNOSUPPORT;
        return -1;
    }
    const int fd = ::socket(family, type | SOCK_NONBLOCK | SOCK_CLOEXEC, protocol);
    channel.missing_ = fd < 0 ? errno : 0;
    if (fd < 0) return -1;
    try {
        channel.sockets_[fd] = std::make_shared<Socket>(fd, type);
    } catch (const OsError& error) {  // the handle has closed it
        channel.sockets_.erase(fd);
        channel.missing_ = errno = error.code();
        return -1;
    }
    const int now = 1;
    if (type == SOCK_STREAM) ::setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &now, sizeof now);
    return fd;
}

// A task that waits for it is told; one that runs sees it when c-ares returns.
int Channel::close_socket(int fd, void* self) noexcept {
    auto& sockets = static_cast<Channel*>(self)->sockets_;
    const auto found = sockets.find(fd);
    if (found == sockets.end()) return 0;
    found->second->io.close();
    sockets.erase(found);
    return 0;
}

int Channel::connect_socket(int fd, const sockaddr* address, socklen_t size, void* self) noexcept {
    static_cast<Channel*>(self)->sockets_.at(fd)->peer = Address(address, size);
    return ::connect(fd, address, size);
}

// An empty datagram is no end, for which c-ares 1.18 takes it (CVE-2023-32067).
ssize_t Channel::receive(int fd, void* to, std::size_t size, int flags, sockaddr* from, socklen_t* from_size,
                         void* self) noexcept {
    auto& channel = *static_cast<Channel*>(self);
    const Socket& socket = *channel.sockets_.at(fd);
    const bool is_datagram = socket.type == SOCK_DGRAM;
    ssize_t got;
    do {
        got = ::recvfrom(fd, to, size, flags, from, from_size);
    } while ((got < 0 && errno == EINTR) || (got == 0 && is_datagram));
    const bool is_whole = is_datagram || static_cast<std::size_t>(got) == size;
    if (got > 0 && is_whole) channel.hear(socket, {static_cast<const char*>(to), static_cast<std::size_t>(got)});
    return got;
}

ssize_t Channel::send(int fd, const iovec* pieces, int count, void* /*self*/) noexcept {
    msghdr message{};
    message.msg_iov = const_cast<iovec*>(pieces);
    message.msg_iovlen = static_cast<std::size_t>(count);
    return ::sendmsg(fd, &message, MSG_NOSIGNAL);
}

void Channel::watch(void* self, int fd, int reads, int writes) noexcept {
    auto& channel = *static_cast<Channel*>(self);
    const auto found = channel.sockets_.find(fd);
    if (found == channel.sockets_.end()) return;
    const std::shared_ptr<Socket>& socket = found->second;
    socket->wants_to_write = writes != 0;
    if (reads != 0 && !std::exchange(socket->is_read, true)) channel.tasks_.spawn(channel.read(socket), "resolver");
    if (writes != 0 && !std::exchange(socket->is_written, true))
        channel.tasks_.spawn(channel.write(socket), "resolver");
}

void Channel::answered(void* question, int status, int /*timeouts*/, ares_addrinfo* found) noexcept {
    Channel& channel = *static_cast<Question*>(question)->channel;
    const std::unique_ptr<Question> asked = channel.take(*static_cast<Question*>(question));
    const bool is_found = status == ARES_SUCCESS && found != nullptr && found->nodes != nullptr;
    NameAnswer answer = is_found ? answer_of(*found) : channel.failure_of(*asked, status);
    if (found != nullptr) ::ares_freeaddrinfo(found);
    asked->done(std::move(answer));
}

// ---- What the loop does for it ----

bool Channel::start(const AresSettings& settings) {
    static const bool is_there = ::ares_library_init(ARES_LIB_INIT_ALL) == ARES_SUCCESS;
    if (!is_there) return false;
    ares_options options{};
    options.timeout = static_cast<int>(std::chrono::duration_cast<std::chrono::milliseconds>(settings.timeout).count());
    options.tries = settings.tries;
    std::string path = settings.resolv_conf;
    std::string lookups = "b";  // servers alone
    options.resolvconf_path = path.data();
    options.lookups = lookups.data();
    options.sock_state_cb = &watch;
    options.sock_state_cb_data = this;
    constexpr int kGiven =
        ARES_OPT_TIMEOUTMS | ARES_OPT_TRIES | ARES_OPT_RESOLVCONF | ARES_OPT_LOOKUPS | ARES_OPT_SOCK_STATE_CB;
    if (::ares_init_options(&ares_, &options, kGiven) != ARES_SUCCESS) return false;
    static const ares_socket_functions kSockets = {&make_socket, &close_socket, &connect_socket, &receive, &send};
    ::ares_set_socket_functions(ares_, &kSockets, this);
    search_ = search_of(ares_);
    std::string named;
    for (const Address& server : settings.servers) named += (named.empty() ? "" : ",") + server.str();
    return named.empty() || ::ares_set_servers_ports_csv(ares_, named.c_str()) == ARES_SUCCESS;
}

// resolv.conf(5), "search" and "options ndots".
std::vector<std::string> Channel::names_of(const std::string& host) const {
    if (host.ends_with('.')) return {host};
    std::vector<std::string> names;
    for (const std::string& domain : search_.domains) {
        std::string name = format("{}.{}.", host, domain);
        if (name.size() <= kNameMax) names.push_back(std::move(name));
    }
    const bool is_first = std::ranges::count(host, '.') >= search_.ndots;
    names.insert(is_first ? names.begin() : names.end(), host + '.');
    return names;
}

void Channel::ask(const std::string& name, Family family, Done done) {
    auto question = std::make_unique<Question>();
    question->channel = this;
    question->family = family;
    question->name = without_root(name);
    question->done = std::move(done);
    question->began = now();
    Question& asked = *question;
    questions_.emplace(asked.name, std::move(question));
    ares_addrinfo_hints hints{};
    hints.ai_flags = ARES_AI_NOSORT;
    hints.ai_family = family == Family::kIPv4 ? AF_INET : AF_INET6;
    hints.ai_socktype = SOCK_STREAM;
    ::ares_getaddrinfo(ares_, name.c_str(), nullptr, &hints, &answered, &asked);
    if (!questions_.empty() && !std::exchange(keeps_time_, true)) tasks_.spawn(keep_time(), "resolver's time limits");
}

void Channel::hear(const Socket& socket, std::string_view message) {
    const auto said = read_dns_answer(message);
    if (!said) return;
    const auto [begin, end] = questions_.equal_range(said->question);
    for (auto one = begin; one != end; ++one) one->second->hear(*said, socket.peer);
}

std::unique_ptr<Question> Channel::take(const Question& question) {
    auto place = questions_.equal_range(question.name).first;
    while (place->second.get() != &question) ++place;
    std::unique_ptr<Question> taken = std::move(place->second);
    questions_.erase(place);
    return taken;
}

Task<> Channel::read(std::shared_ptr<Socket> socket) {
    try {
        while (socket->io.is_open()) {
            co_await socket->io.begin<loop::Ready>(loop::Direction::kRead);
            if (socket->io.is_open()) process(socket->fd, ARES_SOCKET_BAD);
        }
    } catch (const OsError&) {  // it was closed; for whatever else it was, there are the time limits
    }
    socket->is_read = false;
}

Task<> Channel::write(std::shared_ptr<Socket> socket) {
    try {
        while (socket->io.is_open() && socket->wants_to_write) {
            co_await socket->io.begin<loop::Ready>(loop::Direction::kWrite);
            if (socket->io.is_open()) process(ARES_SOCKET_BAD, socket->fd);
        }
    } catch (const OsError&) {  // as above
    }
    socket->is_written = false;
}

// A question that is asked while this sleeps is not due before the shortest limit that there is has passed.
Task<> Channel::keep_time() {
    while (!questions_.empty()) {
        timeval most{};
        most.tv_sec = std::chrono::duration_cast<std::chrono::seconds>(timeout_).count() + 1;
        timeval left{};
        const timeval* const due = ::ares_timeout(ares_, &most, &left);
        const Duration until = std::chrono::seconds(due->tv_sec) + std::chrono::microseconds(due->tv_usec);
        co_await sleep(std::clamp(until, kTick, timeout_));
        process(ARES_SOCKET_BAD, ARES_SOCKET_BAD);
    }
    keeps_time_ = false;
}

// ---- What is said of failures ----

std::string Channel::servers() const {
    ares_addr_port_node* first = nullptr;
    if (::ares_get_servers_ports(ares_, &first) != ARES_SUCCESS) return "the name servers";
    std::string text;
    for (const ares_addr_port_node* one = first; one != nullptr; one = one->next)
        text += (text.empty() ? "" : ", ") + address_of(*one).str();
    ::ares_free_data(first);
    return text;
}

NameAnswer Channel::failure_of(const Question& question, int status) const {
    NameAnswer answer;
    const Heard* const failure = question.failure();
    const bool is_absent = status == ARES_ENOTFOUND || status == ARES_ENODATA;
    const bool is_gone = status == ARES_EDESTRUCTION || status == ARES_ECANCELLED;
    if (is_gone) {
        answer.why = "the loop has ended";
    } else if (failure != nullptr && status != ARES_ETIMEOUT) {
        answer.reason = Reason::kServerFailed;
        answer.why = format("the name server {} answers {}; ask again later, or another server (/etc/resolv.conf)",
                            failure->server.str(), name_of_dns_code(failure->code));
    } else if (is_absent) {
        answer.reason = status == ARES_ENOTFOUND ? Reason::kNoSuchHost : Reason::kNoAddress;
        answer.may_be_kept = question.is_answered();
        answer.ttl = std::chrono::seconds(question.negative_ttl.value_or(0));
    } else if (status == ARES_ETIMEOUT) {
        answer.reason = Reason::kNoAnswer;
        answer.why = format("no answer from {} in {:.1f} s; check the network and /etc/resolv.conf", servers(),
                            std::chrono::duration<double>(now() - question.began).count());
    } else if (status == ARES_ECONNREFUSED) {
        const bool is_missing = missing_ == EMFILE || missing_ == ENFILE;
        answer.missing = is_missing ? missing_ : 0;
        answer.reason = Reason::kNoAnswer;
        answer.why = format("{} cannot be reached; check the network and /etc/resolv.conf", servers());
    } else {
        answer.reason = Reason::kServerFailed;
        answer.why = format("the answer of {} is of no use ({})", servers(), ::ares_strerror(status));
    }
    return answer;
}

}  // namespace

std::unique_ptr<AresChannel> AresChannel::make(const AresSettings& settings) {
    auto channel = std::make_unique<Channel>(settings);
    if (!channel->start(settings)) return nullptr;
    return channel;
}

}  // namespace trawl::net
