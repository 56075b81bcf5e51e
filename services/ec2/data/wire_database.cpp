// See wire_database.hpp. Connections are made when a statement finds none idle, up to a few per
// thread; they are kept until the database or an error closes them.
#include "services/ec2/data/wire_database.hpp"

#include "emulator/mysql/client.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <deque>

namespace diorama::ec2 {

namespace {

constexpr std::size_t most_connections = 4; // per instance and edge thread
constexpr auto connect_timeout = std::chrono::seconds(10);

struct Statement {
    std::string sql;
    std::function<void(QueryOutcome)> done;
    bool was_retried = false;

    // A read may be asked again when its connection broke; a write may have been carried out.
    bool may_be_repeated() const { return !was_retried && sql.starts_with("SELECT"); }
};

QueryOutcome outcome_of(mysql::QueryResult result) {
    QueryOutcome outcome;
    if (result.error)
        outcome.error = fmt::format("{} {}", result.error->code, result.error->message);
    outcome.columns = std::move(result.columns);
    outcome.rows = std::move(result.rows);
    outcome.insert_id = result.last_insert_id;
    return outcome;
}

class Pool;

// One connection to the database.
class DatabaseConnection final : public network::ConnectionEvents {
public:
    DatabaseConnection(std::shared_ptr<Pool> pool, mysql::ClientSettings settings)
        : pool_(std::move(pool))
        , session_(std::move(settings)) {}

    void use(network::Connection& connection) { connection_ = &connection; }

    void run(Statement statement);

    bool is_idle() const { return session_.is_ready() && !statement_; }

    void close() {
        if (connection_ != nullptr) connection_->close();
    }

    std::size_t received(std::string_view bytes) override;
    void closed(network::CloseReason reason) override;

private:
    void send() {
        if (connection_ != nullptr && !session_.output().empty())
            connection_->write(std::exchange(session_.output(), {}));
    }

    std::shared_ptr<Pool> pool_;
    mysql::ClientSession session_;
    network::Connection* connection_ = nullptr;
    std::optional<Statement> statement_;
};

// The connections of one edge thread.
class Pool final : public std::enable_shared_from_this<Pool> {
public:
    using Dial = std::function<std::optional<network::Endpoint>()>;

    Pool(
        network::Network& network,
        network::EdgeThread& thread,
        Dial dial,
        mysql::ClientSettings settings
    )
        : network_(network)
        , thread_(thread)
        , dial_(std::move(dial))
        , settings_(std::move(settings)) {}

    void run(Statement statement) {
        waiting_.push_back(std::move(statement));
        serve();
    }

    void close() {
        is_closed_ = true;
        const auto connections = connections_;
        for (const auto& connection : connections)
            connection->close();
    }

    // A connection has nothing to do.
    void serve() {
        while (!waiting_.empty()) {
            const auto idle =
                std::find_if(connections_.begin(), connections_.end(), [](const auto& connection) {
                    return connection->is_idle();
                });
            if (idle == connections_.end()) break;
            Statement next = std::move(waiting_.front());
            waiting_.pop_front();
            (*idle)->run(std::move(next));
        }
        if (waiting_.size() > connecting_ && connections_.size() < most_connections) connect();
    }

    void logged_in() { connecting_ = connecting_ > 0 ? connecting_ - 1 : 0; }

    // A connection is gone, with or without a statement under way.
    void lost(
        const DatabaseConnection* lost,
        bool was_ready,
        std::optional<Statement> statement,
        const std::string& why
    ) {
        std::erase_if(connections_, [lost](const auto& connection) {
            return connection.get() == lost;
        });
        if (statement && statement->may_be_repeated() && !is_closed_) {
            statement->was_retried = true;
            waiting_.push_front(std::move(*statement));
        } else if (statement) {
            statement->done({.error = why});
        }
        if (!was_ready) { // the database cannot be reached: nobody waits for it for ever
            logged_in();
            fail_waiting(why);
        } else if (!is_closed_) {
            serve();
        }
    }

private:
    void connect() {
        const auto endpoint = dial_();
        if (!endpoint) return fail_waiting("the database's name has no address");
        ++connecting_;
        const auto connection = std::make_shared<DatabaseConnection>(shared_from_this(), settings_);
        connections_.push_back(connection);
        connection->use(network_.connect(thread_, *endpoint, connection, connect_timeout));
    }

    void fail_waiting(const std::string& why) {
        const auto waiting = std::exchange(waiting_, {});
        for (const auto& statement : waiting)
            statement.done({.error = why});
    }

