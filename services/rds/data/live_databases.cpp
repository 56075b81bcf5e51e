// See live_databases.hpp.
#include "services/rds/data/live_databases.hpp"

#include "services/rds/data/contents.hpp"
#include "services/rds/limits.hpp"

#include <fmt/format.h>

#include <cstdlib>
#include <stdexcept>

namespace diorama::rds {

namespace {

// How often a replica looks by itself whether there is something to repeat: it is told of commits,
// but not of a source that is there again.
constexpr Duration replication_check = std::chrono::seconds(1);

std::filesystem::path folder_for(const std::filesystem::path& wanted) {
    if (!wanted.empty()) {
        std::filesystem::create_directories(wanted);
        return wanted;
    }
    auto pattern = (std::filesystem::temp_directory_path() / "diorama-rds-XXXXXX").string();
    if (::mkdtemp(pattern.data()) == nullptr)
        throw std::runtime_error("there is no place for temporary files: " + pattern);
    return pattern;
}

Outcome not_running() {
    Outcome outcome;
    outcome.failure = "the database does not run";
    return outcome;
}

} // namespace

LiveDatabases::LiveDatabases(
    Environment& environment,
    network::Network& network,
    network::Names& names,
    LiveSettings settings,
    BackupStore& store
)
    : is_temporary_(settings.folder.empty())
    , room_{
          environment,
          network,
          names,
          store,
          folder_for(settings.folder),
          !settings.folder.empty(),
          std::move(settings.tls),
          {},
          environment.random.fork("rds.databases"),
          {}
      }
    , replication_check_(environment.scheduler, replication_check, [this] {
        poke_replications();
        for (const auto& [id, server] : servers_) {
            server->sync_log();
            server->run_events();
        }
    }) {}

LiveDatabases::~LiveDatabases() {
    replications_.clear();
    servers_.clear();
    std::error_code ignored;
    if (is_temporary_) std::filesystem::remove_all(room_.folder, ignored);
}

LiveDatabases::ServerPtr LiveDatabases::server(const std::string& resource_id) {
    auto& server = servers_[resource_id];
    if (!server) server = std::make_shared<DatabaseServer>(room_, resource_id);
    return server;
}

std::string LiveDatabases::scratch_file() {
    return (room_.folder / fmt::format("scratch-{}", ++scratch_files_)).string();
}

void LiveDatabases::make(const DatabaseIdentity& identity, Contents contents, Done done) {
    const auto made = server(identity.resource_id);
    std::shared_ptr<Engine> source;
    if (contents.kind == Contents::Kind::copy) source = server(contents.source)->engine();
    made->enqueue(
        [&room = room_,
         settings = made->settings(true),
         folder = made->folder(),
         random = room_.random.fork(identity.resource_id),
         contents = std::move(contents),
         source = std::move(source),
         scratch = scratch_file()] {
            std::filesystem::create_directories(folder);
            const auto& clock = room.environment.clock;
            switch (contents.kind) {
            case Contents::Kind::empty:
                return make_empty(settings, clock, random, contents);
            case Contents::Kind::backup:
                return make_from_backup(settings, clock, random, contents, room.store, scratch);
            case Contents::Kind::copy:
                break;
            }
            return source ? make_copy(settings, *source) : not_running();
        },
        std::move(done)
    );
}

void LiveDatabases::start(const DatabaseIdentity& identity, Done done) {
    server(identity.resource_id)
        ->start(
            identity,
            [this, done = std::move(done), alive = std::weak_ptr(alive_)](const Outcome& outcome) {
                if (alive.expired()) return;
                done(outcome);
                poke_replications();
            }
        );
}

void LiveDatabases::stop(const std::string& resource_id) {
    server(resource_id)->stop();
}

void LiveDatabases::remove(const std::string& resource_id) {
    end_replication(resource_id);
    const auto removed = server(resource_id);
    removed->stop();
    removed->forget_names();
    removed->enqueue(
        [folder = removed->folder()] {
            std::filesystem::remove_all(folder);
            return Outcome();
        },
        [this, resource_id, alive = std::weak_ptr(alive_)](const Outcome&) {
            if (!alive.expired()) servers_.erase(resource_id);
        }
    );
}

void LiveDatabases::set_password(
    const std::string& resource_id,
    const std::string& user,
    const std::string& password,
    Done done
) {
    const auto target = server(resource_id);
    target->enqueue(
        [engine = target->engine(), user, password] {
            if (!engine) return not_running();
            Outcome outcome;
            // A writer in the way: not now.
            auto& lock = engine->writer_lock();
            if (!lock.acquire(&outcome, [] {})) {
                lock.withdraw(&outcome);
                outcome.is_complete = false;
                return outcome;
            }
            engine->put_user(user, password);
            lock.release(&outcome);
            return outcome;
        },
        [this, resource_id, user, password, done = std::move(done), alive = std::weak_ptr(alive_)](
            const Outcome& outcome
        ) {
            if (alive.expired()) return;
            if (outcome.is_complete) return done(outcome);
            room_.environment.scheduler.after(
                limits::replication_retry,
                [this, resource_id, user, password, done, alive] {
                    if (!alive.expired()) set_password(resource_id, user, password, done);
                }
            );
        }
    );
}

void LiveDatabases::back_up(const std::string& resource_id, const BackupObject& object, Done done) {
    const auto source = server(resource_id);
    source->enqueue(
        [engine = source->engine(), object, &store = room_.store, scratch = scratch_file()] {
            return engine ? rds::back_up(*engine, object, store, scratch) : not_running();
        },
        std::move(done)
    );
}

void LiveDatabases::ship_log(
    const std::string& resource_id,
    std::uint64_t position,
    const BackupObject& object,
    Done done
) {
    const auto source = server(resource_id);
    source->enqueue(
        [engine = source->engine(),
         position,
         object,
         &store = room_.store,
         scratch = scratch_file()] {
            return engine ? rds::ship_log(*engine, position, object, store, scratch)
                          : not_running();
        },
        std::move(done)
    );
}

void LiveDatabases::forget_log(const std::string& resource_id, std::uint64_t position) {
    const auto source = server(resource_id);
    source->enqueue(
        [engine = source->engine(), up_to = source->followers().least_position(position)] {
            if (engine) engine->purge_log(up_to);
            return Outcome();
        },
        [](const Outcome&) {}
    );
}

void LiveDatabases::remove_object(const BackupObject& object) {
    room_.network.run_blocking([&room = room_, object] {
        if (const auto failure = room.store.remove(object)) {
            room.environment.log
                .write(LogLevel::warning, "rds", "{} stays: {}", object.key, *failure);
        }
    });
}

// Replication.

void LiveDatabases::follow(const std::string& replica, const std::string& source) {
    if (replications_.contains(replica)) return;
    const auto engine_of = [](const ServerPtr& server) -> Replication::FindEngine {
        return [place = server->place()] { return place->engine(); };
    };
    const auto replication = std::make_shared<Replication>(
        room_.network,
        room_.environment.scheduler,
        engine_of(server(source)),
        engine_of(server(replica))
    );
    server(source)->followers().add(replication);
    replications_.emplace(replica, replication);
    replication->poke();
}

void LiveDatabases::end_replication(const std::string& replica) {
    const auto found = replications_.find(replica);
    if (found == replications_.end()) return;
    found->second->end();
    for (const auto& [id, server] : servers_)
        server->followers().remove(found->second.get());
    replications_.erase(found);
}

void LiveDatabases::poke_replications() {
    for (const auto& [replica, replication] : replications_)
        replication->poke();
}

void LiveDatabases::promote(const std::string& replica, Done done) {
    end_replication(replica);
    const auto promoted = server(replica);
    promoted->enqueue(
        [engine = promoted->engine()] {
            if (engine) engine->set_read_only(false);
            return Outcome();
        },
        std::move(done)
    );
}

std::optional<DatabaseActivity> LiveDatabases::activity(const std::string& resource_id) const {
    const auto found = servers_.find(resource_id);
    if (found == servers_.end()) return std::nullopt;
    auto activity = found->second->activity();
    const auto replication = replications_.find(resource_id);
    if (activity && replication != replications_.end()) {
        // AWS: ReplicaLag is -1 when replication does not run.
        activity->replica_lag = replication->second->lag(room_.environment.clock.now())
                                    .value_or(Duration(std::chrono::seconds(-1)));
    }
    return activity;
}

} // namespace diorama::rds
