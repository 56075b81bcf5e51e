// How many sessions an instance of a class has room for.
#pragma once

#include <cstdint>
#include <string_view>

namespace diorama::rds {

// AWS: max_connections is {DBInstanceClassMemory/12582880} unless a parameter group says otherwise.
// Nothing is known of a class: MySQL's own 151.
std::int64_t max_connections_of(std::string_view instance_class);

} // namespace diorama::rds
