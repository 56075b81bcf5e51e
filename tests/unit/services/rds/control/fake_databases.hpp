// A cloud with RDS whose databases only remember what was asked of them, in virtual time.
#pragma once

#include "services/rds/control/operations.hpp"
#include "tests/support/test_environment.hpp"

#include <map>
#include <string>
#include <vector>

namespace diorama::test {

class FakeDatabases final : public rds::Databases {
public:
    explicit FakeDatabases(VirtualTime& time)
        : time_(time) {}

    struct Database {
        bool is_running = false;
        rds::DatabaseIdentity identity;
        rds::Contents contents;
        std::uint64_t position = 0; // of its change log
        std::string password;
        std::string follows;
    };

    std::map<std::string, Database> databases;
    std::map<std::string, std::uint64_t> objects; // key -> last position in it
    std::vector<std::string> calls;               // "start db-… first"
    std::string failure;                          // of everything from now on

    void make(const rds::DatabaseIdentity& identity, rds::Contents contents, Done done) override {
        auto& made = databases[identity.resource_id];
        made.identity = identity;
        made.password = contents.master_password;
        made.contents = std::move(contents);
        answer(done, 0);
    }

    void start(const rds::DatabaseIdentity& identity, Done done) override {
        auto& started = databases[identity.resource_id];
        started.identity = identity;
        started.is_running = failure.empty();
        calls.push_back(identity.host == rds::Host::first ? "start first" : "start second");
        rds::Outcome outcome;
        outcome.failure = failure;
        outcome.local_port = 4510;
        time_.post([done, outcome] { done(outcome); });
    }

    void stop(const std::string& id) override {
        databases[id].is_running = false;
        calls.emplace_back("stop");
    }

    void remove(const std::string& id) override { databases.erase(id); }

    void
    set_password(const std::string& id, const std::string&, const std::string& password, Done done)
        override {
        databases[id].password = password;
        answer(done, 0);
    }

    void back_up(const std::string& id, const rds::BackupObject& object, Done done) override {
        objects[object.bucket + "/" + object.key] = databases[id].position;
        answer(done, databases[id].position);
    }

    void ship_log(
        const std::string& id,
        std::uint64_t position,
        const rds::BackupObject& object,
        Done done
    ) override {
        const auto last = databases[id].position;
        if (last > position) objects[object.bucket + "/" + object.key] = last;
        answer(done, last);
    }

    void forget_log(const std::string&, std::uint64_t) override {}

    void remove_object(const rds::BackupObject& object) override {
        objects.erase(object.bucket + "/" + object.key);
    }

    void follow(const std::string& replica, const std::string& source) override {
        databases[replica].follows = source;
    }

    void promote(const std::string& replica, Done done) override {
        databases[replica].follows.clear();
        answer(done, 0);
    }

    std::optional<rds::DatabaseActivity> activity(const std::string& id) const override {
        const auto found = databases.find(id);
        if (found == databases.end() || !found->second.is_running) return std::nullopt;
        return rds::DatabaseActivity{};
    }

private:
    void answer(const Done& done, std::uint64_t position) {
        rds::Outcome outcome;
        outcome.failure = failure;
        outcome.position = position;
        time_.post([done, outcome] { done(outcome); });
    }

    VirtualTime& time_;
};

class ThreeSubnets final : public rds::Subnets {
public:
    std::optional<Subnet>
    find(const std::string& account, const std::string& region, const std::string& id) override {
        for (auto& subnet : default_subnets(account, region))
            if (subnet.id == id) return subnet;
        return std::nullopt;
    }

    std::vector<Subnet> default_subnets(const std::string&, const std::string& region) override {
        return {
            {"subnet-a", "vpc-1", region + "a"},
            {"subnet-b", "vpc-1", region + "b"},
            {"subnet-c", "vpc-1", region + "c"}
        };
    }
};

struct Cloud {
    TestEnvironment test;
    FakeDatabases databases{test.time};
    ThreeSubnets subnets;
    rds::ControlPlane control{test.environment, databases, subnets};
    Random random{7};

    aws::Call call() {
        aws::Call call{.random = random};
        call.now = test.time.now();
        return call;
    }

    rds::api::RDSApi& api() { return control.operations(); }

    void create(
        const std::string& name,
        const std::function<void(rds::api::CreateDBInstanceMessage&)>& change = {}
    ) {
        rds::api::CreateDBInstanceMessage input;
        input.db_instance_identifier = name;
        input.db_instance_class = "db.t3.micro";
        input.engine = "mysql";
        input.allocated_storage = 20;
        input.master_username = "admin";
        input.master_user_password = "password1";
        // No window opens by itself in the course of a test.
        input.preferred_backup_window = "22:00-22:30";
        input.preferred_maintenance_window = "sun:23:00-sun:23:30";
        if (change) change(input);
        api().create_db_instance(call(), input);
    }

    void run_for(Duration span) { test.time.run_for(span); }

    rds::api::DBInstance describe(const std::string& name) {
        rds::api::DescribeDBInstancesMessage input;
        input.db_instance_identifier = name;
        return api().describe_db_instances(call(), input).db_instances.at(0);
    }

    std::string status(const std::string& name) {
        return describe(name).db_instance_status.value_or("");
    }

    FakeDatabases::Database& database(const std::string& name) {
        return databases.databases.at(describe(name).dbi_resource_id.value());
    }

    // The messages of an instance's events, oldest first, and forgets nothing.
    std::vector<std::string> events(const std::string& name) {
        rds::api::DescribeEventsMessage input;
        input.source_identifier = name;
        input.source_type = rds::api::SourceType::db_instance;
        std::vector<std::string> messages;
        for (const auto& event : api().describe_events(call(), input).events)
            messages.push_back(event.message.value_or(""));
        return messages;
    }

    // "Code: message" of the error that something ends in, empty without one.
    template <class Action>
    static std::string error_of(Action action) {
        try {
            action();
        } catch (const aws::AWSError& error) {
            return error.code() + ": " + error.message();
        }
        return {};
    }
};

} // namespace diorama::test
