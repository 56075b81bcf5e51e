// The Unicode Collation Algorithm, by ICU. Collators are opened when text beyond ASCII is first
// compared, are shared by all threads, and live as long as the process.
#pragma once

#include "services/rds/data/sql/collation_list.hpp"

#include <string>
#include <string_view>

namespace diorama::rds::sql {

// Of a collation whose weighing is unicode or unicode_plane.
int compare_by_unicode(Collation collation, std::string_view a, std::string_view b);
std::string unicode_sort_key(Collation collation, std::string_view text);

// Of whoever orders: another ICU may order otherwise, and what was kept in order no longer is.
std::string version_of_order();

} // namespace diorama::rds::sql
