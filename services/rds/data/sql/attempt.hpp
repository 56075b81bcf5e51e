// One execution of a statement, as often as it has to be begun anew.
#pragma once

#include "services/rds/data/sql/prepared.hpp"

#include <span>
#include <string>

namespace diorama::rds::sql {

struct Run { // one execution
    PreparedStatement& statement;
    std::span<const Parameter> parameters;
    ResultSink& sink;
    std::string prefix; // text before the parameters of a derived evaluation
};

struct Attempt {
    PreparedStatement& statement;
    std::span<const Parameter> parameters;
    ResultSink& sink;
    bool writes = false;
    bool locks = false; // rows that it reads
    bool is_definition = false;
    bool has_savepoint = false;
    std::size_t changes_before = 0;
    bool is_inside = false; // of a procedure
};

// A function of a SELECT writes: the SELECT is begun anew with the writer's place.
struct NeedsPlace {};

// A change that cannot be set aside after all: the statement is begun anew with the writer's place.
struct NotAside {};

} // namespace diorama::rds::sql
