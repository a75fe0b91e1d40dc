/// What is wrong with a connector file: all of it, each with its place, told at once.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "trawl/fetch/file_place.hpp"

namespace trawl::fetch {

class ConnectorProblems {
public:
    explicit ConnectorProblems(std::string file) : file_(std::move(file)) {}

    /// The same problem at the same place counts once: defaults are read again for each resource.
    void add(FilePlace at, std::string message);
    [[nodiscard]] bool empty() const noexcept { return found_.empty(); }
    [[nodiscard]] const std::string& file() const noexcept { return file_; }

    /// Throws ConnectorError, in the order of the file, when there is any.
    void throw_if_any() const;

private:
    struct Problem {
        FilePlace at;
        std::string message;
        friend auto operator<=>(const Problem&, const Problem&) = default;
    };
    std::string file_;
    std::vector<Problem> found_;  // in the order of the file
};

}  // namespace trawl::fetch
