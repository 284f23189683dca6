// SPDX-License-Identifier: BSD-2-Clause
#include "app/config_file.h"

#include <fmt/format.h>
#include <toml++/toml.h>

#include <algorithm>
#include <vector>

#include "app/cli_errors.h"
#include "app/cli_options.h"
#include "app/nearest.h"

namespace peek {

namespace {

constexpr const char* kMonitorCommand = "attach";
// CLI11 lists everything only through a filter.
constexpr auto kAnyOption = [](const CLI::Option*) { return true; };
constexpr auto kAnyCommand = [](const CLI::App*) { return true; };

std::string lower(std::string text) {
    std::transform(text.begin(), text.end(), text.begin(), ::tolower);
    return text;
}

// The name of an option in the file; empty for what has no place there.
std::string key_of(const CLI::Option& option) {
    if (option.get_lnames().empty()) return lower(option.get_name(true, false));
    const std::string& name = option.get_lnames().front();
    for (const char* other : {"help", "version", "config"})
        if (name == other) return "";
    return name;
}

CLI::Option* find_option(CLI::App& app, const std::string& key) {
    for (CLI::Option* option : app.get_options(kAnyOption))
        if (!key.empty() && key_of(*option) == key) return option;
    return nullptr;
}

CLI::App* find_command(CLI::App& app, std::string_view name) {
    for (CLI::App* command : app.get_subcommands(kAnyCommand))
        if (command->get_name() == name) return command;
    return nullptr;
}

// A bad place in the file.
struct Misfit {
    toml::source_position where;
    std::string what;
};

// One run through one file. What nobody knows is collected; any other Misfit is thrown.
class Reader {
  public:
    explicit Reader(CLI::App& app) : app_(app) {
        for (CLI::App* at = &app; at != nullptr; at = running(*at)) commands_.push_back(at);
    }

    void read(const toml::table& file) {
        read_tables(file, app_);
        CLI::App* monitor = find_command(app_, kMonitorCommand);
        for (const auto& [name, node] : file) {
            if (node.is_table()) continue;
            const std::string key(name.str());
            CLI::Option* general = general_option(key);
            const CLI::Option* known = find_option(*monitor, key);
            if (general == nullptr && known == nullptr) unknown(name, {monitor, &app_});
            if (general != nullptr) set(*general, key, node);
            CLI::App& command = *commands_.back();
            if (CLI::Option* option = find_option(command, key);
                option != nullptr && (&command == monitor || key == "control"))
                set(*option, key, node);
            else if (known != nullptr && known->get_group() == kRulesGroup)
                rules_for_monitor_ = true;
        }
    }
    const std::vector<Misfit>& misfits() const { return unknown_; }
    // Rule files that are only the monitor's, and another command runs.
    bool rules_for_monitor() const { return rules_for_monitor_; }

  private:
    static CLI::App* running(const CLI::App& app) {
        const auto parsed = app.get_subcommands();
        return parsed.empty() ? nullptr : parsed.front();
    }
    bool runs(const CLI::App& command) const {
        return std::find(commands_.begin(), commands_.end(), &command) != commands_.end();
    }
    // The shared options that stand on the program, too, belong to its commands here.
    CLI::Option* general_option(const std::string& key) {
        CLI::Option* option = find_option(app_, key);
        return option != nullptr && option->get_group() == kGeneralGroup ? option : nullptr;
    }

    // Every [command] table, also of commands that do not run now: a misspelt key is told early.
    void read_tables(const toml::table& table, CLI::App& app) {
        for (const auto& [name, node] : table) {
            const auto* inner = node.as_table();
            if (inner == nullptr) continue;
            CLI::App* command = find_command(app, name.str());
            if (command == nullptr) {
                unknown_command(name, app);
                continue;
            }
            read_tables(*inner, *command);
            for (const auto& [key, value] : *inner)
                if (!value.is_table()) read_key(*command, key, value);
        }
    }

    void read_key(CLI::App& command, const toml::key& key, const toml::node& value) {
        CLI::Option* option = find_option(command, std::string(key.str()));
        if (option == nullptr)
            unknown(key, {&command});
        else if (runs(command))
            set(*option, std::string(key.str()), value);
    }

    void unknown(const toml::key& key, std::initializer_list<CLI::App*> places) {
        std::vector<std::string> names;
        for (CLI::App* app : places)
            for (const CLI::Option* option : app->get_options(kAnyOption))
                if (const std::string name = key_of(*option); !name.empty()) names.push_back(name);
        unknown_.push_back({key.source().begin, fmt::format("unknown key '{}'{}", key.str(),
                                                            the_nearest(key.str(), names))});
    }

    void unknown_command(const toml::key& key, CLI::App& app) {
        std::vector<std::string> names;
        for (const CLI::App* command : app.get_subcommands(kAnyCommand))
            names.push_back(command->get_name());
        unknown_.push_back({key.source().begin, fmt::format("[{}]: no such command{}", key.str(),
                                                            the_nearest(key.str(), names))});
    }

