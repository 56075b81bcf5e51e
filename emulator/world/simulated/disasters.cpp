// Faults that somebody causes and somebody repairs, with tools of AWS: a table dropped, a database
// restored in its place, traffic moved by weights. See world/simulated/faults.hpp.
#include "emulator/world/simulated/faults.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>

namespace diorama {

namespace {

using nlohmann::json;
using simulation::Fault;

// How often a restored database is looked at until it is there.
constexpr Duration looks_again = std::chrono::seconds(10);

// "DROP TABLE [IF EXISTS] orders;" -> "orders"; empty for other statements.
std::string dropped_table(std::string text) {
    std::vector<std::string> words;
    std::string word;
    for (const char letter : text + ' ') {
        if (std::isspace(static_cast<unsigned char>(letter)) == 0) {
            if (letter != '`' && letter != ';') word += letter;
        } else if (!word.empty()) {
            words.push_back(std::exchange(word, {}));
        }
    }
    const auto is = [&](std::size_t index, std::string_view wanted) {
        return index < words.size() && http::equal_ignoring_case(words[index], wanted);
    };
    if (!is(0, "DROP") || !is(1, "TABLE")) return {};
    const std::size_t name = is(2, "IF") && is(3, "EXISTS") ? 4 : 2;
    return words.size() == name + 1 ? words[name] : std::string();
}

} // namespace

SimulatedFaults::Targets SimulatedFaults::run_sql(const Fault& fault, bool begins) {
    if (!begins) return {};
    const auto text = StackFaults::text_of(fault, "sql");
    const auto table = dropped_table(text);
    if (world_.databases.has_rows()) return run_script(fault, text);
    if (table.empty())
        throw std::runtime_error("with the cost model, run-sql knows only DROP TABLE name");
    auto ids = databases_for(fault);
    for (const auto& id : ids)
        if (const auto* database = world_.databases.named(id))
            world_.databases.drop_table(database->identity.resource_id, table);
    return ids;
}

SimulatedFaults::Targets
SimulatedFaults::run_script(const Fault& fault, const std::string& statements) {
    auto ids = databases_for(fault);
    for (const auto& id : ids) {
        const auto* database = world_.databases.named(id);
        if (database == nullptr) continue;
        if (const auto why =
                world_.databases.run_script(database->identity.resource_id, statements))
            throw std::runtime_error(*why);
    }
    return ids;
}

// As AWS's guide has it: restore into a new instance, then let the two change their names.
// https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_PIT.html
SimulatedFaults::Targets SimulatedFaults::restore_database(const Fault& fault, bool begins) {
    if (!begins) return {};
    auto ids = databases_for(fault);
    for (const auto& id : ids) {
        begin_restore(fault, id);
        await_database(id + "-restored", [this, id] {
            rename_database(id, id + "-broken");
            await_database(id + "-broken", [this, id] { rename_database(id + "-restored", id); });
        });
    }
    return ids;
}

void SimulatedFaults::begin_restore(const Fault& fault, const std::string& id) {
    const auto described =
        world_.call("rds", "DescribeDBInstances", {{"DBInstanceIdentifier", id}});
    const auto& source = described.at("DBInstances").at(0);
    json input{
        {"DBInstanceClass", source.at("DBInstanceClass")},
        {"MultiAZ", source.at("MultiAZ")},
    };
    if (source.contains("DBSubnetGroup"))
        input["DBSubnetGroupName"] = source.at("DBSubnetGroup").at("DBSubnetGroupName");
    const auto moment = fault.quantities.find("point_in_time");
    if (moment != fault.quantities.end()) {
        const Duration since_start(static_cast<Duration::rep>(moment->second));
        input["SourceDBInstanceIdentifier"] = id;
        input["TargetDBInstanceIdentifier"] = id + "-restored";
        input["RestoreTime"] = iso8601(world_.scenario.start + since_start);
        world_.act("rds", "RestoreDBInstanceToPointInTime", input);
        return;
    }
    input["DBInstanceIdentifier"] = id + "-restored";
    input["DBSnapshotIdentifier"] = snapshot_for(fault, id);
    world_.act("rds", "RestoreDBInstanceFromDBSnapshot", input);
}

// The one that is named, or the latest of the instance.
std::string SimulatedFaults::snapshot_for(const Fault& fault, const std::string& id) {
    if (const auto named = StackFaults::text_of(fault, "snapshot"); !named.empty()) return named;
    const auto described =
        world_.call("rds", "DescribeDBSnapshots", {{"DBInstanceIdentifier", id}});
    std::pair<std::string, std::string> latest; // when, which
    for (const auto& snapshot : described.value("DBSnapshots", json::array()))
        if (snapshot.value("Status", "") == "available")
            latest = std::max(
                latest,
                {snapshot.value("SnapshotCreateTime", json()).dump(),
                 snapshot.value("DBSnapshotIdentifier", "")}
            );
    if (latest.second.empty()) throw std::runtime_error(id + " has no snapshot to restore");
    return latest.second;
}

void SimulatedFaults::await_database(const std::string& id, std::function<void()> then) {
    world_.time.after(looks_again, [this, id, then = std::move(then)]() mutable {
        json described;
        try {
            described = world_.call("rds", "DescribeDBInstances", {{"DBInstanceIdentifier", id}});
        } catch (const std::exception&) {
            // Not yet known by that name.
        }
        const bool is_there =
            !described.is_null() &&
            described.at("DBInstances").at(0).value("DBInstanceStatus", "") == "available";
        is_there ? then() : await_database(id, std::move(then));
    });
}

void SimulatedFaults::rename_database(const std::string& id, const std::string& name) {
    world_.act(
        "rds",
        "ModifyDBInstance",
        {{"DBInstanceIdentifier", id}, {"NewDBInstanceIdentifier", name}, {"ApplyImmediately", true}
        }
    );
}

} // namespace diorama
