/// One commit of the records that come on standard input, one JSON text a line: what the tool has no flags for. Prints
/// what was done as one JSON object, its notes one a line on standard error.
///
///     e2e_lake_writer <lake> <table> <replace | append | merge> <primary key, its parts with commas, or ""> <number>
///
/// <number> is the version of the application "e2e" and, as text, its checkpoint.
#include <algorithm>
#include <iostream>
#include <string>

#include "trawl/base/error.hpp"
#include "trawl/base/format.hpp"
#include "trawl/lake/writer.hpp"

namespace {

trawl::CommitOptions options_of(const std::string& disposition, std::string keys, const std::string& number) {
    trawl::CommitOptions options;
    options.disposition = disposition == "replace"  ? trawl::Disposition::replace
                          : disposition == "append" ? trawl::Disposition::append
                                                    : trawl::Disposition::merge;
    while (!keys.empty()) {
        const auto comma = std::min(keys.find(','), keys.size());
        options.primary_key.push_back(keys.substr(0, comma));
        keys.erase(0, comma + 1);
    }
    options.application = "e2e";
    options.application_version = std::stoll(number);
    options.checkpoint = number;
    return options;
}

void write(char** argv) {
    trawl::TableWriter writer(argv[1], argv[2]);
    std::string line;
    while (std::getline(std::cin, line)) writer.append(line);
    const trawl::Committed done = writer.commit(options_of(argv[3], argv[4], argv[5]));
    trawl::print(R"({{"version":{},"rows":{},"superseded":{},"replaced":{},"rewritten":{},"files":{},"bytes":{}}})"
                 "\n",
                 done.version, done.rows, done.superseded, done.replaced, done.rewritten, done.files, done.bytes);
    for (const std::string& note : done.notes) std::cerr << note << '\n';
}

}  // namespace

int main(int argc, char** argv) {
    if (argc != 6) return 2;
    try {
        write(argv);
    } catch (const trawl::Error& error) {
        std::cerr << error.what() << '\n';
        return 1;
    }
}
