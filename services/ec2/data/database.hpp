// How the built-in application reaches its database: SQL text in, rows out, over the MySQL protocol
// like any other client (wire_database.hpp).
#pragma once

#include "emulator/network/network.hpp"

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace diorama::ec2 {

struct QueryOutcome {
    std::string error; // empty: it worked
    std::vector<std::string> columns;
    std::vector<std::vector<std::optional<std::string>>> rows;
    std::uint64_t insert_id = 0;

    bool ok() const { return error.empty(); }
};

class Database {
public:
    virtual ~Database() = default;
    // Runs one statement and calls back on the same thread, exactly once.
    virtual void query(
        network::EdgeThread& thread,
        std::string sql,
        std::function<void(QueryOutcome outcome)> done
    ) = 0;
};

} // namespace diorama::ec2
