// SPDX-License-Identifier: BSD-2-Clause
#include "sink/text_table.h"

#include <libsmartcols.h>

#include <cstdlib>
#include <memory>

namespace peek {

namespace {

struct Unref {
    void operator()(libscols_table* table) const { scols_unref_table(table); }
    void operator()(char* text) const { std::free(text); }
};

}  // namespace

// The library only fails for want of memory; what it could not build is then missing.
std::string TextTable::text() const {
    if (rows_.empty()) return {};
    const std::unique_ptr<libscols_table, Unref> table(scols_new_table());
    scols_table_set_column_separator(table.get(), "  ");
    scols_table_enable_noencoding(table.get(), 1);  // else each \x becomes \x5cx
    for (const Column& column : columns_)
        scols_table_new_column(table.get(), column.name.c_str(), 0,
                               column.number ? SCOLS_FL_RIGHT : 0);
    for (const auto& row : rows_) {
        libscols_line* line = scols_table_new_line(table.get(), nullptr);
        for (size_t i = 0; line != nullptr && i < row.size(); i++)
            scols_line_set_data(line, i, row[i].c_str());
    }
    char* printed = nullptr;
    if (scols_print_table_to_string(table.get(), &printed) != 0 || printed == nullptr) return {};
    const std::unique_ptr<char, Unref> owner(printed);
    std::string text = printed;
    if (!text.ends_with('\n')) text += '\n';
    return text;
}

}  // namespace peek
