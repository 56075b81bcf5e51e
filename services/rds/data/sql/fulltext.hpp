// FULLTEXT indexes: texts cut into words, the words of each row kept in a table beside the rows',
// and what a search finds there. https://dev.mysql.com/doc/refman/8.0/en/fulltext-search.html
#pragma once

#include "services/rds/data/sql/catalog.hpp"
#include "services/rds/data/sql/sqlite.hpp"

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace diorama::rds::sql {

// In order, stopwords and short words among them: see is_indexed_word().
std::vector<std::string> words_in(std::string_view text);

// InnoDB: not a stopword, 3 to 84 characters.
bool is_indexed_word(std::string_view word);

// Words of a column are told apart as its collation tells texts apart.
struct FulltextIndex {
    std::string words;   // the table: word, row, times
    std::string rows;    // the indexed table
    std::string key;     // SQLite's expression for a row's name
    std::string columns; // "c1,c2"
    Collation collation = Collation::utf8mb4_0900_ai_ci;
};

// The number of the index among the table's FULLTEXT ones is part of the name of its storage.
FulltextIndex fulltext_index(const Table& table, std::size_t index);
std::vector<std::size_t> fulltext_indexes(const Table& table);

// The index as text, for my_match().
std::string fulltext_text(const FulltextIndex& index);
FulltextIndex fulltext_of(std::string_view text);

// The relevance of each row that a search finds. Throws for a boolean search that cannot be read.
using Relevance = std::map<Value, double, bool (*)(const Value&, const Value&)>;
Relevance
searched(sqlite3* sqlite, const FulltextIndex& index, MatchMode mode, std::string_view text);

// Drops a table's storage, with that of its FULLTEXT indexes.
void drop_storage(sqlite3* sqlite, const Table& table);
void empty_storage(sqlite3* sqlite, const Table& table);

} // namespace diorama::rds::sql
