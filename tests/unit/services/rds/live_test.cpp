// RDS on real sockets of the loopback: a client of the MySQL protocol, a folder that stands for S3,
// and a clock that runs fast.
#include "emulator/mysql/client.hpp"
#include "emulator/network/live_network.hpp"
#include "emulator/time/world_thread.hpp"
#include "services/rds/api.hpp"
#include "services/rds/rds.hpp"
#include "tests/support/database.hpp"

#include <doctest/doctest.h>

#include <condition_variable>
#include <future>
#include <mutex>
#include <thread>

using namespace diorama;
using namespace std::chrono_literals;

namespace {

class FolderStore final : public rds::BackupStore {
public:
    Failure put_file(const rds::BackupObject& object, const std::string& path) override {
        std::filesystem::create_directories(std::filesystem::path(place(object)).parent_path());
        std::filesystem::copy_file(
            path,
            place(object),
            std::filesystem::copy_options::overwrite_existing
        );
        return {};
    }

    Failure get_file(const rds::BackupObject& object, const std::string& path) override {
        if (!std::filesystem::exists(place(object))) return "there is no such object";
        std::filesystem::copy_file(
            place(object),
            path,
            std::filesystem::copy_options::overwrite_existing
        );
        return {};
    }

    Failure remove(const rds::BackupObject& object) override {
        std::filesystem::remove(place(object));
        return {};
    }

private:
    std::string place(const rds::BackupObject& object) const {
        return folder_.file(object.bucket + "/" + object.key);
    }

    test::Folder folder_;
};

class NoSubnets final : public rds::Subnets {
public:
    std::optional<Subnet>
    find(const std::string&, const std::string&, const std::string&) override {
        return {};
    }

    std::vector<Subnet> default_subnets(const std::string&, const std::string&) override {
        return {};
    }
};

// A client that the test waits for.
class Client final : public network::ConnectionEvents {
public:
    explicit Client(mysql::ClientSettings settings)
        : session_(std::move(settings)) {}

    static std::shared_ptr<Client> connect(
        network::Network& network,
        const network::Endpoint& target,
        std::string database = "app"
    ) {
        auto client = std::make_shared<Client>(
            mysql::ClientSettings{"admin", "password1", std::move(database)}
        );
        auto& thread = network.thread(0);
        thread.post([&network, &thread, client, target] {
            client->connection_ = &network.connect(thread, target, client, 5s * scale);
        });
        return client;
    }

    std::size_t received(std::string_view bytes) override {
        const std::lock_guard lock(mutex_);
        const auto consumed = session_.received(bytes);
        send();
        changed_.notify_all();
        return consumed;
    }

    void closed(network::CloseReason) override {
        const std::lock_guard lock(mutex_);
        connection_ = nullptr;
        is_closed_ = true;
        changed_.notify_all();
    }

    bool wait_until_ready() {
        std::unique_lock lock(mutex_);
        changed_.wait_for(lock, 10s, [&] {
            return session_.is_ready() || session_.has_failed() || is_closed_;
        });
        return session_.is_ready() && !is_closed_;
    }

    bool wait_until_closed() {
        std::unique_lock lock(mutex_);
        return changed_.wait_for(lock, 10s, [&] { return is_closed_; });
    }

    // "a|b;c|d", "ok 1", "1290 message", "closed".
    std::string query(const std::string& text) {
        std::unique_lock lock(mutex_);
        if (is_closed_ || !session_.is_ready()) return "closed";
        session_.query(text);
        connection_->thread().post([this] {
            const std::lock_guard inner(mutex_);
            send();
        });
        std::optional<mysql::QueryResult> result;
        changed_.wait_for(lock, 10s, [&] {
            result = session_.take_result();
            return result || is_closed_;
        });
        if (!result) return "closed";
        if (result->error) return fmt::format("{} {}", result->error->code, result->error->message);
        if (result->columns.empty()) return fmt::format("ok {}", result->affected_rows);
        std::string rows;
        for (const auto& row : result->rows) {
            if (!rows.empty()) rows += ';';
            for (std::size_t i = 0; i < row.size(); ++i)
                rows += (i > 0 ? "|" : "") + row[i].value_or("NULL");
        }
        return rows;
    }

    static constexpr int scale = 60;

private:
    void send() {
        if (connection_ != nullptr && !session_.output().empty())
            connection_->write(std::exchange(session_.output(), {}));
    }

    std::mutex mutex_;
    std::condition_variable changed_;
    mysql::ClientSession session_;
    network::Connection* connection_ = nullptr;
    bool is_closed_ = false;
};

// A cloud with a world thread of its own.
class LiveCloud {
public:
    LiveCloud() {
        runner_ = std::thread([this] { world_.run(); });
    }

    ~LiveCloud() {
        network_->stop();
        world_.stop();
        runner_.join();
        rds_.reset();
    }

