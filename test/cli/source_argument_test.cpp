/// A source on the command line: files that are none, or have another name.
#include "source_argument.hpp"

#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>
#include <fstream>

#include "trawl/base/error.hpp"
#include "trawl/loop/loop.hpp"

namespace trawl::cli {
namespace {

class SourceArgument : public testing::Test {
protected:
    SourceArgument() {
        std::string name = (std::filesystem::temp_directory_path() / "trawl-XXXXXX").string();
        folder_ = ::mkdtemp(name.data());
        std::ofstream(folder_ / "issues.toml")
            << "[client]\nbase_url = \"http://h\"\n[[resources]]\nname = \"issues\"\n";
        std::ofstream(folder_ / "notes.txt") << "x";
    }
    ~SourceArgument() override { std::filesystem::remove_all(folder_); }

    [[nodiscard]] std::string path(const std::string& name) const { return (folder_ / name).string(); }

    static std::string problem(const std::string& source) {
        SourceArguments arguments;
        arguments.source = source;
        try {
            (void)run(connector_of(arguments));
        } catch (const Error& error) {
            return error.what();
        }
        return "none";
    }

private:
    std::filesystem::path folder_;
};

TEST_F(SourceArgument, AMistypedFileIsNamedRight) {
    for (const char* mistyped : {"isues.toml", "issues.tml", "issues"}) {
        EXPECT_EQ(problem(path(mistyped)),
                  "there is no file " + path(mistyped) + "; did you mean '" + path("issues.toml") + "'?");
    }
    EXPECT_EQ(problem(path("issues.toml")), "none");
}

TEST_F(SourceArgument, AFileThatIsNoConnectorIsNoUrl) {
    EXPECT_EQ(
        problem(path("notes.txt")),
        path("notes.txt") + " is a file, and no connector: its name must end in .toml; see trawl help connectors");
    EXPECT_EQ(problem("source.yaml"),
              "source.yaml is neither a URL (https://host/path) nor a connector's file, whose name must end in .toml");
}

TEST_F(SourceArgument, AHostWithoutASchemeIsAUrl) {
    EXPECT_NE(problem("api.example.com/items").find("did you mean 'https://api.example.com/items'?"),
              std::string::npos);
    EXPECT_NE(problem("127.0.0.1:8000/x").find("did you mean 'http://127.0.0.1:8000/x'?"), std::string::npos);
}

}  // namespace
}  // namespace trawl::cli
