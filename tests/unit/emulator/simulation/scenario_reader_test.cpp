#include "tests/unit/emulator/simulation/scenario_text.hpp"

#include <doctest/doctest.h>

#include <utility>

namespace diorama::simulation {

using namespace std::chrono_literals;

TEST_CASE("a scenario is read into plain values") {
    const auto read = read_text(
        "# A shop.\n"
        "# It sells hats.\n"
        "scenario: hats\n"
        "start: 2026-12-24T18:00:00Z\n"
        "duration: 6h\n"
        "warmup: 5m\n"
        "seed: 7\n"
        "deploy:\n"
        "  template: ../t.yaml\n"
        "  parameters: { MinSize: 3, Zones: [a, b] }\n"
        "  files:\n"
        "    Assets: site/\n"
        "    Images: { count: 500, prefix: img/, suffix: .jpg, size: lognormal(40KiB, 0.7), "
        "cache_control: max-age=60 }\n"
        "  sql: { Database: schema.sql }\n"
        "app:\n"
        "  health: { path: /healthz, text: well }\n"
        "  sql_engine: model\n"
        "  routes:\n"
        "    GET /: { cpu: lognormal(6ms, 0.5), sql: [\"SELECT {id}\"], size: 24KiB, private: true, "
        "text: Hello }\n"
        "    POST /buy:\n"
        "      sql: { text: \"INSERT INTO o VALUES ({id})\", cost: 2ms }\n"
        "  values: { id: zipf(10, 1.1), color: [red, blue] }\n"
    );
    CHECK(lines_of(read.mistakes) == std::vector<std::string>{});
    const Scenario& scenario = read.scenario;
    CHECK(scenario.name == "hats");
    CHECK(scenario.description == "A shop.\nIt sells hats.");
    CHECK(iso8601(scenario.start) == "2026-12-24T18:00:00Z");
    CHECK(scenario.duration == 6h);
    CHECK(scenario.warmup == 5min);
    CHECK(scenario.seed == 7);
    CHECK(scenario.deploy.template_path == "../t.yaml");
    CHECK(scenario.deploy.stack_name == "hats");
    CHECK(scenario.deploy.parameters.at("Zones") == "a,b");
    REQUIRE(scenario.deploy.files.size() == 1);
    CHECK(scenario.deploy.files[0].folder == "site/");
    REQUIRE(scenario.deploy.synthetic_files.size() == 1);
    CHECK(scenario.deploy.synthetic_files[0].count == 500);
    CHECK(scenario.deploy.synthetic_files[0].size.law() == RandomVariable::Law::lognormal);
    CHECK(scenario.app.health_path == "/healthz");
    CHECK(scenario.app.health_text == "well");
    CHECK(scenario.app.sql_engine == SQLEngine::model);
    REQUIRE(scenario.app.routes.size() == 2);
    CHECK(scenario.app.routes[0].pattern.method == "GET");
    CHECK(scenario.app.routes[0].cpu.law() == RandomVariable::Law::lognormal);
    CHECK(scenario.app.routes[0].size.mean() == 24 * 1024);
    CHECK(scenario.app.routes[0].is_private);
    CHECK(scenario.app.routes[0].text == "Hello");
    CHECK_FALSE(scenario.app.routes[0].sql[0].writes);
    CHECK(scenario.app.routes[1].sql[0].writes);
    CHECK(scenario.app.routes[1].sql[0].cost->mean() == 2e6);
    CHECK(scenario.app.values.at("color").choices.size() == 2);
}

TEST_CASE("a population's visits are steps") {
    const auto read = read_text(
        head + "app: { values: { id: uniform(9) } }\n"
               "traffic:\n"
               "  shoppers:\n"
               "    from: { us-east: 60%, eu-west: 40% }\n"
               "    rate: 100 requests/s\n"
               "    arrivals: constant\n"
               "    visit:\n"
               "      - GET https://www.example.com\n"
               "      - 3x GET http://static.example.com/{id}\n"
               "      - think exponential(4s)\n"
               "      - 50%: 2x POST https://www.example.com/buy\n"
               "      - { request: PUT https://www.example.com/x, share: 0%, body: 2KiB, name: "
               "upload, signed: 5m }\n"
               "    patience: { timeout: 8s, retries: 2, backoff: constant(1s), jitter: 50% }\n"
               "    resolver: { cache: false, greatest_ttl: 60s }\n"
               "    clock_skew: -90s\n"
    );
    CHECK(lines_of(read.mistakes) == std::vector<std::string>{});
    const Population& shoppers = read.scenario.traffic.at(0);
    REQUIRE(shoppers.visit.size() == 5);
    const auto& first = std::get<RequestStep>(shoppers.visit[0].action);
    CHECK(first.is_tls);
    CHECK(first.path == "/");
    CHECK(first.name == "GET https://www.example.com");
    CHECK(shoppers.visit[1].times == 3);
    CHECK(std::get<RequestStep>(shoppers.visit[1].action).path == "/{id}");
    CHECK(std::get<ThinkStep>(shoppers.visit[2].action).time.mean() == 4e9);
    CHECK(shoppers.visit[3].share == 0.5);
    CHECK(shoppers.visit[3].times == 2);
    CHECK(std::get<RequestStep>(shoppers.visit[4].action).body_bytes == 2048);
    CHECK(std::get<RequestStep>(shoppers.visit[4].action).signed_for == 5min);
    CHECK_FALSE(std::get<RequestStep>(shoppers.visit[0].action).signed_for);
    CHECK(std::get<RequestStep>(shoppers.visit[4].action).name == "upload");
    // 1 + 3 + 50% of 2 requests a visit.
    const auto& loop = std::get<OpenLoop>(shoppers.arrivals);
    CHECK(loop.rate.at(1h) == 20);
    CHECK_FALSE(loop.is_poisson);
    CHECK(shoppers.patience.retries == 2);
    CHECK_FALSE(shoppers.patience.backoff_is_exponential);
    CHECK(shoppers.patience.jitter == 0.5);
    CHECK_FALSE(shoppers.resolver.caches);
    CHECK(shoppers.resolver.greatest_ttl == 60s);
    CHECK(shoppers.clock_skew == -90s);
}

TEST_CASE("a closed loop has users and a pause") {
    const auto read = read_text(
        head +
        "traffic:\n  staff:\n    closed: { users: [0h 10, 2h 50], pause: exponential(30s) }\n"
        "    visit: GET https://a.example/\n"
    );
    CHECK(lines_of(read.mistakes) == std::vector<std::string>{});
    const auto& loop = std::get<ClosedLoop>(read.scenario.traffic.at(0).arrivals);
    CHECK(loop.users.at(1h) == 30);
    CHECK(loop.pause.mean() == 30e9);
}

TEST_CASE("an access log is replayed at its speed") {
    TextFiles files;
    files.texts["s/test.yaml"] = head + "traffic:\n  old:\n    replay: { file: day.log, format: "
                                        "combined, host: a.example, speed: 2 }\n";
    files.texts["s/day.log"] =
        "1.2.3.4 - - [10/Oct/2000:20:00:00 +0000] \"GET / HTTP/1.1\" 200 0\n"
        "1.2.3.4 - - [10/Oct/2000:20:00:10 +0000] \"GET /b HTTP/1.1\" 200 0\n";
    ReaderOptions options;
    options.files = &files;
    const auto read = read_scenario("s/test.yaml", options);
    CHECK(lines_of(read.mistakes) == std::vector<std::string>{});
    const auto& replay = std::get<Replay>(read.scenario.traffic.at(0).arrivals);
    REQUIRE(replay.requests.size() == 2);
    CHECK(replay.requests[1].at == 5s);
}

TEST_CASE("every mistake has its line, its column and a suggestion") {
    const std::vector<std::pair<std::string, std::string>> cases{
        {"", "1:1 not a scenario: a scenario is a map of sections"},
        {"[1, 2]", "1:1 not a scenario: a scenario is a map of sections"},
        {"scenario: a\n", "1:1 `duration` is missing"},
        {"duration: 1h\n", "1:1 `scenario` is missing"},
        {"scenario: a b\nduration: 1h\n", "1:11 a name has 1 to 100 letters, digits, `-` and `_`"},
        {"scenario: a\nduration: 90\n", "2:11 `90` has no unit; write `90s`, `90m` …"},
        {"scenario: a\nduration: -1h\n", "2:11 `-1h` is negative"},
        {"scenario: a\nduration: 0s\n", "2:11 a run of 0s shows nothing"},
        {"scenario: a\nduration: 9999d\n", "2:11 a run lasts at most 366 days"},
        {head + "seed: 1.5\n", "3:7 `1.5` is not a whole number"},
        {head + "start: tomorrow\n", "3:8 `tomorrow` is not a time like `2026-11-27T00:00:00Z`"},
        {head + "warmup: 7h\n", "3:9 `7h` is after the end of the run (6h)"},
        {head + "trafic: {}\n", "3:1 unknown key `trafic`; did you mean `traffic`?"},
        {head + "zebra: {}\n", "3:1 unknown key `zebra`"},
        {head + "seed: 1\nseed: 2\n", "4:1 `seed` is given twice, first in line 3"},
        {head + "app: 5\n",
         "3:6 expected keys: start, concurrency_per_vcpu, queue_limit, keep_alive, "
         "memory_per_request, health, routes, values, sql_engine"},
        {head + "app: { start: soon }\n", "3:15 `soon` is not a duration like `90s` or `3h30m`"},
        {head + "app: { sql_engine: reel }\n",
         "3:20 `reel` is not one of automatic, real, model; did you mean `real`?"},
        {head + "app: { concurrency_per_vcpu: 0 }\n", "3:30 an instance that does nothing at all"},
        {head + "app: { routes: { GTE /: {} } }\n", "3:18 no method `GTE`; did you mean `GET`?"},
        {head + "app: { routes: { GET: {} } }\n", "3:18 `GET` is not a route like `GET /api/*`"},
        {head + "app: { routes: { GET /: { cpu: lognormal(6ms, x) } } }\n",
         "3:47 `x` is not a number"},
        {head + "app: { routes: { GET /: { error_rate: 5 } } }\n",
         "3:39 `5` is more than all: is a `%` missing?"},
        {head + "app: { routes: { GET /: { private: perhaps } } }\n",
         "3:36 `perhaps` is neither true nor false"},
        {head +
             "app: { values: { id: uniform(9) }, routes: { GET /: { sql: \"SELECT {ip}\" } } }\n",
         "3:69 `app: values` does not say what `ip` is; did you mean `id`?"},
        {head + "deploy: {}\n", "3:9 `template` is missing"},
        {head + "deploy: { template: t.yaml, files: { A: { prefix: x } } }\n",
         "3:41 give either a `folder`, or a `count` of objects and their `size`"},
        {head + "prices: { nat: cheap }\n", "3:16 `cheap` is not an amount like `12 USD`"},
        {head + "world: a\n", "3:8 a world is chosen, but `worlds` names none"},
        {head + "matrix: { seeds: 5..1 }\n", "3:18 `5..1` is not a seed, nor seeds like `1..20`"},
        {head + "a: b: c\n", "3:5 not YAML: a text with `: ` in it needs quotes"},
    };
    for (const auto& [text, expected] : cases) {
        CAPTURE(text);
        CHECK(mistake_in(text) == expected);
    }
}

TEST_CASE("mistakes of traffic") {
    const std::string before = head + "traffic:\n  p:\n";
    const std::string visit = "    visit: GET https://a.example/\n";
    const std::vector<std::pair<std::string, std::string>> cases{
        {"    rate: 1/s\n", "5:5 `visit` is missing"},
        {visit, "5:5 give one of `rate`, `closed` and `replay`"},
        {"    rate: -1/s\n" + visit, "5:11 `-1/s` is negative"},
        {"    rate: [0h 1/s, 2h -5/s]\n" + visit, "5:23 `-5/s` is negative"},
        {"    rate: [0h 1/s, 7h 5/s]\n" + visit, "5:20 `7h` is after the end of the run (6h)"},
        {"    rate: {}\n" + visit,
         "5:11 expected a rate like `400/s`, or points like `[0h 400/s, 2h 900/s]`"},
        {"    rate: 1/s\n    arrivals: poison\n" + visit,
         "6:15 `poison` is not one of poisson, constant; did you mean `poisson`?"},
        {"    rate: 1/s\n    from: { us-east: 60%, eu-west: 30% }\n" + visit,
         "6:11 the places add up to 90%, not 100%"},
        {"    rate: 1/s\n    from: { eu-wets: 100% }\n" + visit,
         "6:13 no place `eu-wets`; did you mean `eu-west`?"},
        {"    rate: 1/s\n    visit: [GTE https://a.example/]\n",
         "6:13 no method `GTE`; did you mean `GET`?"},
        {"    rate: 1/s\n    visit: [GET www.example.com]\n",
         "6:17 `www.example.com` is not a URL like `https://www.example.com/`"},
        {"    rate: 1/s\n    visit:\n      - 3x GET https:///x\n", "7:24 the URL has no host"},
        {"    rate: 1/s\n    visit:\n      - GET https://a.example/{thing}\n",
         "7:32 `app: values` does not say what `thing` is"},
        {"    rate: 1/s\n    visit:\n      - think often\n", "7:15 no law `often`"},
        {"    rate: 1/s\n    visit:\n      - 120%: GET https://a.example/\n",
         "7:9 `120%` is not a share like `20%`"},
        {"    rate: 1/s\n    visit:\n      - 0x GET https://a.example/\n",
         "7:9 a step happens 1 to 10000 times"},
        {"    rate: 1/s\n    visit: []\n", "6:12 a visit without steps"},
        {"    rate: 5 requests/s\n    visit: think 1s\n",
         "5:11 counts requests, but a visit makes none"},
        {"    rate: 1/s\n    patience: { backof: 1s }\n" + visit,
         "6:17 unknown key `backof`; did you mean `backoff`?"},
        {"    rate: 1/s\n    patience: { backoff: exponental(1s) }\n" + visit,
         "6:26 write it like constant(1s), or exponential(500ms), which doubles; did you mean "
         "`exponential`?"},
        {"    rate: 1/s\n    resolver: { least_ttl: 2s, greatest_ttl: 1s }\n" + visit,
         "6:28 the least TTL is above the greatest"},
        {"    replay: { file: x.log, format: alb }\n", "5:21 cannot read x.log"},
        {"    replay: { file: x.log, format: iis }\n",
         "5:36 `iis` is not one of cloudfront, alb, combined"},
    };
    for (const auto& [text, expected] : cases) {
        CAPTURE(text);
        CHECK(mistake_in(before + text) == expected);
    }
}

TEST_CASE("all mistakes are told at once, in the order of the file") {
    const auto mistakes = mistakes_in(
        "scenario: x\nduration: forever\nsed: 1\ntraffic:\n  a: { rate: 1, visit: GET nowhere }\n"
        "faults:\n  - { at: 1h, do: nothing }\nexpect:\n  - cost < 1 EUR\n"
    );
    CHECK(
        mistakes ==
        std::vector<std::string>{
            "2:11 `forever` is not a duration like `90s` or `3h30m`",
            "3:1 unknown key `sed`; did you mean `seed`?",
            "5:14 `1` is not a rate like `400/s` or `120/min`",
            "5:28 `nowhere` is not a URL like `https://www.example.com/`",
            "7:19 no action `nothing`",
            "9:12 `1 EUR` is not an amount like `12 USD`",
        }
    );
}

TEST_CASE("files have to exist only when somebody asks for it") {
    const std::string text =
        head + "deploy: { template: t.yaml, files: { A: site }, sql: { D: s.sql } }\n";
    CHECK(mistakes_in(text).empty());
    CHECK(
        mistake_in(text, {.needs_files = true}) ==
        "3:21 no file t.yaml\n3:41 no file site\n3:59 no file s.sql"
    );
}

TEST_CASE("ids and parameters that the template does not declare are mistakes") {
    ReaderOptions options;
    options.outline_of = [](const std::string& path) -> std::optional<TemplateOutline> {
        CHECK(path == "t.yaml");
        return TemplateOutline{
            {{"AssetsBucket", "AWS::S3::Bucket"},
             {"Database", "AWS::RDS::DBInstance"},
             {"WebGroup", "AWS::AutoScaling::AutoScalingGroup"},
             {"Unhealthy", "AWS::CloudWatch::Alarm"}},
            {"MinSize"},
        };
    };
    const auto mistakes = mistakes_in(
        head +
            "deploy: { template: t.yaml, parameters: { MinSiz: 1 }, files: { AssetBucket: s } }\n"
            "faults:\n"
            "  - { at: 1h, do: aws:ec2:terminate-instances, target: one of WebGrup }\n"
            "  - { at: 1h, do: aws:rds:reboot-db-instances, target: WebGroup }\n"
            "  - { at: 1h, do: aws:ec2:terminate-instances, target: i-0123456789abcdef0 }\n"
            "expect:\n"
            "  - alarm(Unhealty) never becomes ALARM\n"
            "  - instances(WebGroup).max < 5\n"
            "  - metric(AWS/RDS CPUUtilization, Databas).max < 80%\n",
        options
    );
    CHECK(
        mistakes ==
        std::vector<std::string>{
            "3:43 the template has no parameter `MinSiz`; did you mean `MinSize`?",
            "3:65 the template has no resource `AssetBucket`; did you mean `AssetsBucket`?",
            "5:63 the template has no resource `WebGrup`; did you mean `WebGroup`?",
            "6:56 `WebGroup` is an AWS::AutoScaling::AutoScalingGroup, not an AWS::RDS::DBInstance",
            "9:11 the template has no resource `Unhealty`; did you mean `Unhealthy`?",
            "11:36 the template has no resource `Databas`; did you mean `Database`?",
        }
    );
}

TEST_CASE("a matrix is the cross product of its axes and seeds") {
    const auto read = read_text(
        head + "deploy: { template: t.yaml }\n"
               "matrix: { deploy.parameters.MaxSize: [6, 12], seeds: 1..3 }\n"
    );
    CHECK(lines_of(read.mistakes) == std::vector<std::string>{});
    const auto runs = runs_of(read.scenario);
    REQUIRE(runs.size() == 6);
    CHECK(runs[4].overrides == std::vector<std::string>{"deploy.parameters.MaxSize=12", "seed=2"});
    CHECK(runs[4].seed == 2);
    CHECK(runs_of(read_text(head).scenario).size() == 1);
}

TEST_CASE("values of a matrix that would be mistakes are mistakes") {
    CHECK(
        mistake_in(head + "matrix: { warmup: [1m, 1x], wrmup: 1m }\n") ==
        "3:9 with warmup=1x: `1x` is not a duration like `90s` or `3h30m`\n"
        "3:9 with wrmup=1m: unknown key `wrmup`; did you mean `warmup`?"
    );
}

TEST_CASE("the shipped scenarios have no mistakes") {
    const auto read = read_scenario("scenarios/zone-dies-at-peak.yaml");
    CHECK(lines_of(read.mistakes) == std::vector<std::string>{});
    CHECK(read.scenario.description.starts_with("A zone loses power"));
    CHECK(read.scenario.deploy.template_path == "scenarios/web-application/template.yaml");
}

} // namespace diorama::simulation