    // On the world thread.
    template <class Action>
    auto on_world(Action action) {
        std::promise<decltype(action())> promise;
        world_.post([&] {
            try {
                promise.set_value(action());
            } catch (...) {
                promise.set_exception(std::current_exception());
            }
        });
        return promise.get_future().get();
    }

    template <class Operation, class Input>
    auto call(Operation operation, const Input& input) {
        return on_world([&] {
            aws::Call call{.random = random_};
            call.now = clock_.now();
            return (static_cast<rds::api::RDSApi&>(rds_->api()).*operation)(call, input);
        });
    }

    std::optional<rds::InstanceView> find(const std::string& name) {
        for (auto& view : on_world([&] { return rds_->instances(); }))
            if (view.identifier == name) return view;
        return {};
    }

    bool wait_for(const std::string& name, const std::string& status) {
        return wait([&] {
            const auto view = find(name);
            return view ? view->status == status : status == "gone";
        });
    }

    // Looks again and again as emulated time passes.
    template <class Condition>
    bool wait(Condition condition) {
        for (int i = 0; i < 1200; ++i) {
            if (condition()) return true;
            std::promise<void> passed;
            on_world([&] { return world_.after(500ms, [&] { passed.set_value(); }); });
            passed.get_future().wait();
        }
        return false;
    }

    void create(const std::string& name) {
        rds::api::CreateDBInstanceMessage input;
        input.db_instance_identifier = name;
        input.db_instance_class = "db.t3.micro";
        input.engine = "mysql";
        input.allocated_storage = 20;
        input.master_username = "admin";
        input.master_user_password = "password1";
        input.db_name = "app";
        input.multi_az = true;
        input.preferred_backup_window = "03:00-03:30";
        input.preferred_maintenance_window = "sun:04:00-sun:04:30";
        call(&rds::api::RDSApi::create_db_instance, input);
    }

    network::Endpoint local(const std::string& name) {
        return {network::IPAddress::v4(127, 0, 0, 1), find(name).value().port};
    }

    RealClock clock_{Client::scale};
    SilentLog log_;
    WorldThread world_{clock_, log_};
    DiscardedMetrics metrics_;
    ForgetfulJournal journal_;
    Environment environment_{clock_, world_, Random(1), metrics_, journal_, log_};
    std::unique_ptr<network::Network> network_ = network::make_live_network(clock_, 2, log_);
    network::Names names_{network::take_address_slice()};
    FolderStore store_;
    NoSubnets subnets_;
    Random random_{5};
    std::unique_ptr<rds::RDS> rds_ = std::make_unique<rds::RDS>(
        environment_,
        *network_,
        names_,
        rds::Settings{},
        store_,
        subnets_
    );
    std::thread runner_;
};

} // namespace

TEST_CASE("live: failover breaks connections and keeps what was committed") {
    LiveCloud cloud;
    cloud.create("shop");
    REQUIRE(cloud.wait_for("shop", "available"));
    const auto before = cloud.find("shop").value();
    CHECK(before.address == "localhost");

    auto client = Client::connect(*cloud.network_, cloud.local("shop"));
    REQUIRE(client->wait_until_ready());
    CHECK(client->query("CREATE TABLE t (id INT PRIMARY KEY)") == "ok 0");
    CHECK(client->query("INSERT INTO t VALUES (1)") == "ok 1");
    CHECK(client->query("BEGIN") == "ok 0");
    CHECK(client->query("INSERT INTO t VALUES (2)") == "ok 1");
    auto other = Client::connect(*cloud.network_, cloud.local("shop"));
    REQUIRE(other->wait_until_ready());
    CHECK(other->query("SELECT COUNT(*) FROM t") == "1");

    rds::api::RebootDBInstanceMessage reboot;
    reboot.db_instance_identifier = "shop";
    reboot.force_failover = true;
    cloud.call(&rds::api::RDSApi::reboot_db_instance, reboot);
    CHECK(client->wait_until_closed());
    CHECK(other->wait_until_closed());
    REQUIRE(cloud.wait_for("shop", "available"));
    const auto after = cloud.find("shop").value();
    CHECK(after.zone != before.zone);
    CHECK(after.port == before.port);

    client = Client::connect(*cloud.network_, cloud.local("shop"));
    REQUIRE(client->wait_until_ready());
    CHECK(client->query("SELECT * FROM t") == "1");
    CHECK(client->query("INSERT INTO t VALUES (3)") == "ok 1");
}

TEST_CASE("live: KILL closes a connection that is idle") {
    LiveCloud cloud;
    cloud.create("shop");
    REQUIRE(cloud.wait_for("shop", "available"));
    auto client = Client::connect(*cloud.network_, cloud.local("shop"));
    auto other = Client::connect(*cloud.network_, cloud.local("shop"));
    REQUIRE((client->wait_until_ready() && other->wait_until_ready()));
    const auto id = client->query("SELECT CONNECTION_ID()");
    CHECK(other->query("KILL " + id) == "ok 0");
    CHECK(client->wait_until_closed());
    CHECK(other->query("SELECT 1") == "1");
}