    network::Network& network_;
    network::EdgeThread& thread_;
    Dial dial_;
    mysql::ClientSettings settings_;
    std::vector<std::shared_ptr<DatabaseConnection>> connections_;
    std::deque<Statement> waiting_;
    std::size_t connecting_ = 0;
    bool is_closed_ = false;
};

void DatabaseConnection::run(Statement statement) {
    statement_ = std::move(statement);
    session_.query(statement_->sql);
    send();
}

std::size_t DatabaseConnection::received(std::string_view bytes) {
    const bool was_ready = session_.is_ready() || statement_.has_value();
    const std::size_t consumed = session_.received(bytes);
    send();
    if (session_.has_failed()) {
        connection_->close();
        return bytes.size();
    }
    if (!was_ready && session_.is_ready()) pool_->logged_in();
    while (auto result = session_.take_result()) {
        const auto statement = std::exchange(statement_, std::nullopt);
        if (statement) statement->done(outcome_of(std::move(*result)));
    }
    if (is_idle()) pool_->serve();
    return consumed;
}

void DatabaseConnection::closed(network::CloseReason) {
    connection_ = nullptr;
    const bool was_ready = session_.is_ready() || statement_.has_value();
    const auto& failure = session_.failure();
    const std::string why = session_.has_failed()
                                ? fmt::format("{} {}", failure.code, failure.message)
                                : std::string("the connection to the database was lost");
    pool_->lost(this, was_ready, std::exchange(statement_, std::nullopt), why);
}

class WireDatabase final : public Database {
public:
    // `dial_reads` may be nothing: reads go where writes go.
    WireDatabase(
        network::Network& network,
        const Pool::Dial& dial,
        const Pool::Dial& dial_reads,
        const mysql::ClientSettings& settings
    )
        : pools_(make_pools(network, dial, settings)) {
        if (dial_reads) read_pools_ = make_pools(network, dial_reads, settings);
    }

    ~WireDatabase() override {
        for (const auto* pools : {&pools_, &read_pools_})
            for (const auto& [thread, pool] : *pools)
                thread->post([closing = pool] { closing->close(); });
    }

    void query(network::EdgeThread& thread, std::string sql, std::function<void(QueryOutcome)> done)
        override {
        const bool reads_elsewhere = !read_pools_.empty() && sql.starts_with("SELECT");
        auto& pools = reads_elsewhere ? read_pools_ : pools_;
        pools.at(thread.index()).second->run({std::move(sql), std::move(done)});
    }

private:
    using Pools = std::vector<std::pair<network::EdgeThread*, std::shared_ptr<Pool>>>;

    static Pools make_pools(
        network::Network& network,
        const Pool::Dial& dial,
        const mysql::ClientSettings& settings
    ) {
        Pools pools;
        for (std::size_t i = 0; i < network.thread_count(); ++i) {
            auto& thread = network.thread(i);
            pools.emplace_back(&thread, std::make_shared<Pool>(network, thread, dial, settings));
        }
        return pools;
    }

    Pools pools_; // by the thread's index
    Pools read_pools_;
};

using Resolve = std::function<std::vector<network::IPAddress>(std::string_view name)>;

Pool::Dial
dial_to(network::Names& names, const Resolve& resolve, std::string host, std::uint16_t port) {
    return [&names, resolve, host = std::move(host), port]() -> std::optional<network::Endpoint> {
        const auto addresses = resolve ? resolve(host) : std::vector<network::IPAddress>{};
        if (addresses.empty() || !addresses.front().is_loopback()) return std::nullopt;
        return names.translate({addresses.front(), port});
    };
}

} // namespace

std::unique_ptr<Database> make_wire_database(
    network::Network& network,
    network::Names& names,
    std::function<std::vector<network::IPAddress>(std::string_view name)> resolve,
    const ApplicationSettings& settings
) {
    const auto dial = dial_to(names, resolve, settings.database_host, settings.database_port);
    const auto dial_reads = settings.database_read_host.empty()
                                ? Pool::Dial()
                                : dial_to(
                                      names,
                                      resolve,
                                      settings.database_read_host,
                                      settings.database_read_port
                                  );
    const mysql::ClientSettings login{
        settings.database_user,
        settings.database_password,
        settings.database_name
    };
    return std::make_unique<WireDatabase>(network, dial, dial_reads, login);
}

} // namespace diorama::ec2
