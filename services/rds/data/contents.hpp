// How the file of a new database comes to be, and how pieces of its change log leave. Workers only.
#pragma once

#include "services/rds/data/databases.hpp"
#include "services/rds/data/engine.hpp"

#include <functional>

namespace diorama::rds {

// An empty database with its master user and, if named, a first database.
Outcome
make_empty(EngineSettings settings, const Clock& clock, Random random, const Contents& contents);
// From a backup, and what was committed after it up to contents.until. `scratch` is a file that may
// be overwritten.
Outcome make_from_backup(
    EngineSettings settings,
    const Clock& clock,
    Random random,
    const Contents& contents,
    BackupStore& store,
    const std::string& scratch
);
// From another database that is running.
Outcome make_copy(const EngineSettings& settings, const Engine& source);

Outcome back_up(
    const Engine& engine,
    const BackupObject& object,
    BackupStore& store,
    const std::string& scratch
);
Outcome ship_log(
    const Engine& engine,
    std::uint64_t position,
    const BackupObject& object,
    BackupStore& store,
    const std::string& scratch
);

} // namespace diorama::rds
