// What a plain SELECT of a transaction sees when that is not simply the newest state of the file.
#pragma once

#include "services/rds/data/sql/connection.hpp"

namespace diorama::rds::sql {

// While it lives the connection reads the state its isolation level promises. It has the writer's
// place, so that it can make that state in the file and take it back.
class Connection::ReadView {
public:
    explicit ReadView(Connection& connection);
    ~ReadView();
    ReadView(const ReadView&) = delete;
    ReadView& operator=(const ReadView&) = delete;

private:
    void take_back();

    Connection& connection_;
    bool is_made_ = false;
};

} // namespace diorama::rds::sql
