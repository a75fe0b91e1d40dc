// The command line: its verbs are in options_*.cpp; here is what holds for all of them.
#include "options.hpp"

#include <string_view>

#include "connectors_help.hpp"
#include "exit_code.hpp"
#include "options_parts.hpp"
#include "other_words.hpp"
#include "paginators_help.hpp"
#include "trawl/base/error.hpp"
#include "trawl/base/format.hpp"

namespace trawl::cli {
namespace {

constexpr const char* kAbout =
    "trawl retrieves data concurrently: paginated HTTP/JSON APIs in, a Delta Lake table out.\n"
    "\n"
    "  trawl pull https://api.example.com/items               pagination, records and speed are found\n"
    "  trawl pull issues.toml --to lake/                      what a connector's file says\n"
    "  trawl check issues.toml                                what is found on the first page; preview: its rows\n"
    "  trawl sql \"select count(*) from items\" --lake lake     ask the lake\n"
    "  trawl get -i urls.txt --to files/                      a list of URLs into files\n"
    "  trawl ps 4711                                          what a pull that runs is doing\n"
    "  trawl help connectors                                  secrets, several endpoints, only what is new\n"
    "  trawl help paginators                                  when the pagination is not found\n";

/// The verbs, in the order in which the help shows them.
std::vector<Verb> add_verbs(CLI::App& app) {
    std::vector<Verb> verbs;
    for (const auto add : {add_pull, add_check, add_preview, add_init, add_plan, add_get, add_sql, add_ps})
        verbs.push_back(add(app));
    return verbs;
}

std::vector<std::string> topics(const std::vector<Verb>& verbs) {
    std::vector<std::string> words{"connectors", "paginators", "exit-codes"};
    for (const Verb& verb : verbs) words.push_back(verb.app->get_name());
    return words;
}

std::string help_on(const std::string& topic, const CLI::App& app, const std::vector<Verb>& verbs) {
    if (topic.empty()) return app.help();
    if (topic == "exit-codes") return exit_codes_help();
    if (topic == "paginators") return paginators_help();
    if (topic == "connectors") return connectors_help();
    for (const Verb& verb : verbs) {
        if (topic == verb.app->get_name()) return verb.app->help(app.get_name());
    }
    const std::vector<std::string> words = topics(verbs);
    const std::vector<std::string_view> known(words.begin(), words.end());
    throw UsageError(format("there is no help on '{}'{}; use {}", topic, meant(topic, known), listed(words)));
}

/// The verb that was named, if one was.
const CLI::App* verb_of(const CLI::App& app) {
    const std::vector<CLI::App*> named = app.get_subcommands();
    return named.empty() ? nullptr : named.front();
}

/// "trawl help pull", or "trawl --help" where there is no verb.
std::string help_of(const CLI::App& app) {
    const CLI::App* verb = verb_of(app);
    return verb == nullptr || verb->get_name() == "help" ? "trawl --help" : "trawl help " + verb->get_name();
}

/// What could have been meant: the verb's options, or without one all verbs.
std::vector<std::string> known_words(const CLI::App& app) {
    const CLI::App* verb = verb_of(app);
    std::vector<std::string> names;
    for (const CLI::Option* option : (verb == nullptr ? app : *verb).get_options()) {
        for (const std::string& name : option->get_lnames()) names.push_back("--" + name);
        for (const std::string& name : option->get_snames()) names.push_back("-" + name);
    }
    if (verb != nullptr) return names;
    for (const CLI::App* one : app.get_subcommands([](const CLI::App*) { return true; }))
        names.push_back(one->get_name());
    return names;
}

// CLI11 names what it did not expect in reverse; the first word is the one that was mistyped.
std::string unexpected(const std::vector<std::string>& words, const CLI::App& app) {
    const CLI::App* verb = verb_of(app);
    const std::vector<std::string> names = known_words(app);
    const std::vector<std::string_view> known(names.begin(), names.end());
    if (verb == nullptr && !words.front().starts_with("-"))
        return format("there is no verb '{}'{}", words.front(), meant(words.front(), known));
    for (const std::string& word : words) {
        const std::string name = word.substr(0, word.find('='));  // what stands behind it may be a secret
        if (!word.starts_with("-")) continue;
        const std::string owner = verb == nullptr ? "" : format(" of trawl {}", verb->get_name());
        return format("there is no option {}{}{}", name, owner, meant(name, known));
    }
    if (words.front().find("://") != std::string::npos) return "a second URL was not expected";
    const std::string_view quotes = verb->get_name() == "sql" ? "; put the query in quotes" : "";
    return format("'{}' was not expected behind trawl {}{}", words.front(), verb->get_name(), quotes);
}

// One line, also for what CLI11 says in several.
[[noreturn]] void throw_usage(const CLI::ParseError& error, const CLI::App& app) {
    std::string message = error.what();
    for (char& c : message) {
        if (c == '\n') c = ' ';
    }
    throw UsageError(format("{}; see {}", message, help_of(app)));
}

}  // namespace

Command parse_command_line(int argc, const char* const* argv) {
    CLI::App app(kAbout, "trawl");
    app.set_version_flag("--version", "trawl " TRAWL_VERSION);
    app.require_subcommand(0, 1);  // a word that is no verb is then named as such
    const std::vector<Verb> verbs = add_verbs(app);
    std::string topic;
    CLI::App* help = app.add_subcommand("help", "Explain: connectors, paginators, exit-codes, or a verb");
    help->add_option("TOPIC", topic, listed(topics(verbs)));
    try {
        app.parse(argc, argv);
    } catch (const CLI::CallForVersion&) {
        return PrintCommand{app.version() + "\n"};
    } catch (const CLI::CallForAllHelp&) {
        return PrintCommand{app.help("", CLI::AppFormatMode::All)};
    } catch (const CLI::CallForHelp&) {
        return PrintCommand{app.help()};
    } catch (const CLI::ExtrasError&) {
        throw UsageError(format("{}; see {}", unexpected(app.remaining(true), app), help_of(app)));
    } catch (const CLI::ParseError& error) {
        throw_usage(error, app);
    }
    for (const Verb& verb : verbs) {
        if (*verb.app) return verb.command();
    }
    if (!*help) throw UsageError("there is no verb: use trawl pull URL, or trawl sql QUERY; see trawl --help");
    return PrintCommand{help_on(topic, app, verbs)};
}

}  // namespace trawl::cli
