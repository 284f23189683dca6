// SPDX-License-Identifier: BSD-2-Clause
#include "app/cli_errors.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <vector>

#include "app/cli_options.h"
#include "app/nearest.h"

namespace peek {

namespace {

// The program, its command, that one's command, as far as they were given.
std::vector<const CLI::App*> given_commands(const CLI::App& app) {
    std::vector<const CLI::App*> commands{&app};
    while (true) {
        const auto parsed = commands.back()->get_subcommands();
        if (parsed.empty()) return commands;
        commands.push_back(parsed.front());
    }
}

std::string did_you_mean(const std::string& word, const std::vector<std::string>& names) {
    const std::string name = nearest(word, names);
    return name.empty() ? "" : "; did you mean '" + name + "'?";
}

std::string see_help(const std::vector<const CLI::App*>& commands) {
    std::string line;
    for (const CLI::App* command : commands) line += command->get_name() + " ";
    return "; see " + line + "--help";
}

std::string unknown_option(const std::string& word, const std::vector<const CLI::App*>& commands) {
    std::vector<std::string> names;
    for (const CLI::App* command : commands)
        for (const CLI::Option* option : command->get_options())
            for (const std::string& name : option->get_lnames()) names.push_back("--" + name);
    const std::string near = did_you_mean(word.substr(0, word.find('=')), names);
    return fmt::format("unknown option '{}'{}", word, near.empty() ? see_help(commands) : near);
}

std::string unknown_command(const std::vector<std::string>& words,
                            const std::vector<const CLI::App*>& commands) {
    std::vector<std::string> names;
    for (const CLI::App* command : commands.back()->get_subcommands(nullptr))
        names.push_back(command->get_name());
    const auto word = std::find_if(words.begin(), words.end(),
                                   [](const std::string& w) { return !w.starts_with('-'); });
    if (word != words.end()) {
        const std::string near = did_you_mean(*word, names);
        return fmt::format("unknown command '{}'{}", *word,
                           near.empty() ? see_help(commands) : near);
    }
    if (!words.empty()) return unknown_option(words.front(), commands);
    return fmt::format("{}name a command: {}",
                       commands.size() == 1 ? "" : commands.back()->get_name() + ": ",
                       fmt::join(names, ", "));
}

std::string unexpected(const std::vector<std::string>& words,
                       const std::vector<const CLI::App*>& commands) {
    for (const std::string& word : words)
        if (word.starts_with('-')) return unknown_option(word, commands);
    return fmt::format("{}: not expected: {}{}", commands.back()->get_name(), fmt::join(words, " "),
                       see_help(commands));
}

bool names_rules(const std::string& option, const std::vector<const CLI::App*>& commands) {
    return std::any_of(commands.begin(), commands.end(), [&](const CLI::App* command) {
        const CLI::Option* found = command->get_option_no_throw(option);
        return found != nullptr && found->get_group() == kRulesGroup;
    });
}

}  // namespace

std::string text_of(const CLI::ParseError& error, const CLI::App& app) {
    const auto commands = given_commands(app);
    const auto words = app.remaining(true);
    const std::string what = error.what();
    const std::string kind = error.get_name();
    const std::string subject = what.substr(0, what.find(": "));  // an option, in most
    if (kind == "RequiredError") {
        if (!commands.back()->get_subcommands(nullptr).empty())
            return unknown_command(words, commands);
        return commands.back()->get_name() + ": " + what + see_help(commands);
    }
    // Its name is the program's.
    if (error.get_exit_code() == static_cast<int>(CLI::ExitCodes::ExtrasError))
        return unexpected(words, commands);
    if (kind == "FileError") {
        const auto path = app.get_config_ptr()->as<std::string>();
        const bool readable = access(path.c_str(), R_OK) == 0;
        return fmt::format("--config {}: {}", path,
                           readable ? "cannot be read as a file" : std::strerror(errno));
    }
    if (kind == "ArgumentMismatch" && what.find("At Most 1 required") != std::string::npos)
        return subject + ": given more than once; " +
               (names_rules(subject, commands) ? "give one file; join lists with cat"
                                               : "give it once");
    if (kind == "ArgumentMismatch" && what.ends_with(" missing"))
        return subject + ": needs a value";
    if (kind == "ConversionError") {
        const size_t value = what.rfind(" = ");
        const size_t option = what.find(": ");
        if (value != std::string::npos && option < value)
            return fmt::format("{}: '{}' is no value for it",
                               what.substr(option + 2, value - option - 2), what.substr(value + 3));
    }
    return what;
}

}  // namespace peek
