// SUM of exact numbers: integers and decimals of any size, in groups and in sliding windows.
// https://dev.mysql.com/doc/refman/8.0/en/aggregate-functions.html#function_sum
#include "services/rds/data/sql/exact.hpp"
#include "services/rds/data/sql/functions.hpp"

#include <memory>

namespace diorama::rds::sql {

namespace {

// NOLINTNEXTLINE: 128 bits are an extension that both of our compilers have.
__extension__ using Double = __int128;

// Zeroed by SQLite. No number of rows that fit a disk makes the sum of small numbers overflow.
struct Sum {
    std::int64_t count;
    std::uint64_t low; // of the small numbers' sum, in two halves: SQLite aligns to eight bytes
    std::int64_t high;
    Wide* large; // of those that are no 64-bit integers; freed in finish()
};

Double small_of(const Sum& sum) {
    return static_cast<Double>(sum.high) << 64 | sum.low;
}

template <int sign>
void take(sqlite3_context* target, int, sqlite3_value** values) {
    auto* sum = static_cast<Sum*>(sqlite3_aggregate_context(target, sizeof(Sum)));
    if (sum == nullptr) return sqlite3_result_error_nomem(target);
    const auto kind = sqlite3_value_type(values[0]);
    if (kind == SQLITE_NULL) return;
    sum->count += sign;
    if (kind == SQLITE_INTEGER) {
        const Double total = small_of(*sum) + sign * Double{sqlite3_value_int64(values[0])};
        sum->low = static_cast<std::uint64_t>(total);
        sum->high = static_cast<std::int64_t>(total >> 64);
        return;
    }
    if (sum->large == nullptr) sum->large = new Wide;
    *sum->large += sign * wide_of(value_of(values[0]));
}

void give(sqlite3_context* target) {
    const auto* sum = static_cast<const Sum*>(sqlite3_aggregate_context(target, 0));
    if (sum == nullptr || sum->count == 0) return sqlite3_result_null(target);
    Wide total(small_of(*sum));
    if (sum->large != nullptr) total += *sum->large;
    const auto bytes = wide_bytes(total);
    sqlite3_result_blob64(target, bytes.data(), bytes.size(), SQLITE_TRANSIENT);
}

void finish(sqlite3_context* target) {
    give(target);
    auto* sum = static_cast<Sum*>(sqlite3_aggregate_context(target, 0));
    if (sum == nullptr) return;
    const std::unique_ptr<Wide> freed(sum->large);
    sum->large = nullptr;
}

} // namespace

void register_exact_aggregates(sqlite3* connection) {
    sqlite3_create_window_function(
        connection,
        "my_sum",
        1,
        SQLITE_UTF8 | SQLITE_INNOCUOUS,
        nullptr,
        take<1>,
        finish,
        give,
        take<-1>,
        nullptr
    );
}

} // namespace diorama::rds::sql
