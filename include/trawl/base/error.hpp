/// The exception tree. Everything trawl throws on purpose derives from Error; it is drawn here once:
///
///     Error
///     ├── UsageError               the caller asked for something that has no meaning (a negative count, a bad option)
///     │   └── ConnectorError       a connector file cannot be used: problems() says where and why, all of them
///     ├── DeadlockError            every task waits, and nothing is left that could wake one
///     ├── ErrorGroup               several tasks failed: errors() are theirs
///     ├── Interrupted              SIGINT or SIGTERM cancelled the main task: signal() is which
///     ├── TimeoutError             a deadline passed; the work behind it is gone
///     ├── OsError                  a system call failed: code() is its errno
///     │   ├── ConnectError         no connection to the host could be made (refused, unreachable, ...)
///     │   └── FileError            a file or directory could not be used: operation() and path() say how and which
///     ├── ResolveError             the host's name has no address: reason() says whether it exists
///     ├── TlsError                 no secure connection, or no more: host() and reason() say with whom and why
///     │   ├── CertificateError     the peer's certificate is not accepted: trying again will not help
///     │   └── TruncatedError       the connection ended without TLS's end (close_notify): bytes may be missing
///     ├── ProcessError             a program that was run says that it failed, or was killed
///     ├── ClosedError              the peer or we closed it: a connection, a queue
///     │   └── QueueShutDown        the queue was shut down: it takes nothing more, or has nothing left to give
///     ├── BarrierBroken            a Barrier was aborted or reset while this task waited for the others, or before
///     ├── JsonError                a text is not JSON, or its JSON is not what it was read as
///     ├── HttpError                names the request (method, redacted URL, attempt)
///     │   ├── InvalidUrl           the text is not an http(s) URL
///     │   ├── AuthError            a login failed before the request was sent, or cannot be done
///     │   ├── ProtocolError        the answer breaks HTTP's framing, or ends before it is complete
///     │   │   ├── RefusedRedirect  a redirect leads where none is followed
///     │   │   ├── BodyTooLarge     the body has more bytes than the client takes
///     │   │   └── DecompressionBomb a coded body grows beyond all measure
///     │   └── StatusError          the status says that the request failed: status() is it
///     ├── FetchError               the source answered, but not with what a retrieval needs
///     │   ├── PageError            a page is not JSON, or its JSON is damaged
///     │   ├── NoRecordsError       a page has no array of records
///     │   └── PaginationError      the pages contradict each other (repeat, shrink, never end)
///     └── LakeError                the table could not be read or written
///         ├── StoreError           the directory or file cannot be written
///         ├── SchemaError          values that the table cannot hold without changing them
///         ├── CommitConflict       somebody else committed this version of the table first
///         └── QueryError           DuckDB refused the SQL
///
/// A message says what happened, where, and what to do about it. URLs in messages are redacted before they get here.
#pragma once

#include <exception>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace trawl {

class Error : public std::runtime_error {
public:
    using std::runtime_error::runtime_error;
};

class UsageError : public Error {
public:
    using Error::Error;
};

class ConnectorError : public UsageError {
public:
    /// `problems` are lines "file:line:column: message", at least one. The message is these lines, the first 20 of
    /// them: more do not fit a terminal.
    explicit ConnectorError(std::vector<std::string> problems);
    [[nodiscard]] const std::vector<std::string>& problems() const noexcept { return problems_; }

private:
    std::vector<std::string> problems_;
};

class DeadlockError : public Error {
public:
    using Error::Error;
};

class ErrorGroup : public Error {
public:
    /// `errors` in the order in which they were thrown; at least one. The message quotes the first.
    explicit ErrorGroup(std::vector<std::exception_ptr> errors);
    [[nodiscard]] const std::vector<std::exception_ptr>& errors() const noexcept { return errors_; }

private:
    std::vector<std::exception_ptr> errors_;
};

class Interrupted : public Error {
public:
    explicit Interrupted(int signal);
    [[nodiscard]] int signal() const noexcept { return signal_; }

private:
    int signal_;
};

