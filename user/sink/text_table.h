// SPDX-License-Identifier: BSD-2-Clause
// TextTable: columns of text for a person, aligned (libsmartcols).
#pragma once

#include <string>
#include <vector>

namespace peek {

class TextTable {
  public:
    struct Column {
        std::string name;
        bool number = false;  // to the right
    };

    explicit TextTable(std::vector<Column> columns) : columns_(std::move(columns)) {}
    // As many cells as there are columns. Bytes that could steer a terminal are the caller's care.
    void add(std::vector<std::string> cells) { rows_.push_back(std::move(cells)); }
    bool empty() const { return rows_.empty(); }
    // The columns' names, then the rows; each with its line end. Nothing without rows.
    std::string text() const;

  private:
    std::vector<Column> columns_;
    std::vector<std::vector<std::string>> rows_;
};

}  // namespace peek
