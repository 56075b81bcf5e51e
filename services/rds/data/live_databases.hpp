// The live databases: each on sockets, with a SQLite file in the folder, backed up into the store.
#pragma once

#include "services/rds/data/database_server.hpp"

#include <map>

namespace diorama::rds {

struct LiveSettings {
    std::filesystem::path folder; // empty: a temporary one
    std::shared_ptr<network::TLSContext> tls;
};

class LiveDatabases final : public Databases {
public:
    LiveDatabases(
        Environment& environment,
        network::Network& network,
        network::Names& names,
        LiveSettings settings,
        BackupStore& store
    );
    ~LiveDatabases() override;

    void make(const DatabaseIdentity& identity, Contents contents, Done done) override;
    void start(const DatabaseIdentity& identity, Done done) override;
    void stop(const std::string& resource_id) override;
    void remove(const std::string& resource_id) override;
    void set_password(
        const std::string& resource_id,
        const std::string& user,
        const std::string& password,
        Done done
    ) override;
    void back_up(const std::string& resource_id, const BackupObject& object, Done done) override;
    void ship_log(
        const std::string& resource_id,
        std::uint64_t position,
        const BackupObject& object,
        Done done
    ) override;
    void forget_log(const std::string& resource_id, std::uint64_t position) override;
    void remove_object(const BackupObject& object) override;
    void follow(const std::string& replica, const std::string& source) override;
    void promote(const std::string& replica, Done done) override;
    std::optional<DatabaseActivity> activity(const std::string& resource_id) const override;

private:
    using ServerPtr = std::shared_ptr<DatabaseServer>;

    ServerPtr server(const std::string& resource_id);
    void end_replication(const std::string& replica);
    void poke_replications();
    std::string scratch_file();

    bool is_temporary_; // the folder
    LiveRoom room_;
    std::map<std::string, ServerPtr> servers_;
    std::map<std::string, std::shared_ptr<Replication>> replications_; // by the replica
    std::uint64_t scratch_files_ = 0;
    Ticker replication_check_;
    std::shared_ptr<int> alive_ = std::make_shared<int>();
};

} // namespace diorama::rds
