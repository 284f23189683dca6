// SPDX-License-Identifier: BSD-2-Clause
#include "app/completion.h"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

namespace peek {

namespace {

// What stands behind an option, or as an argument.
struct Value {
    enum class Kind {
        kNone,  // a switch; no arguments
        kFiles,
        kInterfaces,
        kWords,
        kOther,
    };
    Kind kind = Kind::kNone;
    std::vector<std::string> words;
};

struct Option {
    std::vector<std::string> names;  // "-i", "--ip-blacklist"
    std::string what;
    Value value;
};

struct Command {
    std::string path;  // "map update"; empty: the program
    std::string name;
    std::string what;
    std::vector<Option> options;
    Value arguments;
    std::vector<Command> commands;
};

// "text|json" or "{1,2,4}", as the checks of an option describe themselves.
std::vector<std::string> choices(const std::string& type) {
    const size_t colon = type.find(':');
    std::string list = colon == std::string::npos ? type : type.substr(colon + 1);
    const bool braces = list.starts_with('{');
    if (!braces && list.find('|') == std::string::npos) return {};
    std::replace(list.begin(), list.end(), braces ? ',' : '|', ' ');
    std::erase_if(list, [](char c) { return c == '{' || c == '}'; });
    return CLI::detail::split(list, ' ');
}

Value value_of(const CLI::Option& option) {
    const std::string type = option.get_type_name();
    if (option.get_items_expected_max() == 0) return {};
    if (option.get_name(true, false) == "IFACE") return {Value::Kind::kInterfaces, {}};
    for (const char* file : {"FILE", "PATH", "DIR"})
        if (type.starts_with(file) || option.get_name(true, false) == file)
            return {Value::Kind::kFiles, {}};
    if (auto words = choices(type); !words.empty()) return {Value::Kind::kWords, std::move(words)};
    return {Value::Kind::kOther, {}};
}

Command collect(const CLI::App& app, const std::string& path) {
    Command command{path, app.get_name(), app.get_description(), {}, {}, {}};
    for (const CLI::Option* option : app.get_options()) {
        if (option->get_positional()) command.arguments = value_of(*option);
        Option entry{{}, option->get_description(), value_of(*option)};
        for (const std::string& name : option->get_snames()) entry.names.push_back("-" + name);
        for (const std::string& name : option->get_lnames()) entry.names.push_back("--" + name);
        if (!entry.names.empty()) command.options.push_back(std::move(entry));
    }
    for (const CLI::App* inner :
         app.get_subcommands([](const CLI::App* a) { return !a->get_group().empty(); }))
        command.commands.push_back(
            collect(*inner, (path.empty() ? "" : path + " ") + inner->get_name()));
    return command;
}

std::vector<const Command*> flatten(const Command& top) {
    std::vector<const Command*> all{&top};
    for (const Command& inner : top.commands)
        for (const Command* each : flatten(inner)) all.push_back(each);
    return all;
}

// Inside single quotes of a shell.
std::string quoted(std::string text) {
    for (size_t at = 0; (at = text.find('\'', at)) != std::string::npos; at += 4)
        text.replace(at, 1, "'\\''");
    return "'" + text + "'";
}

// ---- bash ----

std::string bash_reply(const Value& value) {
    switch (value.kind) {
        case Value::Kind::kFiles:
            return "compopt -o filenames; mapfile -t COMPREPLY < <(compgen -f -- \"$cur\")";
        case Value::Kind::kInterfaces:
            return "mapfile -t COMPREPLY < <(cd /sys/class/net && compgen -f -- \"$cur\")";
        case Value::Kind::kWords:
            return fmt::format("mapfile -t COMPREPLY < <(compgen -W '{}' -- \"$cur\")",
                               fmt::join(value.words, " "));
        default:
            return ":";
    }
}

std::string bash_command(const Command& command) {
    std::vector<std::string> names;
    std::string text =
        fmt::format("        {})\n            case $prev in\n", quoted(command.path));
    for (const Option& option : command.options) {
        names.insert(names.end(), option.names.begin(), option.names.end());
        if (option.value.kind != Value::Kind::kNone)
            text += fmt::format("                {}) {}; return ;;\n", fmt::join(option.names, "|"),
                                bash_reply(option.value));
    }
    std::vector<std::string> inner;
    for (const Command& each : command.commands) inner.push_back(each.name);
    const Value words = inner.empty() ? command.arguments : Value{Value::Kind::kWords, inner};
    text += fmt::format(
        "            esac\n"
        "            case $cur in\n"
        "                -*) mapfile -t COMPREPLY < <(compgen -W '{}' -- \"$cur\") ;;\n"
        "                *) {} ;;\n"
        "            esac ;;\n",
        fmt::join(names, " "), bash_reply(words));
    return text;
}

std::string bash(const Command& top) {
    std::string steps;
    std::string commands;
    for (const Command* command : flatten(top)) {
        if (!command->path.empty()) {
            const size_t space = command->path.rfind(' ');
            const std::string before =
                space == std::string::npos ? "" : command->path.substr(0, space);
            steps += fmt::format("            {}) command={} ;;\n",
                                 quoted(before + "/" + command->name), quoted(command->path));
        }
        commands += bash_command(*command);
    }
    return fmt::format(
        "# bash completion for peek-xdp\n"
        "_peek_xdp() {{\n"
        "    local cur=${{COMP_WORDS[COMP_CWORD]}} prev=${{COMP_WORDS[COMP_CWORD - 1]}}\n"
        "    local command='' word\n"
        "    COMPREPLY=()\n"
        "    for word in \"${{COMP_WORDS[@]:1:COMP_CWORD-1}}\"; do\n"
        "        case $command/$word in\n{}        esac\n"
        "    done\n"
        "    case $command in\n{}    esac\n"
        "}}\n"
        "complete -F _peek_xdp peek-xdp\n",
        steps, commands);
}

// ---- zsh ----

std::string zsh_action(const Value& value) {
    switch (value.kind) {
        case Value::Kind::kFiles:
            return "_files";
        case Value::Kind::kInterfaces:
            return "_net_interfaces";
        case Value::Kind::kWords:
            return fmt::format("({})", fmt::join(value.words, " "));
        default:
            return " ";
    }
}

// What _arguments takes for syntax in a description.
std::string zsh_text(std::string text) {
    for (const char c : {'[', ']', ':'})
        for (size_t at = 0; (at = text.find(c, at)) != std::string::npos; at += 2)
            text.insert(at, 1, '\\');
    return text;
}

std::string zsh_function(const Command& command) {
    std::string path = command.path;
    std::replace(path.begin(), path.end(), ' ', '_');
    std::string text = fmt::format("_peek_xdp_{}() {{\n    _arguments -S", path);
    for (const Option& option : command.options) {
        const std::string value = option.value.kind == Value::Kind::kNone
                                      ? ""
                                      : fmt::format(":value:{}", zsh_action(option.value));
        const std::string what = quoted(fmt::format("[{}]{}", zsh_text(option.what), value));
        for (const std::string& name : option.names)
            text += fmt::format(" \\\n        {}{}", name, what);
    }
    if (command.commands.empty()) {
        if (command.arguments.kind != Value::Kind::kNone)
            text += fmt::format(" \\\n        {}",
                                quoted("*:argument:" + zsh_action(command.arguments)));
        return text + "\n}\n";
    }
    text +=
        " \\\n        '1:command:->command' '*::argument:->argument'\n    case $state in\n"
        "        command) _values command";
    for (const Command& inner : command.commands)
        text += " " + quoted(fmt::format("{}[{}]", inner.name, zsh_text(inner.what)));
    return text + fmt::format(" ;;\n        argument) _peek_xdp_{}${{words[1]}} ;;\n    esac\n}}\n",
                              path.empty() ? "" : path + "_");
}

std::string zsh(const Command& top) {
    std::string text = "#compdef peek-xdp\n";
    for (const Command* command : flatten(top)) text += zsh_function(*command);
    return text + "_peek_xdp_ \"$@\"\n";
}

// ---- fish ----

std::string fish_condition(const Command& command) {
    if (command.path.empty()) return "__fish_use_subcommand";
    std::string text;
    for (const std::string& word : CLI::detail::split(command.path, ' '))
        text += (text.empty() ? "" : "; and ") + std::string("__fish_seen_subcommand_from ") + word;
    std::vector<std::string> inner;
    for (const Command& each : command.commands) inner.push_back(each.name);
    if (inner.empty()) return text;
    return fmt::format("{}; and not __fish_seen_subcommand_from {}", text, fmt::join(inner, " "));
}

std::string fish_value(const Value& value) {
    switch (value.kind) {
        case Value::Kind::kNone:
            return "";
        case Value::Kind::kFiles:
            return " -rF";
        case Value::Kind::kInterfaces:
            return " -xa '(__fish_print_interfaces)'";
        case Value::Kind::kWords:
            return fmt::format(" -xa '{}'", fmt::join(value.words, " "));
        case Value::Kind::kOther:
            return " -x";
    }
    return "";
}

std::string fish(const Command& top) {
    std::string text = "# fish completion for peek-xdp\ncomplete -c peek-xdp -f\n";
    for (const Command* command : flatten(top)) {
        const std::string start =
            fmt::format("complete -c peek-xdp -n {}", quoted(fish_condition(*command)));
        for (const Command& inner : command->commands)
            text += fmt::format("{} -a {} -d {}\n", start, inner.name, quoted(inner.what));
        for (const Option& option : command->options) {
            text += start;
            for (const std::string& name : option.names)
                text += name.starts_with("--") ? " -l " + name.substr(2) : " -s " + name.substr(1);
            text += fmt::format("{} -d {}\n", fish_value(option.value), quoted(option.what));
        }
        if (command->commands.empty() && command->arguments.kind != Value::Kind::kNone)
            text +=
                start +
                (command->arguments.kind == Value::Kind::kFiles ? std::string(" -F")
                                                                : fish_value(command->arguments)) +
                "\n";
    }
    return text;
}

}  // namespace

Result<std::string> completion_script(const CLI::App& app, std::string_view shell) {
    const Command top = collect(app, "");
    if (shell == "bash") return bash(top);
    if (shell == "zsh") return zsh(top);
    if (shell == "fish") return fish(top);
    return usage_error(std::string(shell) + ": completion is for bash, zsh or fish");
}

}  // namespace peek
