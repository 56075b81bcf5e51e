// What a committed transaction changed, in a form that another instance can repeat: rows as they
// became, or the text of a definition. Replicas and point-in-time recovery read it.
#pragma once

#include "emulator/time/time.hpp"
#include "services/rds/data/sql/value.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace diorama::rds {

struct Change {
    enum class Kind : std::uint8_t { insert = 1, update = 2, remove = 3, definition = 4 };

    Kind kind = Kind::insert;
    std::string schema;
    std::string table;               // of a definition: the @@sql_mode that it was given under
    std::string statement;           // of a definition
    std::vector<sql::Value> old_row; // update and remove
    std::vector<sql::Value> new_row; // insert and update
    // Of a table without a primary key. It is not in the log: another instance finds the row by its
    // values.
    std::int64_t rowid = 0;

    bool operator==(const Change&) const = default;
};

struct LogEntry {
    std::uint64_t position = 0; // counts commits, without gaps
    Timestamp committed{};
    std::vector<Change> changes;
};

std::string encode(const std::vector<Change>& changes);
// Nothing for bytes that encode() did not make.
std::optional<std::vector<Change>> decode_changes(std::string_view bytes);

} // namespace diorama::rds
