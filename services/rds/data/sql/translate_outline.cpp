// What EXPLAIN is told of a translation: see Outline.
#include "services/rds/data/sql/translator.hpp"

namespace diorama::rds::sql {

std::size_t Translator::outline_block(const Select& select) {
    if (outline == nullptr) return 0;
    outline->blocks.push_back({&select, next_kind_, false, false});
    return outline->blocks.size();
}

void Translator::outline_source(const Source& source, std::size_t derived) {
    if (outline == nullptr) return;
    outline->sources.push_back(
        {source.sqlite_alias, source.alias, source.table, scopes_.back().block, derived}
    );
}

} // namespace diorama::rds::sql
