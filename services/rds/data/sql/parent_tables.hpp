// Which tables the foreign keys of a catalog point to: most have none, and are asked at every row.
#pragma once

#include "services/rds/data/sql/catalog.hpp"

#include <map>
#include <set>
#include <string>

namespace diorama::rds::sql {

class ParentTables {
public:
    bool contains(const Catalog& catalog, const Table& table);

private:
    std::uint64_t version_ = 0; // of the catalog
    std::map<std::string, std::set<std::string, std::less<>>, std::less<>> tables_;
};

} // namespace diorama::rds::sql
