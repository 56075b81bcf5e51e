#include "emulator/simulation/report/html_report.hpp"
#include "tests/unit/emulator/simulation/report/sample_results.hpp"

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include <limits>
#include <string>

namespace diorama::simulation {

namespace {

std::size_t count_of(std::string_view text, std::string_view part) {
    std::size_t count = 0;
    for (auto at = text.find(part); at != text.npos; at = text.find(part, at + part.size()))
        ++count;
    return count;
}

// The JSON that a page carries.
nlohmann::json values_in(const std::string& page) {
    const std::string_view opening = R"(<script type="application/json" id="results">)";
    const auto from = page.find(opening) + opening.size();
    return nlohmann::json::parse(page.substr(from, page.find("</script>", from) - from));
}

} // namespace

TEST_CASE("the page tells the verdict, the story, the seed and the command without its script") {
    const std::string page = html_report(test::sample_results());
    CHECK(page.find("<h1 class=\"failed\">") != page.npos);
    CHECK(page.find("2 of 7 expectations failed") != page.npos);
    CHECK(page.find("13.5M visits made 193M requests") != page.npos);
    CHECK(
        page.find("<code id=\"command\">diorama run scenarios/zone-dies.yaml --seed 1") != page.npos
    );
    CHECK(page.find("{{") == page.npos);
}

TEST_CASE("the page needs nothing but itself") {
    const std::string page = html_report(test::sample_results());
    CHECK(page.find("<link") == page.npos);
    CHECK(page.find(" src=") == page.npos);
    CHECK(page.find("@import") == page.npos);
    CHECK(page.find("url(http") == page.npos);
}

TEST_CASE("what a scenario says stays text, wherever it is put") {
    Results results = test::sample_results();
    const std::string hostile = "</script><script>alert(\"&'1\")</script><!-- {{script}}";
    results.scenario = hostile;
    results.description = hostile;
    results.command = hostile;
    results.timelines.front().name = hostile;
    results.moments.front().text = hostile;
    results.faults.front().name = hostile;
    const std::string page = html_report(results);
    CHECK(page.find("<script>alert") == page.npos);
    CHECK(page.find("&lt;/script&gt;&lt;script&gt;alert(&quot;&amp;&#39;1&quot;)") != page.npos);
    // Two scripts: the results and the code.
    CHECK(count_of(page, "<script") == 2);
    CHECK(count_of(page, "</script") == 2);
    CHECK(values_in(page)["moments"][0]["text"] == hostile);
    CHECK(values_in(page)["timelines"][0]["name"] == hostile);
}

TEST_CASE("bytes that are no UTF-8 and control characters do not break the page") {
    Results results = test::sample_results();
    results.scenario = "bad \xff\xfe bytes \x1b[31m";
    results.alarms.front().reason = "\xc3";
    const std::string page = html_report(results);
    CHECK(page.find('\xff') == page.npos);
    CHECK(page.find('\x1b') == page.npos);
    CHECK(values_in(page)["alarms"][0]["reason"] == "\xef\xbf\xbd");
}

TEST_CASE("a missing value is null, and so is one that is infinite") {
    Results results = test::sample_results();
    results.timelines.front().values[0] = std::numeric_limits<double>::quiet_NaN();
    results.timelines.front().values[1] = std::numeric_limits<double>::infinity();
    results.cost.front().dollars = std::numeric_limits<double>::quiet_NaN();
    const auto values = values_in(html_report(results));
    CHECK(values["timelines"][0]["values"][0].is_null());
    CHECK(values["timelines"][0]["values"][1].is_null());
    CHECK(values["timelines"][0]["values"][2].is_number());
    CHECK(values["cost"]["dollars"].is_null());
}

TEST_CASE("the same results make the same page, to the byte") {
    CHECK(html_report(test::sample_results()) == html_report(test::sample_results()));
}

TEST_CASE("a page of a day stays small") {
    Results results = test::sample_results();
    // Three times the timelines of the sample, as a larger architecture has.
    const auto timelines = results.timelines;
    for (int copy = 0; copy < 2; ++copy)
        results.timelines.insert(results.timelines.end(), timelines.begin(), timelines.end());
    CHECK(html_report(results).size() < 1'500'000);
}

TEST_CASE("a run that did nothing has a page too") {
    const std::string page = html_report(Results{});
    CHECK(page.find("Nothing was expected of this run") != page.npos);
    CHECK(values_in(page)["timelines"].empty());
}

} // namespace diorama::simulation
