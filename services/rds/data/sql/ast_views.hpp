// CREATE VIEW and DROP VIEW as the parser makes them.
#pragma once

#include "services/rds/data/sql/ast_queries.hpp"

#include <memory>
#include <string>
#include <vector>

namespace diorama::rds::sql {

enum class CheckOption : std::uint8_t { none, local, cascaded };

struct CreateView {
    TableName view;
    bool replaces = false; // OR REPLACE, ALTER
    bool is_alter = false;
    std::string algorithm = "UNDEFINED";
    std::string definer;     // "`user`@`host`"; empty: who creates it
    bool is_invoker = false; // SQL SECURITY INVOKER
    std::vector<std::string> columns;
    std::unique_ptr<Select> select;
    std::string source;          // the SELECT as written
    bool has_parameters = false; // or variables: refused
    CheckOption check = CheckOption::none;
};

struct DropViews {
    std::vector<TableName> views;
    bool if_exists = false;
};

} // namespace diorama::rds::sql
