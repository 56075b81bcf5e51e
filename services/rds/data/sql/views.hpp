// What a plain SELECT of a transaction sees when that is not simply the newest state of the file.
#pragma once

#include "services/rds/data/sql/connection.hpp"

namespace diorama::rds::sql {

// While it lives the connection reads the state its isolation level promises. It has the writer's
// place, so that it can make that state in the file and take it back.
class Connection::View {
public:
    explicit View(Connection& connection);
    ~View();
    View(const View&) = delete;
    View& operator=(const View&) = delete;

private:
    Connection& connection_;
    bool is_made_ = false;
};

} // namespace diorama::rds::sql
