// Changes of single rows that are only noted, in the form in which the log and parked transactions
// keep them, and written when their transaction commits. While several transactions write, each
// then needs the writer's place for the moments in which its statements run, not for all the time
// between its first statement and its last, most of which is its client's.
#pragma once

#include "services/rds/data/sql/connection.hpp"

#include <optional>

namespace diorama::rds::sql {

class SettingAside {
public:
    explicit SettingAside(Connection& session)
        : session_(session) {}

    enum class Result { finished, waits, again, refused };

    // Others write too, and the statement is of the kind that can be set aside.
    bool fits(const Attempt& attempt);
    Result attempt(Attempt& attempt);

    // The key is that of the one row which an UPDATE or DELETE concerns.
    bool is_plain(const Statement& statement, std::optional<LockKey>& key);

    // What the transaction has made of the row with that key: it is there, or not; nothing: it has
    // not touched it.
    std::optional<bool> own_state(const Table& table, const LockKey& key) const;

private:
    TablePtr plain_table(const TableName& name);
    bool changes_one_row(
        const TableReferencePtr& tables,
        const ExprPtr& where,
        TablePtr& table,
        std::optional<LockKey>& key
    );
    bool is_plain_update(const Update& update, std::optional<LockKey>& key);
    bool is_plain_insert(const Insert& insert);
    std::optional<LockKey> fixed_key(const Expr& condition, const Table& table) const;
    bool fix(const Expr& condition, const Table& table, std::vector<Value>& row) const;

    Connection& session_;
    CatalogPtr catalog_; // the newest: a snapshot that is open keeps its own
};

} // namespace diorama::rds::sql
