#include "emulator/simulation/report/junit_report.hpp"
#include "tests/unit/emulator/simulation/report/sample_results.hpp"

#include <doctest/doctest.h>
#include <pugixml.hpp>

#include <string>

namespace diorama::simulation {

namespace {

pugi::xml_document parsed(const std::string& text) {
    pugi::xml_document document;
    const auto result = document.load_buffer(text.data(), text.size());
    REQUIRE_MESSAGE(result, result.description());
    return document;
}

} // namespace

TEST_CASE("JUnit has a test case per expectation and per checker") {
    const auto document = parsed(junit_report(test::sample_results()));
    const auto root = document.child("testsuites");
    CHECK(root.attribute("tests").as_int() == 12);
    CHECK(root.attribute("failures").as_int() == 2);
    CHECK(document.select_nodes("//testcase").size() == 12);
    CHECK(document.select_nodes("//testcase/failure").size() == 2);
    const auto suite = root.child("testsuite");
    CHECK(suite.attribute("tests").as_int() == 7);
    CHECK(suite.attribute("failures").as_int() == 2);
}

TEST_CASE("a failed expectation says what was measured, where to look, and how to see it again") {
    const auto document = parsed(junit_report(test::sample_results()));
    const auto failure = document.select_node("//failure").node();
    CHECK(
        failure.attribute("message").value() ==
        std::string("measured p99 = 214 ms, expected < 150 ms")
    );
    const std::string text = failure.text().get();
    CHECK(text.find("worst at 3h31m12s") != text.npos);
    CHECK(text.find("look at Application Load Balancer") != text.npos);
    CHECK(text.find("replay: diorama run") != text.npos);
    CHECK(failure.parent().attribute("line").as_int() == 49);
}

TEST_CASE("a broken rule fails the case of its checker with the times of its violations") {
    Results results = test::sample_results();
    results.checkers[2].violations = 1;
    results.violations.push_back(
        {results.checkers[2].name, "i-1 was sent a request", std::chrono::minutes(7)}
    );
    const auto document = parsed(junit_report(results));
    const auto failure =
        document.select_node("//testcase[@name='a drained target gets no new request']/failure")
            .node();
    CHECK(
        std::string(failure.text().get()).find("7m: i-1 was sent a request") != std::string::npos
    );
}

TEST_CASE("an interrupted run has a failed case that says so") {
    Results results = test::sample_results();
    results.interrupted = true;
    results.simulated = std::chrono::hours(4);
    const auto document = parsed(junit_report(results));
    const auto failure =
        document.select_node("//testcase[@name='the run reaches its end']/failure").node();
    CHECK(failure.attribute("message").value() == std::string("interrupted at 4h of 6h"));
}

TEST_CASE("quotes, brackets and characters that XML cannot hold do no harm") {
    Results results = test::sample_results();
    results.expectations[1].text = "]]> <a> & \"quoted\" \x01\x1b \xff";
    const auto document = parsed(junit_report(results));
    const auto test = document.select_node("//testcase[failure]").node();
    CHECK(test.attribute("name").value() == std::string("]]> <a> & \"quoted\" ?? \xef\xbf\xbd"));
}

TEST_CASE("an empty run is an empty suite") {
    const auto document = parsed(junit_report(Results{}));
    CHECK(document.child("testsuites").attribute("tests").as_int() == 0);
}

} // namespace diorama::simulation