TEST_CASE("live: a read replica follows its source and refuses writes until it is promoted") {
    LiveCloud cloud;
    cloud.create("shop");
    REQUIRE(cloud.wait_for("shop", "available"));
    auto writer = Client::connect(*cloud.network_, cloud.local("shop"));
    REQUIRE(writer->wait_until_ready());
    writer->query("CREATE TABLE t (id INT PRIMARY KEY)");
    writer->query("INSERT INTO t VALUES (1)");

    rds::api::CreateDBInstanceReadReplicaMessage create;
    create.db_instance_identifier = "reader";
    create.source_db_instance_identifier = "shop";
    cloud.call(&rds::api::RDSApi::create_db_instance_read_replica, create);
    REQUIRE(cloud.wait_for("reader", "available"));
    CHECK(cloud.local("reader") != cloud.local("shop"));
    auto reader = Client::connect(*cloud.network_, cloud.local("reader"));
    REQUIRE(reader->wait_until_ready());
    CHECK(reader->query("SELECT COUNT(*) FROM t") == "1");
    for (int i = 2; i <= 50; ++i)
        CHECK(writer->query(fmt::format("INSERT INTO t VALUES ({})", i)) == "ok 1");
    CHECK(cloud.wait([&] { return reader->query("SELECT COUNT(*) FROM t") == "50"; }));
    CHECK(reader->query("INSERT INTO t VALUES (99)").starts_with("1290 "));

    rds::api::PromoteReadReplicaMessage promote;
    promote.db_instance_identifier = "reader";
    cloud.call(&rds::api::RDSApi::promote_read_replica, promote);
    CHECK(reader->wait_until_closed());
    REQUIRE(cloud.wait_for("reader", "available"));
    reader = Client::connect(*cloud.network_, cloud.local("reader"));
    REQUIRE(reader->wait_until_ready());
    CHECK(reader->query("INSERT INTO t VALUES (99)") == "ok 1");
}

TEST_CASE("live: a snapshot and a moment of the past come back from the backup store") {
    LiveCloud cloud;
    cloud.create("shop");
    REQUIRE(cloud.wait_for("shop", "available"));
    auto client = Client::connect(*cloud.network_, cloud.local("shop"));
    REQUIRE(client->wait_until_ready());
    client->query("CREATE TABLE t (id INT PRIMARY KEY)");
    client->query("INSERT INTO t VALUES (1)");
    rds::api::CreateDBSnapshotMessage snapshot;
    snapshot.db_instance_identifier = "shop";
    snapshot.db_snapshot_identifier = "one";
    cloud.call(&rds::api::RDSApi::create_db_snapshot, snapshot);
    REQUIRE(cloud.wait_for("shop", "available"));
    client->query("INSERT INTO t VALUES (2)");

    rds::api::RestoreDBInstanceFromDBSnapshotMessage restore;
    restore.db_instance_identifier = "copy";
    restore.db_snapshot_identifier = "one";
    cloud.call(&rds::api::RDSApi::restore_db_instance_from_db_snapshot, restore);
    REQUIRE(cloud.wait_for("copy", "available"));
    auto copy = Client::connect(*cloud.network_, cloud.local("copy"));
    REQUIRE(copy->wait_until_ready());
    CHECK(copy->query("SELECT * FROM t") == "1");

    // After the next shipping of the log, the latest moment holds the second row.
    const auto deep_enough = cloud.clock_.now() + 5min;
    REQUIRE(cloud.wait([&] {
        rds::api::DescribeDBInstancesMessage input;
        input.db_instance_identifier = "shop";
        const auto shop = cloud.call(&rds::api::RDSApi::describe_db_instances, input);
        return shop.db_instances.at(0).latest_restorable_time.value() > deep_enough - 5min;
    }));
    rds::api::RestoreDBInstanceToPointInTimeMessage past;
    past.source_db_instance_identifier = "shop";
    past.target_db_instance_identifier = "then";
    past.use_latest_restorable_time = true;
    cloud.call(&rds::api::RDSApi::restore_db_instance_to_point_in_time, past);
    REQUIRE(cloud.wait_for("then", "available"));
    auto then = Client::connect(*cloud.network_, cloud.local("then"));
    REQUIRE(then->wait_until_ready());
    CHECK(then->query("SELECT * FROM t") == "1;2");

    rds::api::DeleteDBInstanceMessage remove;
    remove.db_instance_identifier = "shop";
    remove.skip_final_snapshot = true;
    cloud.call(&rds::api::RDSApi::delete_db_instance, remove);
    CHECK(client->wait_until_closed());
    CHECK(cloud.wait_for("shop", "gone"));
}
