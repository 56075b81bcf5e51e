// Words, and where they are kept.
#include "services/rds/data/sql/fulltext.hpp"

#include "services/rds/data/sql/collation.hpp"
#include "services/rds/data/sql/lexer.hpp"

#include <fmt/core.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>

namespace diorama::rds::sql {

namespace {

// INFORMATION_SCHEMA.INNODB_FT_DEFAULT_STOPWORD
constexpr std::array<std::string_view, 36> stopwords = {
    "a",    "about", "an",  "are",  "as",   "at",    "be",  "by",   "com",  "de",  "en",   "for",
    "from", "how",   "i",   "in",   "is",   "it",    "la",  "of",   "on",   "or",  "that", "the",
    "this", "to",    "was", "what", "when", "where", "who", "will", "with", "und", "the",  "www"
};

bool is_word_character(char32_t c) {
    const bool is_plain =
        (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
    // Above ASCII: letters, as far as punctuation has blocks of its own.
    const bool is_punctuation = (c >= 0x80 && c <= 0xbf && c != 0xaa && c != 0xb5 && c != 0xba) ||
                                c == 0xd7 || c == 0xf7 || (c >= 0x2000 && c <= 0x206f) ||
                                (c >= 0x3000 && c <= 0x303f) || (c >= 0xff00 && c <= 0xff0f);
    return is_plain || (c >= 0x80 && !is_punctuation);
}

} // namespace

std::vector<std::string> words_in(std::string_view text) {
    std::vector<std::string> words;
    std::string word;
    while (!text.empty()) {
        const auto character = take_character(text);
        if (is_word_character(character)) {
            append_character(word, character);
            continue;
        }
        if (!word.empty()) words.push_back(lower_case_unicode(word));
        word.clear();
    }
    if (!word.empty()) words.push_back(lower_case_unicode(word));
    return words;
}

bool is_indexed_word(std::string_view word) {
    constexpr std::size_t shortest = 3; // innodb_ft_min_token_size
    constexpr std::size_t longest = 84; // innodb_ft_max_token_size
    const auto length = character_count(word);
    return length >= shortest && length <= longest &&
           std::find(stopwords.begin(), stopwords.end(), word) == stopwords.end();
}

std::vector<std::size_t> fulltext_indexes(const Table& table) {
    std::vector<std::size_t> places;
    for (std::size_t i = 0; i < table.indexes.size(); ++i)
        if (table.indexes[i].is_fulltext) places.push_back(i);
    return places;
}

FulltextIndex fulltext_index(const Table& table, std::size_t index) {
    const auto all = fulltext_indexes(table);
    const auto number = std::find(all.begin(), all.end(), index) - all.begin();
    FulltextIndex result;
    result.words = fmt::format("{}_f{}", table.storage_name, number);
    result.rows = table.storage_name;
    result.key = "rowid";
    if (table.is_without_rowid()) {
        result.key.clear();
        for (const auto& part : table.primary_key()->parts)
            result.key +=
                fmt::format("{}c{}", result.key.empty() ? "my_row_key(" : ",", part.column);
        result.key += ")";
    }
    for (const auto& part : table.indexes[index].parts)
        result.columns += fmt::format("{}c{}", result.columns.empty() ? "" : ",", part.column);
    result.collation = table.columns[table.indexes[index].parts[0].column].type.collation;
    return result;
}

std::string fulltext_text(const FulltextIndex& index) {
    return nlohmann::json::array(
               {index.words, index.rows, index.key, index.columns, static_cast<int>(index.collation)
               }
    )
        .dump();
}

FulltextIndex fulltext_of(std::string_view text) {
    const auto list = nlohmann::json::parse(text);
    return {list[0], list[1], list[2], list[3], static_cast<Collation>(list[4].get<int>())};
}

void drop_storage(sqlite3* sqlite, const Table& table) {
    for (const auto index : fulltext_indexes(table))
        execute_sqlite(sqlite, "DROP TABLE IF EXISTS " + fulltext_index(table, index).words);
    execute_sqlite(sqlite, "DROP TABLE " + table.storage_name);
}

void empty_storage(sqlite3* sqlite, const Table& table) {
    for (const auto index : fulltext_indexes(table))
        execute_sqlite(sqlite, "DELETE FROM " + fulltext_index(table, index).words);
    execute_sqlite(sqlite, "DELETE FROM " + table.storage_name);
}

} // namespace diorama::rds::sql
