#include "tests/unit/emulator/simulation/scenario_text.hpp"

#include <doctest/doctest.h>

namespace diorama::simulation {

using namespace std::chrono_literals;

namespace {

ReadScenario read_files(TextFiles files, std::vector<std::string> overrides = {}) {
    ReaderOptions options;
    options.files = &files;
    options.overrides = std::move(overrides);
    return read_scenario("a/main.yaml", options);
}

std::string told(const ReadScenario& read) {
    std::string text;
    for (const Mistake& mistake : read.mistakes)
        text += text_of(mistake) + "\n";
    return text;
}

const std::string worlds =
    "scenario: x\nduration: 1h\ndeploy: { template: t.yaml, parameters: { Max: 24, Min: 3 } }\n"
    "worlds:\n"
    "  with-scaling: {}\n"
    "  without-scaling: { deploy: { parameters: { Max: 3 } } }\n";

} // namespace

TEST_CASE("a file is laid over what it includes, and paths are relative to where they stand") {
    TextFiles files;
    files.texts["a/main.yaml"] = "include: [../lib/base.yaml]\nscenario: x\napp: { start: 5s }\n";
    files.texts["lib/base.yaml"] = "include: more.yaml\nduration: 2h\napp: { start: 9s, "
                                   "queue_limit: 7 }\ndeploy: { template: t.yaml }\n";
    files.texts["lib/more.yaml"] = "seed: 5\nduration: 3h\n";
    const auto read = read_files(files);
    CHECK(told(read) == "");
    CHECK(read.scenario.duration == 2h);
    CHECK(read.scenario.seed == 5);
    CHECK(read.scenario.app.start == 5s);
    CHECK(read.scenario.app.queue_limit == 7);
    CHECK(read.scenario.deploy.template_path == "lib/t.yaml");
}

TEST_CASE("a file that includes itself is a mistake where it does") {
    TextFiles files;
    files.texts["a/main.yaml"] = "include: b.yaml\nscenario: x\nduration: 1h\n";
    files.texts["a/b.yaml"] = "seed: 1\ninclude:\n  - main.yaml\n";
    CHECK(
        told(read_files(files)) ==
        "a/b.yaml:3:5: includes itself: a/main.yaml → a/b.yaml → a/main.yaml\n"
    );
}

TEST_CASE("a file that is not there is a mistake where it is included") {
    TextFiles files;
    files.texts["a/main.yaml"] = "scenario: x\nduration: 1h\ninclude: no.yaml\n";
    CHECK(told(read_files(files)) == "a/main.yaml:3:10: cannot read a/no.yaml\n");
    CHECK(told(read_files({})) == "a/main.yaml: cannot read a/main.yaml\n");
}

TEST_CASE("mistakes in an included file name that file") {
    TextFiles files;
    files.texts["a/main.yaml"] = "scenario: x\nduration: 1h\ninclude: b.yaml\n";
    files.texts["a/b.yaml"] = "app:\n  strat: 1s\n";
    CHECK(told(read_files(files)) == "a/b.yaml:2:3: unknown key `strat`; did you mean `start`?\n");
}

TEST_CASE("the depth of includes is bounded") {
    TextFiles files;
    files.texts["a/main.yaml"] = "scenario: x\nduration: 1h\ninclude: 1.yaml\n";
    for (int i = 1; i < 20; ++i)
        files.texts[fmt::format("a/{}.yaml", i)] = fmt::format("include: {}.yaml\n", i + 1);
    CHECK(
        told(read_files(files)) == "a/7.yaml:1:10: too many includes: at most 64 files, 8 deep\n"
    );
}

TEST_CASE("overrides win, make what is not there, and reach into lists") {
    TextFiles files;
    files.texts["a/main.yaml"] =
        "scenario: x\nduration: 1h\n"
        "traffic: { p: { rate: 1/s, visit: GET https://a.example/ } }\n"
        "app: { routes: { GET /a.html: { cpu: 1ms } } }\n"
        "faults:\n  - { at: 10m, do: client-clock-skew, parameters: { skew: 1s } }\n";
    const auto read = read_files(
        files,
        {"seed=9",
         "traffic.p.rate=step(1/s, 5/s, at 30m)",
         "deploy.template=../t.yaml",
         "faults.1.at=20m",
         "app.routes.GET /a.html.cpu=lognormal(7ms, 0)"}
    );
    CHECK(told(read) == "");
    CHECK(read.scenario.seed == 9);
    CHECK(std::get<OpenLoop>(read.scenario.traffic[0].arrivals).rate.at(40min) == 5);
    CHECK(read.scenario.deploy.template_path == "t.yaml");
    CHECK(read.scenario.faults[0].at == 20min);
    CHECK(read.scenario.app.routes[0].cpu.mean() == 7e6);
}

TEST_CASE("mistakes of overrides name them") {
    TextFiles files;
    files.texts["a/main.yaml"] = "scenario: x\nduration: 1h\nfaults: []\n";
    CHECK(
        told(read_files(files, {"sed=1"})) ==
        "--set sed=1: unknown key `sed`; did you mean `seed`?\n"
    );
    CHECK(told(read_files(files, {"seed"})) == "--set seed: an override is written `key=value`\n");
    CHECK(
        told(read_files(files, {"faults.2.at=1s"})) ==
        "--set faults.2.at=1s: `faults.2.at` leads to nothing\n"
    );
    CHECK(
        told(read_files(files, {"scenario.x=1"})) ==
        "--set scenario.x=1: `scenario.x` leads to nothing\n"
    );
}

TEST_CASE("a world is laid over the file: the first, or the one that is chosen") {
    TextFiles files;
    files.texts["a/main.yaml"] = worlds;
    const auto first = read_files(files);
    CHECK(told(first) == "");
    CHECK(first.scenario.world == "with-scaling");
    CHECK(first.scenario.deploy.parameters.at("Max") == "24");
    const auto second = read_files(files, {"world=without-scaling"});
    CHECK(second.scenario.world == "without-scaling");
    CHECK(second.scenario.deploy.parameters.at("Max") == "3");
    CHECK(second.scenario.deploy.parameters.at("Min") == "3");
    const auto set = read_files(files, {"world=without-scaling", "deploy.parameters.Max=9"});
    CHECK(set.scenario.deploy.parameters.at("Max") == "9");
    CHECK(
        told(read_files(files, {"world=without-scalin"})) ==
        "--set world=without-scalin: no world `without-scalin`; did you mean `without-scaling`?\n"
    );
}

TEST_CASE("parentheses stay together in braces and brackets") {
    Mistakes mistakes;
    const auto tree =
        parse_yaml("{ a: f(1, 2), b: [g(1, h(2, 3)), 4], c: \"(\", d: 5 }", "t", mistakes);
    REQUIRE(tree);
    CHECK(mistakes.empty());
    CHECK(tree->find("a")->text == "f(1, 2)");
    CHECK(tree->find("b")->items.size() == 2);
    CHECK(tree->find("b")->items[0].text == "g(1, h(2, 3))");
    CHECK(tree->find("c")->text == "(");
    CHECK(tree->find("d")->text == "5");
}

TEST_CASE("documents that would take all memory are refused") {
    Mistakes mistakes;
    CHECK_FALSE(parse_yaml(std::string(5'000'000, 'a'), "t", mistakes));
    CHECK_FALSE(parse_yaml(std::string(100'000, '['), "t", mistakes));
    CHECK_FALSE(parse_yaml(std::string("a\0b", 3), "t", mistakes));
    std::string bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n";
    for (int i = 1; i < 12; ++i) {
        bomb += fmt::format("a{}: &a{} [", i, i);
        for (int j = 0; j < 10; ++j)
            bomb += fmt::format("{}*a{}", j == 0 ? "" : ", ", i - 1);
        bomb += "]\n";
    }
    CHECK_FALSE(parse_yaml(bomb, "t", mistakes));
    const auto lines = lines_of(mistakes.take());
    REQUIRE(lines.size() == 4);
    CHECK(lines[3].ends_with("the file has more than 100000 values"));
}

} // namespace diorama::simulation
