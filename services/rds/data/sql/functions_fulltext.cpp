// my_match(index, mode, text, row): the relevance of a row. The search is made once per statement.
#include "services/rds/data/sql/error.hpp"
#include "services/rds/data/sql/fulltext.hpp"
#include "services/rds/data/sql/functions.hpp"
#include "services/rds/data/sql/lateral.hpp"

namespace diorama::rds::sql {

namespace {

struct KeptSearch {
    std::string text;
    Relevance relevance;
};

std::string text_of_argument(sqlite3_value* value) {
    const auto view = value_of(value);
    return std::string(view.bytes);
}

void match(sqlite3_context* target, int, sqlite3_value** arguments) {
    if (sqlite3_value_type(arguments[2]) == SQLITE_NULL) return sqlite3_result_double(target, 0);
    const auto text = text_of_argument(arguments[2]);
    auto* kept = static_cast<KeptSearch*>(sqlite3_get_auxdata(target, 0));
    if (kept == nullptr || kept->text != text) {
        try {
            const auto index = fulltext_of(text_of_argument(arguments[0]));
            const auto mode = static_cast<MatchMode>(sqlite3_value_int(arguments[1]));
            kept = new KeptSearch{
                text,
                searched(sqlite3_context_db_handle(target), index, mode, text)
            };
        } catch (const SQLError& error) {
            auto& context = *static_cast<Context*>(sqlite3_user_data(target));
            context.error = error;
            return sqlite3_result_error(target, error.message.c_str(), -1);
        }
        sqlite3_set_auxdata(target, 0, kept, [](void* search) {
            delete static_cast<KeptSearch*>(search);
        });
        kept = static_cast<KeptSearch*>(sqlite3_get_auxdata(target, 0));
        if (kept == nullptr) return sqlite3_result_error_nomem(target);
    }
    const auto found = kept->relevance.find(value_of(arguments[3]).owned());
    sqlite3_result_double(target, found == kept->relevance.end() ? 0 : found->second);
}

void row_key(sqlite3_context* target, int count, sqlite3_value** arguments) {
    std::string packed;
    for (int i = 0; i < count; ++i)
        pack_value(packed, value_of(arguments[i]));
    sqlite3_result_blob64(target, packed.data(), packed.size(), SQLITE_TRANSIENT);
}

} // namespace

void register_fulltext(sqlite3* connection, Context& context) {
    constexpr int flags = SQLITE_UTF8 | SQLITE_INNOCUOUS;
    sqlite3_create_function_v2(
        connection,
        "my_match",
        4,
        flags,
        &context,
        match,
        nullptr,
        nullptr,
        nullptr
    );
    sqlite3_create_function_v2(
        connection,
        "my_row_key",
        -1,
        flags | SQLITE_DETERMINISTIC,
        nullptr,
        row_key,
        nullptr,
        nullptr,
        nullptr
    );
}

} // namespace diorama::rds::sql
