// Lines of SQLite's EXPLAIN QUERY PLAN, read.
#pragma once

#include "services/rds/data/sql/catalog.hpp"
#include "services/rds/data/sql/sqlite.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace diorama::rds::sql {

struct Step { // a line of SQLite's plan
    int id = 0;
    int parent = 0;
    std::string text;
};

// How one table is read.
struct Access {
    std::string alias; // SQLite's
    bool searches = false;
    bool is_covering = false;
    bool is_automatic = false;
    bool is_left_joined = false;
    std::string index; // SQLite's name; "rowid" for the table itself
    std::size_t equalities = 0;
    bool has_range = false;
};

std::vector<Step> steps_of(sqlite3* sqlite, const std::string& sql);

// "SEARCH s0 USING COVERING INDEX t1_i1 (c1=? AND c2>?)"; nothing for a line about something else.
std::optional<Access> access_of(std::string_view text);

// MySQL: bytes of the key that are compared, with the bytes for NULL and for lengths.
std::size_t key_length(const Column& column, const IndexPart& part);

} // namespace diorama::rds::sql
