// What a session keeps ready of its variables.
#include "services/rds/data/sql/context.hpp"

namespace diorama::rds::sql {

void Context::note_character_sets() {
    const auto set_in = [this](std::string_view variable) {
        const auto found = variables.find(variable);
        return found == variables.end() ? std::nullopt : find_character_set(found->second);
    };
    client_set = set_in("character_set_client").value_or(CharacterSet::utf8mb4);
    results_set = set_in("character_set_results"); // NULL is none
    if (results_set == CharacterSet::binary) results_set.reset();
}

} // namespace diorama::rds::sql
