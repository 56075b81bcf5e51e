// Which rows the writes of a run led to, so that afterwards every acknowledged one can be looked
// for among the rows that a database really has. A row is known by its table and a hash of its
// values; a later change of the row carries the fate of the earlier ones on.
#pragma once

#include "services/rds/rds.hpp"

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <vector>

namespace diorama {

class WriteLedger {
public:
    // Of one timeline (world/simulated/databases.hpp), in the order of their positions.
    void committed(std::uint32_t timeline, const rds::LogEntry& entry);
    void acknowledged(std::uint32_t timeline, std::uint64_t position);

    // What a database goes back to: its own timeline first, each up to a position.
    struct Part {
        std::uint32_t timeline = 0;
        std::uint64_t until = 0;
    };

    using Lineage = std::vector<Part>;

    struct Lost {
        std::uint64_t all = 0; // acknowledged writes whose rows are not there
        // Of those, what its own timeline acknowledged and no definition (DROP TABLE) took away.
        std::uint64_t promised = 0;
    };

    Lost count_lost(const Lineage& lineage, const rds::LocalDatabase::RowHashes& rows) const;

private:
    struct RowChange {
        std::uint32_t table = 0;
        bool has_before = false;
        bool has_after = false;
        std::uint64_t before = 0;
        std::uint64_t after = 0;
    };

    enum class Definition : std::uint8_t { none, removes_rows, changes_rows };

    struct Write {
        std::uint64_t position = 0;
        bool is_acknowledged = false;
        Definition definition = Definition::none;
        std::set<std::uint32_t> tables; // that the definition names
        std::vector<RowChange> rows;
    };

    using WriteKey = std::pair<std::uint32_t, std::size_t>; // timeline, index
    // A row that should be there: the writes that it bears witness of.
    using Row = std::vector<WriteKey>;

    using RowKey = std::pair<std::uint32_t, std::uint64_t>; // table, hash
    using Rows = std::multimap<RowKey, Row>;

    // What became of rows that should be there.
    struct Fate {
        Rows rows;
        std::set<WriteKey> taken_away; // by definitions
    };

    struct Count;

    std::uint32_t table_number(const std::string& name);
    void note_definition(const rds::Change& change, Write& write) const;
    void repeat(const WriteKey& key, Fate& fate) const;

    std::vector<std::vector<Write>> writes_;          // by timeline
    std::map<std::uint32_t, std::uint64_t> unlogged_; // acknowledged, but in no log; by timeline
    std::map<std::string, std::uint32_t> tables_;
};

} // namespace diorama
