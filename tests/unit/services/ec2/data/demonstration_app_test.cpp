// The built-in application: requests in, responses out, a database that says what the test wants.
#include "services/ec2/data/application_pages.hpp"
#include "services/ec2/data/demonstration_app.hpp"
#include "tests/support/fake_exchange.hpp"

#include <doctest/doctest.h>

using namespace diorama;
using namespace diorama::ec2;

namespace {

struct FakeDatabase final : Database {
    explicit FakeDatabase(std::vector<std::string>& given)
        : statements(given) {}

    void
    query(network::EdgeThread&, std::string sql, std::function<void(QueryOutcome outcome)> done)
        override {
        const bool creates = sql.starts_with("CREATE TABLE");
        statements.push_back(sql.substr(0, sql.find(' ')));
        if (creates) has_table = true;
        if (!has_table) return done({.error = "1146 (42S02): Table 'shop.orders' doesn't exist"});
        if (!error.empty()) return done({.error = error});
        QueryOutcome outcome;
        outcome.insert_id = 5;
        outcome.columns = {"id", "item"};
        outcome.rows = {{"5", "<tea>"}, {"4", std::nullopt}};
        done(std::move(outcome));
    }

    std::vector<std::string>& statements; // first words
    bool has_table = true;
    std::string error;
};

struct Scene {
    Scene() {
        auto made = std::make_unique<FakeDatabase>(statements);
        database = made.get();
        InstanceIdentity identity;
        identity.id = "i-1";
        identity.type = "t3.micro";
        identity.zone = "us-east-1a";
        identity.region = "us-east-1";
        app = std::make_shared<DemonstrationApp>(identity, ApplicationSettings{}, std::move(made));
    }

    std::shared_ptr<test::FakeExchange>
    begin(const std::string& method, const std::string& target, const std::string& body = "") {
        auto exchange =
            std::make_shared<test::FakeExchange>(thread, http::RequestHead{method, target, 11, {}});
        if (!body.empty()) exchange->body = {body};
        app->serve(exchange);
        return exchange;
    }

    // "200 body"
    std::string
    ask(const std::string& method, const std::string& target, const std::string& body = "") {
        const auto exchange = begin(method, target, body);
        thread.time.run_for(std::chrono::milliseconds(10));
        return std::to_string(exchange->status) + " " + exchange->sent;
    }

    test::ExchangeThread thread;
    std::vector<std::string> statements;
    FakeDatabase* database = nullptr;
    std::shared_ptr<DemonstrationApp> app;
};

} // namespace

TEST_CASE("application: each page has its answer") {
    Scene scene;
    CHECK(scene.ask("GET", "/health") == "200 ok\n");
    CHECK(
        scene.ask("GET", "/whoami") ==
        R"(200 {"availability_zone":"us-east-1a","instance_id":"i-1","instance_type":"t3.micro","region":"us-east-1"})"
    );
    CHECK(
        scene.ask("GET", "/api/orders") == R"(200 [{"id":5,"item":"<tea>"},{"id":4,"item":null}])"
    );
    CHECK(scene.ask("DELETE", "/api/orders").starts_with("405 "));
    CHECK(scene.ask("GET", "/none").starts_with("404 "));
    const auto home = scene.ask("GET", "/");
    CHECK(home.find("&lt;tea&gt;") != std::string::npos);
    CHECK(home.find("i-1 (t3.micro) in us-east-1a") != std::string::npos);
}

TEST_CASE("application: an order is written, and what is none is refused") {
    Scene scene;
    CHECK(
        scene.ask("POST", "/api/orders", R"({"item":"tea","amount":2})") ==
        R"(201 {"amount":2,"id":5,"instance":"i-1","item":"tea"})"
    );
    CHECK(scene.statements == std::vector<std::string>{"INSERT"});
    for (const char* body :
         {"",
          "{}",
          "[]",
          "{\"item\":1}",
          "{\"item\":\"\"}",
          R"({"item":"a","amount":0})",
          R"({"item":"a","amount":1e9})",
          "{"}) {
        CAPTURE(body);
        CHECK(scene.ask("POST", "/api/orders", body).starts_with("400 "));
    }
    CHECK(scene.statements.size() == 1);
}

TEST_CASE("application: the table is made whenever it is missing") {
    Scene scene;
    for (int i = 0; i < 2; ++i) { // the second time the database is a new one
        scene.database->has_table = false;
        scene.statements.clear();
        CHECK(scene.ask("GET", "/api/orders").starts_with("200 "));
        CHECK(scene.statements == std::vector<std::string>{"SELECT", "CREATE", "SELECT"});
    }
}

TEST_CASE("application: without its database the page still comes, the API says 503") {
    Scene scene;
    scene.database->error = "2003 nobody there";
    CHECK(scene.ask("GET", "/").find("No orders to show: 2003 nobody there") != std::string::npos);
    CHECK(scene.ask("GET", "/api/orders") == R"(503 {"error":"2003 nobody there"})");
}

TEST_CASE("application: requests wait for the CPU, health checks do not") {
    Scene scene;
    const auto work = scene.begin("GET", "/work?ms=50");
    const auto health = scene.begin("GET", "/health");
    CHECK(health->status == 200);
    scene.thread.time.run_for(std::chrono::milliseconds(51));
    CHECK(work->status == 0);
    scene.thread.time.run_for(std::chrono::milliseconds(1)); // and two for the request itself
    CHECK(work->status == 200);
    CHECK(scene.app->cpu_time(scene.thread.time.now()) == std::chrono::milliseconds(52));
}

TEST_CASE("application: when the plug is pulled requests under way break off") {
    Scene scene;
    const auto work = scene.begin("GET", "/work?ms=50");
    scene.app->pull_the_plug();
    scene.thread.time.run_for(std::chrono::seconds(1));
    CHECK(work->was_aborted);
    CHECK(work->status == 0);
    CHECK(scene.begin("GET", "/health")->was_aborted);
}
