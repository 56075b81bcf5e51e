// What a session's OK packets tell a client with CLIENT_SESSION_TRACK: a changed default schema,
// assigned system variables, and where the transaction stands.
// https://dev.mysql.com/doc/refman/8.0/en/session-state-tracking.html
#pragma once

#include "services/rds/data/sql/connection.hpp"

#include <string>

namespace diorama::rds {

class SessionTracker {
public:
    // The statement that is executed from now on.
    void begins(const sql::Statement& statement, const sql::Connection& connection);

    // It has sent rows.
    void sent_rows() { has_sent_rows_ = true; }

    // What has changed since this was asked last, as an OK packet carries it; empty: nothing.
    std::string take(sql::Connection& connection);

private:
    std::string state(const sql::Connection& connection);
    std::string characteristics(const sql::Connection& connection) const;
    void take_transaction(sql::Connection& connection, std::string& out);

    bool has_begun_explicitly_ = false;
    bool has_snapshot_ = false;
    bool reads_ = false; // the statement
    bool writes_ = false;
    bool has_sent_rows_ = false;
    bool has_read_ = false; // the transaction, before the statement
    bool has_written_ = false;
    bool has_sent_ = false;
    std::string told_state_ = "________";
    std::string told_characteristics_;
};

} // namespace diorama::rds