    static std::string the_nearest(std::string_view word, const std::vector<std::string>& names) {
        const std::string name = nearest(word, names);
        return name.empty() ? "" : "; the nearest is '" + name + "'";
    }

    static std::string scalar(const toml::node& node) {
        if (const auto* text = node.as_string()) return text->get();
        if (const auto* number = node.as_integer()) return std::to_string(number->get());
        if (const auto* number = node.as_floating_point()) return fmt::format("{}", number->get());
        if (const auto* flag = node.as_boolean()) return flag->get() ? "true" : "false";
        throw Misfit{node.source().begin, "expected a string, a number, true or false"};
    }

    // Empty: it is off. A text is for a switch that may be given a value (--pin[=DIR]).
    static std::vector<std::string> switch_value(const CLI::Option& option, const std::string& key,
                                                 const toml::node& node) {
        if (const auto* text = node.as_string()) return {text->get()};
        const auto* on = node.as_boolean();
        if (on == nullptr)
            throw Misfit{node.source().begin, fmt::format("'{}' is true or false", key)};
        if (!on->get()) return {};
        return {option.get_flag_value(key, "")};
    }

    static std::vector<std::string> values(const CLI::Option& option, const std::string& key,
                                           const toml::node& node) {
        if (option.get_items_expected_max() == 0) return switch_value(option, key, node);
        if (node.is_boolean())
            throw Misfit{node.source().begin, fmt::format("'{}' needs a value", key)};
        const auto* array = node.as_array();
        if (array == nullptr) return {scalar(node)};
        if (option.get_items_expected_max() == 1)
            throw Misfit{node.source().begin, fmt::format("'{}' takes one value", key)};
        std::vector<std::string> list;
        for (const toml::node& element : *array) list.push_back(scalar(element));
        return list;
    }

    // Unless the command line, or a [command] table before, has set it.
    void set(CLI::Option& option, const std::string& key, const toml::node& node) {
        const std::vector<std::string> list = values(option, key, node);
        const CLI::Option* shared = find_option(app_, key);
        if (option.count() > 0 || (shared != nullptr && shared->count() > 0)) return;
        if (list.empty()) return;
        try {
            option.add_result(list);
            option.run_callback();
        } catch (const CLI::ParseError& error) {
            throw Misfit{node.source().begin, text_of(error, app_)};
        }
    }

    CLI::App& app_;
    std::vector<CLI::App*> commands_;  // what runs: the program, its command, that one's command
    std::vector<Misfit> unknown_;
    bool rules_for_monitor_ = false;
};

}  // namespace

// How CLI11 hands us the file at the right moment. It takes nothing from us: options are set here,
// where a position in the file is known.
class TomlConfig final : public CLI::Config {
  public:
    TomlConfig(CLI::App& app, std::shared_ptr<ConfigFile::State> state)
        : app_(app), state_(std::move(state)) {}

    std::string to_config(const CLI::App*, bool, bool, std::string) const override { return {}; }
    std::vector<CLI::ConfigItem> from_config(std::istream& input) const override {
        const auto path = app_.get_config_ptr()->as<std::string>();
        state_->given = app_.get_config_ptr()->count() > 0;
        Reader reader(app_);
        std::vector<Misfit> misfits;
        try {
            reader.read(toml::parse(input, path));
        } catch (const toml::parse_error& error) {
            misfits.push_back({error.source().begin, std::string(error.description())});
        } catch (const Misfit& misfit) {
            misfits.push_back(misfit);
        }
        for (const Misfit& misfit : reader.misfits()) misfits.push_back(misfit);
        if (!misfits.empty()) fail(path, std::move(misfits));
        if (reader.rules_for_monitor()) state_->rules_for_attach = path;
        return {};
    }

  private:
    void fail(const std::string& path, std::vector<Misfit> misfits) const {
        const auto place = [](const Misfit& m) { return std::pair(m.where.line, m.where.column); };
        std::sort(misfits.begin(), misfits.end(),
                  [&](const Misfit& a, const Misfit& b) { return place(a) < place(b); });
        std::string text;
        for (const auto& [at, what] : misfits)
            text += fmt::format("{}{}:{}:{}: {}", text.empty() ? "" : "\n", path, at.line,
                                at.column, what);
        state_->error = usage_error(std::move(text));
    }

    CLI::App& app_;
    std::shared_ptr<ConfigFile::State> state_;
};

ConfigFile::ConfigFile(CLI::App& app) {
    app.set_config("--config", kDefaultConfig, "options from a TOML file")
        ->type_name("FILE")
        ->group(kGeneralGroup);
    app.config_formatter(std::make_shared<TomlConfig>(app, state_));
    for (CLI::App* command : app.get_subcommands(kAnyCommand)) {
        command->fallthrough();  // --config may stand behind the command
        for (CLI::App* inner : command->get_subcommands(kAnyCommand)) inner->fallthrough();
    }
}

}  // namespace peek
