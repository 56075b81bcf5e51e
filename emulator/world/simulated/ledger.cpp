// See world/simulated/ledger.hpp.
#include "emulator/world/simulated/ledger.hpp"

#include <algorithm>
#include <cctype>
#include <set>

namespace diorama {

namespace {

std::string first_word(const std::string& statement) {
    std::string word;
    for (const char letter : statement) {
        if (std::isalpha(static_cast<unsigned char>(letter)) == 0) {
            if (word.empty()) continue;
            break;
        }
        word += static_cast<char>(std::toupper(static_cast<unsigned char>(letter)));
    }
    return word;
}

bool is_of_name(char letter) {
    return std::isalnum(static_cast<unsigned char>(letter)) != 0 || letter == '_' || letter == '$';
}

// As a word of its own, whatever its case.
bool has_word(std::string_view text, std::string_view word) {
    const auto is_same = [](char one, char other) {
        return std::tolower(static_cast<unsigned char>(one)) ==
               std::tolower(static_cast<unsigned char>(other));
    };
    for (std::size_t at = 0; at + word.size() <= text.size(); ++at) {
        const auto end = at + word.size();
        if ((at == 0 || !is_of_name(text[at - 1])) &&
            (end == text.size() || !is_of_name(text[end])) &&
            std::ranges::equal(text.substr(at, word.size()), word, is_same))
            return true;
    }
    return false;
}

} // namespace

std::uint32_t WriteLedger::table_number(const std::string& name) {
    return tables_.try_emplace(name, static_cast<std::uint32_t>(tables_.size())).first->second;
}

// Which tables it is about: those that it names, or whose database it names.
void WriteLedger::note_definition(const rds::Change& change, Write& write) const {
    const auto word = first_word(change.statement);
    if (word == "CREATE") return;
    write.definition =
        word == "ALTER" || word == "RENAME" ? Definition::changes_rows : Definition::removes_rows;
    for (const auto& [name, number] : tables_) {
        const auto dot = name.find('.');
        const bool is_named = has_word(change.statement, std::string_view(name).substr(dot + 1)) ||
                              has_word(change.statement, std::string_view(name).substr(0, dot));
        if (is_named) write.tables.insert(number);
    }
}

void WriteLedger::committed(std::uint32_t timeline, const rds::LogEntry& entry) {
    if (writes_.size() <= timeline) writes_.resize(timeline + 1);
    Write write;
    write.position = entry.position;
    for (const auto& change : entry.changes) {
        using Kind = rds::Change::Kind;
        if (change.kind == Kind::definition) {
            note_definition(change, write);
            continue;
        }
        RowChange row;
        row.table = table_number(change.schema + "." + change.table);
        row.has_before = change.kind != Kind::insert;
        row.has_after = change.kind != Kind::remove;
        if (row.has_before) row.before = rds::hash_of(change.old_row);
        if (row.has_after) row.after = rds::hash_of(change.new_row);
        write.rows.push_back(row);
    }
    writes_[timeline].push_back(std::move(write));
}

void WriteLedger::acknowledged(std::uint32_t timeline, std::uint64_t position) {
    if (writes_.size() <= timeline) writes_.resize(timeline + 1);
    auto& writes = writes_[timeline];
    const auto found = std::ranges::lower_bound(writes, position, {}, &Write::position);
    if (found != writes.end() && found->position == position)
        found->is_acknowledged = true;
    else
        ++unlogged_[timeline];
}

void WriteLedger::repeat(const WriteKey& key, Fate& fate) const {
    const Write& write = writes_[key.first][key.second];
    if (write.definition != Definition::none)
        std::erase_if(fate.rows, [&](const auto& entry) {
            const auto& [row_key, witnesses] = entry;
            if (!write.tables.contains(row_key.first)) return false;
            // What rows of a changed table look like now is not known here: they count as kept.
            if (write.definition == Definition::removes_rows)
                fate.taken_away.insert(witnesses.begin(), witnesses.end());
            return true;
        });
    for (const auto& change : write.rows) {
        Row row;
        if (change.has_before) {
            const auto before = fate.rows.find({change.table, change.before});
            if (before != fate.rows.end()) {
                row = std::move(before->second);
                fate.rows.erase(before);
            }
        }
        if (!change.has_after) continue; // what is gone can only be lost by coming back
        row.push_back(key);
        fate.rows.emplace(RowKey{change.table, change.after}, std::move(row));
    }
}

// Looks for rows among those that are there, each of which can be found once.
struct WriteLedger::Count {
    const rds::LocalDatabase::RowHashes& there;
    std::vector<std::string> names{}; // of tables, by number
    std::map<RowKey, std::uint64_t> taken{};
    std::set<WriteKey> lost{};
    std::set<WriteKey> broken_promises{};

    bool find(const RowKey& key) {
        const auto table = there.find(names[key.first]);
        if (table == there.end()) return false;
        const auto [from, to] = std::ranges::equal_range(table->second, key.second);
        return taken[key]++ < static_cast<std::uint64_t>(to - from);
    }

    void look_for(const Fate& fate) {
        lost.insert(fate.taken_away.begin(), fate.taken_away.end());
        for (const auto& [key, row] : fate.rows) {
            if (find(key)) continue;
            lost.insert(row.begin(), row.end());
            broken_promises.insert(row.begin(), row.end());
        }
    }
};

WriteLedger::Lost
WriteLedger::count_lost(const Lineage& lineage, const rds::LocalDatabase::RowHashes& rows) const {
    Count count{rows};
    count.names.resize(tables_.size());
    for (const auto& [name, number] : tables_)
        count.names[number] = name;
    // What the database goes back to, from its beginning.
    Fate expected;
    std::vector<std::uint64_t> until(writes_.size());
    for (auto part = lineage.rbegin(); part != lineage.rend(); ++part) {
        if (part->timeline >= writes_.size()) continue;
        until[part->timeline] = part->until;
        const auto& writes = writes_[part->timeline];
        for (std::size_t i = 0; i < writes.size() && writes[i].position <= part->until; ++i)
            repeat({part->timeline, i}, expected);
    }
    count.look_for(expected);
    // What happened elsewhere, or later than it goes: there only if the rows happen to be.
    Fate elsewhere;
    for (std::uint32_t timeline = 0; timeline < writes_.size(); ++timeline)
        for (std::size_t i = 0; i < writes_[timeline].size(); ++i) {
            const Write& write = writes_[timeline][i];
            if (write.position <= until[timeline]) continue;
            repeat({timeline, i}, elsewhere);
            const bool only_removes = std::ranges::none_of(write.rows, &RowChange::has_after);
            if (only_removes && write.definition == Definition::none)
                count.lost.emplace(timeline, i);
        }
    count.look_for(elsewhere);

    Lost lost;
    const auto own = lineage.empty() ? 0 : lineage.front().timeline;
    for (const auto& [timeline, number] : unlogged_) {
        lost.all += number;
        if (timeline == own) lost.promised += number;
    }
    for (const auto& [timeline, index] : count.lost) {
        if (!writes_[timeline][index].is_acknowledged) continue;
        ++lost.all;
        const bool is_beyond = writes_[timeline][index].position > until[timeline];
        if (timeline == own && (is_beyond || count.broken_promises.contains({timeline, index})))
            ++lost.promised;
    }
    return lost;
}

} // namespace diorama
