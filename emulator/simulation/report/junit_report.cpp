// See junit_report.hpp. JUnit has no standard; this is the form that Jenkins, GitLab and GitHub's
// actions read: https://github.com/testmoapp/junitxml
#include "emulator/simulation/report/junit_report.hpp"

#include "emulator/simulation/report/markup.hpp"
#include "emulator/simulation/report/numbers.hpp"

#include <fmt/format.h>
#include <pugixml.hpp>

#include <sstream>

namespace diorama::simulation {

namespace {

class Suite {
public:
    Suite(pugi::xml_node parent, std::string name)
        : node_(parent.append_child("testsuite"))
        , name_(std::move(name)) {
        node_.append_attribute("name") = name_.c_str();
        tests_ = node_.append_attribute("tests");
        failures_ = node_.append_attribute("failures");
        node_.append_attribute("errors") = 0;
        node_.append_attribute("skipped") = 0;
        note_counts();
    }

    pugi::xml_node node() { return node_; }

    int tests() const { return test_count_; }

    int failures() const { return failure_count_; }

    pugi::xml_node add_case(std::string_view name) {
        auto made = node_.append_child("testcase");
        made.append_attribute("classname") = name_.c_str();
        made.append_attribute("name") = one_line(name).c_str();
        made.append_attribute("time") = 0;
        ++test_count_;
        note_counts();
        return made;
    }

    void fail(pugi::xml_node of, std::string_view message, std::string_view text) {
        auto failure = of.append_child("failure");
        failure.append_attribute("message") = one_line(message).c_str();
        failure.append_attribute("type") = "expectation";
        failure.text().set(printable(text).c_str());
        ++failure_count_;
        note_counts();
    }

private:
    void note_counts() {
        tests_ = test_count_;
        failures_ = failure_count_;
    }

    pugi::xml_node node_;
    std::string name_;
    pugi::xml_attribute tests_;
    pugi::xml_attribute failures_;
    int test_count_ = 0;
    int failure_count_ = 0;
};

void add_properties(pugi::xml_node suite, const Results& results) {
    auto properties = suite.prepend_child("properties");
    const auto add = [&](const std::string& name, const std::string& value) {
        auto property = properties.append_child("property");
        property.append_attribute("name") = one_line(name).c_str();
        property.append_attribute("value") = one_line(value).c_str();
    };
    add("seed", std::to_string(results.seed));
    add("command", results.command);
    add("simulated", span_text(results.simulated));
    add("dollars", dollars_text(results.dollars()));
    for (const auto& [name, value] : results.parameters)
        add("parameter " + name, value);
}

void add_expectation(Suite& suite, const ExpectationResult& expectation, const Results& results) {
    auto test = suite.add_case(expectation.text);
    if (!expectation.file.empty()) {
        test.append_attribute("file") = one_line(expectation.file).c_str();
        test.append_attribute("line") = expectation.line;
    }
    if (expectation.passed) {
        test.append_child("system-out").text().set(printable(expectation.measured).c_str());
        return;
    }
    const std::string message =
        fmt::format("measured {}, expected {}", expectation.measured, expectation.bound);
    std::string text = expectation.text + "\n" + message;
    if (expectation.worst) text += "\nworst at " + span_text(*expectation.worst);
    if (!expectation.points_to.empty()) text += "\nlook at " + expectation.points_to;
    suite.fail(test, message, text + "\nreplay: " + results.command);
}

void add_checker(Suite& suite, const CheckerResult& checker, const Results& results) {
    auto test = suite.add_case(checker.name);
    if (checker.violations == 0) {
        const auto text = fmt::format("{} checks", checker.checks);
        test.append_child("system-out").text().set(text.c_str());
        return;
    }
    std::string text;
    for (const auto& violation : results.violations)
        if (violation.checker == checker.name)
            text += fmt::format("{}: {}\n", span_text(violation.at), violation.text);
    const auto message =
        fmt::format("{} violations in {} checks", checker.violations, checker.checks);
    suite.fail(test, message, text + "replay: " + results.command);
}

void add_end(Suite& suite, const Results& results) {
    if (!results.interrupted) return;
    const auto message = fmt::format(
        "interrupted at {} of {}",
        span_text(results.simulated),
        span_text(results.duration)
    );
    suite.fail(suite.add_case("the run reaches its end"), message, "replay: " + results.command);
}

} // namespace

std::string junit_report(const Results& results) {
    pugi::xml_document document;
    auto declaration = document.append_child(pugi::node_declaration);
    declaration.append_attribute("version") = "1.0";
    declaration.append_attribute("encoding") = "UTF-8";
    auto root = document.append_child("testsuites");
    root.append_attribute("name") = one_line(results.scenario).c_str();

    Suite expectations(root, one_line(results.scenario) + ".expectations");
    for (const auto& expectation : results.expectations)
        add_expectation(expectations, expectation, results);
    add_end(expectations, results);
    add_properties(expectations.node(), results);

    Suite checkers(root, one_line(results.scenario) + ".checkers");
    for (const auto& checker : results.checkers)
        add_checker(checkers, checker, results);

    root.append_attribute("tests") = expectations.tests() + checkers.tests();
    root.append_attribute("failures") = expectations.failures() + checkers.failures();
    std::ostringstream text;
    document.save(text, "  ");
    return text.str();
}

} // namespace diorama::simulation