class TimeoutError : public Error {
public:
    using Error::Error;
};

class OsError : public Error {
public:
    /// `what_failed` names the call and its object: "open lake/_delta_log". The errno's text is appended, and behind it
    /// the advice, if there is any.
    OsError(int code, const std::string& what_failed, const std::string& advice = {});
    [[nodiscard]] int code() const noexcept { return code_; }
    /// What it says before the system's own words.
    [[nodiscard]] std::string_view what_failed() const noexcept;

private:
    int code_;
};

class ConnectError : public OsError {
public:
    using OsError::OsError;
};

class FileError : public OsError {
public:
    /// `operation` is a verb: "read", "rename"; `advice` says what to do; `target` is the second path of a rename.
    FileError(int code, std::string operation, std::string path, const std::string& advice,
              const std::string& target = {});
    [[nodiscard]] const std::string& operation() const noexcept { return operation_; }
    [[nodiscard]] const std::string& path() const noexcept { return path_; }

private:
    std::string operation_;
    std::string path_;
};

class ResolveError : public Error {
public:
    enum class Reason : unsigned char {
        kOther,
        kBadName,       // it is no name that a host can have
        kNoSuchHost,    // the servers say so (NXDOMAIN)
        kNoAddress,     // the name is there, but has no IPv4 or IPv6 address
        kServerFailed,  // the servers cannot, or do not want to, say (SERVFAIL, REFUSED, a damaged answer)
        kNoAnswer,      // in time
    };
    explicit ResolveError(const std::string& message, Reason reason = Reason::kOther)
        : Error(message), reason_(reason) {}
    /// kOther when the system's own resolver was asked: it does not always tell.
    [[nodiscard]] Reason reason() const noexcept { return reason_; }

private:
    Reason reason_;
};

class TlsError : public Error {
public:
    /// `host` is who was asked for, or "the client" at a server; `reason` is a phrase that follows a colon.
    TlsError(std::string host, std::string reason);
    [[nodiscard]] const std::string& host() const noexcept { return host_; }
    [[nodiscard]] const std::string& reason() const noexcept { return reason_; }

private:
    std::string host_;
    std::string reason_;
};

class CertificateError : public TlsError {
public:
    using TlsError::TlsError;
};

class TruncatedError : public TlsError {
public:
    using TlsError::TlsError;
};

class ProcessError : public Error {
public:
    using Error::Error;
};

class ClosedError : public Error {
public:
    using Error::Error;
};

class QueueShutDown : public ClosedError {
public:
    using ClosedError::ClosedError;
};

class BarrierBroken : public Error {
public:
    using Error::Error;
};

class JsonError : public Error {
public:
    using Error::Error;
};

class HttpError : public Error {
public:
    using Error::Error;
};

class InvalidUrl : public HttpError {
public:
    using HttpError::HttpError;
};

class AuthError : public HttpError {
public:
    using HttpError::HttpError;
};

class ProtocolError : public HttpError {
public:
    using HttpError::HttpError;
};

class StatusError : public HttpError {
public:
    StatusError(int status, const std::string& message) : HttpError(message), status_(status) {}
    [[nodiscard]] int status() const noexcept { return status_; }

private:
    int status_;
};

class FetchError : public Error {
public:
    using Error::Error;
};

class PageError : public FetchError {
public:
    using FetchError::FetchError;
};

class NoRecordsError : public FetchError {
public:
    using FetchError::FetchError;
};

class PaginationError : public FetchError {
public:
    using FetchError::FetchError;
};

class LakeError : public Error {
public:
    using Error::Error;
};

class StoreError : public LakeError {
public:
    using LakeError::LakeError;
};

class SchemaError : public LakeError {
public:
    using LakeError::LakeError;
};

class CommitConflict : public LakeError {
public:
    using LakeError::LakeError;
};

class QueryError : public LakeError {
public:
    using LakeError::LakeError;
};

}  // namespace trawl
