// The words of a row, kept in its table's FULLTEXT indexes with every change of the row.
#include "services/rds/data/sql/fulltext.hpp"
#include "services/rds/data/sql/lateral.hpp"
#include "services/rds/data/sql/row_writer.hpp"

#include <fmt/core.h>

#include <algorithm>

namespace diorama::rds::sql {

namespace {

Value name_of(const Table& table, std::span<const Value> row, std::int64_t rowid) {
    if (!table.is_without_rowid()) return Value::of(rowid);
    std::string packed;
    for (const auto& part : table.primary_key()->parts)
        pack_value(packed, ValueView(row[part.column]));
    return Value::blob(std::move(packed));
}

} // namespace

void RowWriter::add_words(std::span<const Value> row, std::int64_t rowid) {
    change_words(row, rowid, true);
}

void RowWriter::remove_words(std::span<const Value> row, std::int64_t rowid) {
    change_words(row, rowid, false);
}

void RowWriter::change_words(std::span<const Value> row, std::int64_t rowid, bool adds) {
    for (const auto index : fulltext_indexes(*table_)) {
        const auto storage = fulltext_index(*table_, index);
        auto* statement = kept(
            adds ? fmt::format(
                       "INSERT INTO {} VALUES(?1,?2,1) ON CONFLICT DO UPDATE SET times=times+1",
                       storage.words
                   )
                 : fmt::format("DELETE FROM {} WHERE word=?1 AND row=?2", storage.words)
        );
        const auto name = name_of(*table_, row, rowid);
        for (const auto& part : table_->indexes[index].parts)
            for (const auto& word : words_in(row[part.column].bytes)) {
                if (!is_indexed_word(word)) continue;
                const Resetting resetting(statement);
                const Value text = Value::text(word);
                bind_value(statement, 1, text);
                bind_value(statement, 2, name);
                run(statement);
            }
    }
}

} // namespace diorama::rds::sql
