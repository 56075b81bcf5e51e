// A database's file remembers by which rules its texts were put in order. Where they have changed
// since (another ICU, a newer program), its indexes are made again before anybody searches them.
#pragma once

#include <sqlite3.h>

namespace diorama::rds {

// Of a file just opened, with its collations registered. Throws SQLError, and leaves the file as it
// was, if texts that differed are the same key now.
void put_in_order(sqlite3* connection);

} // namespace diorama::rds
