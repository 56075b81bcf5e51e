// Rows written once more: of a transaction that was parked, or of a state that is shown for the
// time of a query.
#include "services/rds/data/sql/row_writer.hpp"

#include <fmt/core.h>

namespace diorama::rds::sql {

std::int64_t RowWriter::inserted_rowid() const {
    return sqlite3_last_insert_rowid(connection_.sqlite_.get());
}

void RowWriter::repeat(const Change& again) {
    if (table_->primary_key() == nullptr) rowid_ = again.rowid;
    if (again.kind == Change::Kind::remove) return erase(again.old_row);
    const int result = again.kind == Change::Kind::insert ? store(again.new_row)
                                                          : change(again.old_row, again.new_row);
    if (result != SQLITE_DONE) throw_sqlite_error(connection_.sqlite_.get());
}

void RowWriter::put_back(std::span<const Value> row, std::int64_t rowid) {
    const bool has_rowid = table_->primary_key() == nullptr;
    std::string names;
    std::string values;
    for (std::size_t i = 0; i < row.size(); ++i) {
        names += fmt::format(",c{}", i);
        values += fmt::format(",?{}", i + 1);
    }
    if (has_rowid) {
        names += ",rowid";
        values += fmt::format(",?{}", row.size() + 1);
    }
    auto* statement = kept(fmt::format(
        "INSERT OR REPLACE INTO {}({}) VALUES({})",
        table_->storage_name,
        names.substr(1),
        values.substr(1)
    ));
    for (std::size_t i = 0; i < row.size(); ++i)
        bind_value(statement, static_cast<int>(i + 1), row[i]);
    if (has_rowid) sqlite3_bind_int64(statement, static_cast<int>(row.size() + 1), rowid);
    run(statement);
}

void RowWriter::take_away(std::span<const Value> row, std::int64_t rowid) {
    rowid_ = rowid;
    erase(row);
}

} // namespace diorama::rds::sql
