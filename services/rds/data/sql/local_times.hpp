// TIMESTAMP columns of a result: kept in UTC, sent by the session's clock.
#pragma once

#include "services/rds/data/sql/time_zone.hpp"
#include "services/rds/data/sql/translator.hpp"

#include <span>
#include <string>
#include <vector>

namespace diorama::rds::sql {

class LocalTimes {
public:
    LocalTimes(const TimeZone& zone, const std::vector<OutputColumn>& columns)
        : zone_(zone) {
        for (std::size_t i = 0; i < columns.size() && !zone.is_utc(); ++i)
            if (columns[i].type.kind == TypeKind::timestamp)
                columns_.push_back({i, columns[i].type.scale, {}});
    }

    // The texts live until the next row.
    void apply(std::span<ValueView> row) {
        for (auto& [column, scale, text] : columns_) {
            if (row[column].is_null()) continue;
            text = local_text(zone_, row[column].bytes, scale);
            row[column].bytes = text;
        }
    }

private:
    struct Converted {
        std::size_t column;
        unsigned scale;
        std::string text;
    };

    const TimeZone& zone_;
    std::vector<Converted> columns_;
};

} // namespace diorama::rds::sql
