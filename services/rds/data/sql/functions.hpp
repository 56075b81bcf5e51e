// MySQL's functions and collations inside SQLite. Translated statements call them by the names
// registered here ("my_concat").
#pragma once

#include "services/rds/data/sql/context.hpp"
#include "services/rds/data/sql/sqlite.hpp"

#include <array>
#include <span>

namespace diorama::rds::sql {

// One call of a function: its arguments and where the result goes.
class Call {
public:
    Call(sqlite3_context* target, std::span<sqlite3_value*> arguments, Context& context)
        : context(context)
        , target_(target)
        , arguments_(arguments) {}

    std::size_t size() const { return arguments_.size(); }

    bool is_null(std::size_t i) const { return sqlite3_value_type(arguments_[i]) == SQLITE_NULL; }

    std::string_view text(std::size_t i) const;

    std::int64_t integer(std::size_t i) const { return sqlite3_value_int64(arguments_[i]); }

    double real(std::size_t i) const { return sqlite3_value_double(arguments_[i]); }

    ValueView value(std::size_t i) const { return value_of(arguments_[i]); }

    void null() const { sqlite3_result_null(target_); }

    void result(std::int64_t number) const { sqlite3_result_int64(target_, number); }

    void result(double number) const;
    void result(std::string_view text) const;
    void result_blob(std::string_view bytes) const;
    void result(const ValueView& value) const;
    // Two numbers of its own, zero at first, that it finds again at the next row if its first
    // argument is a constant.
    std::array<std::uint64_t, 2>& kept() const;
    // Ends the statement.
    void fail(SQLError error) const;
    // Ends it for the reason that the session knows.
    void interrupt() const;

    Context& context;

private:
    sqlite3_context* target_;
    std::span<sqlite3_value*> arguments_;
};

struct Function {
    enum class Nulls { give_null, are_passed };
    enum class Changes { never, each_call };

    std::string_view name;
    void (*run)(const Call& call);
    Nulls nulls = Nulls::give_null;
    Changes changes = Changes::never;
};

std::span<const Function> number_functions();
std::span<const Function> exact_functions();
std::span<const Function> text_functions();
std::span<const Function> character_functions();
std::span<const Function> locale_functions();
std::span<const Function> date_functions();
std::span<const Function> zone_functions();
std::span<const Function> session_functions();
std::span<const Function> json_functions();
std::span<const Function> json_change_functions();
std::span<const Function> json_search_functions();
std::span<const Function> json_table_functions();
std::span<const Function> pattern_functions();
std::span<const Function> encoding_functions();
std::span<const Function> calendar_functions();
std::span<const Function> composite_functions();
std::span<const Function> secret_functions();
std::span<const Function> address_functions();
std::span<const Function> spatial_functions();
std::span<const Function> spatial_part_functions();
std::span<const Function> spatial_relation_functions();
std::span<const Function> geojson_functions();

// The context must outlive the connection.
void register_functions(sqlite3* connection, Context& context);
void register_fulltext(sqlite3* connection, Context& context);
void register_aggregates(sqlite3* connection, Context& context);
void register_further_aggregates(sqlite3* connection);
void register_exact_aggregates(sqlite3* connection);
void register_collations(sqlite3* connection);

// ERROR_FOR_DIVISION_BY_ZERO
void warn_of_division(Context& context);

// The number at the start of a text, as MySQL reads it in a numeric context.
double number_of(std::string_view text, bool* is_whole = nullptr);

} // namespace diorama::rds::sql
