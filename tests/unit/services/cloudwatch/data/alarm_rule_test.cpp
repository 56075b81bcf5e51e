#include "services/cloudwatch/data/alarm_reason.hpp"
#include "services/cloudwatch/data/alarm_rule.hpp"

#include <doctest/doctest.h>

#include <string>

using namespace diorama;
using namespace diorama::cloudwatch;

namespace {

constexpr Timestamp noon{std::chrono::seconds(1'667'908'800)}; // 2022-11-08 12:00:00

// "0 - X": oldest first, X breaching, 0 not, - missing; one per minute, the newest at 11:59.
std::vector<RangeDatapoint> range_of(std::string_view text) {
    std::vector<RangeDatapoint> range;
    for (const char c : text) {
        if (c == ' ') continue;
        RangeDatapoint datapoint;
        if (c != '-') {
            datapoint.value = c == 'X' ? 2.0 : 0.5;
            datapoint.sample_count = 1;
        }
        range.push_back(datapoint);
    }
    for (std::size_t i = 0; i < range.size(); ++i)
        range[i].timestamp = noon - std::chrono::minutes(range.size() - i);
    return range;
}

AlarmRule rule_of(int periods, int datapoints, TreatMissingData treatment) {
    return {periods, datapoints, Comparison::greater_than_threshold, 1, treatment};
}

std::string name_of(Verdict verdict) {
    switch (verdict) {
    case Verdict::ok:
        return "OK";
    case Verdict::alarm:
        return "ALARM";
    case Verdict::insufficient_data:
        return "INSUFFICIENT_DATA";
    case Verdict::keep:
        break;
    }
    return "keep";
}

struct Example {
    std::string_view range;
    std::string_view missing;
    std::string_view ignore;
    std::string_view breaching;
    std::string_view not_breaching;
};

void check(const Example& example, int periods, int datapoints) {
    CAPTURE(example.range);
    const std::pair<TreatMissingData, std::string_view> expected[] = {
        {TreatMissingData::missing, example.missing},
        {TreatMissingData::ignore, example.ignore},
        {TreatMissingData::breaching, example.breaching},
        {TreatMissingData::not_breaching, example.not_breaching},
    };
    for (const auto& [treatment, verdict] : expected) {
        CAPTURE(static_cast<int>(treatment));
        CHECK(
            name_of(
                evaluate(rule_of(periods, datapoints, treatment), range_of(example.range)).verdict
            ) == verdict
        );
    }
}

} // namespace

TEST_CASE("evaluate: the table of AWS's user guide for 3 out of 3 datapoints") {
    const Example examples[] = {
        {"0 - X - X", "OK", "OK", "OK", "OK"},
        {"0 - - - -", "OK", "OK", "OK", "OK"},
        {"- - - - -", "INSUFFICIENT_DATA", "keep", "ALARM", "OK"},
        {"0 X X - X", "ALARM", "ALARM", "ALARM", "ALARM"},
        {"- - X - -", "ALARM", "keep", "ALARM", "OK"},
    };
    for (const auto& example : examples)
        check(example, 3, 3);
}

TEST_CASE("evaluate: the table of AWS's user guide for 2 out of 3 datapoints") {
    const Example examples[] = {
        {"0 - X - X", "ALARM", "ALARM", "ALARM", "ALARM"},
        {"0 0 X 0 X", "ALARM", "ALARM", "ALARM", "ALARM"},
        {"0 - X - -", "OK", "OK", "ALARM", "OK"},
        {"- - - - 0", "OK", "OK", "ALARM", "OK"},
        {"- - - X -", "ALARM", "keep", "ALARM", "OK"},
    };
    for (const auto& example : examples)
        check(example, 2 + 1, 2);
}

TEST_CASE("evaluate: a lone young breaching datapoint does not raise the alarm prematurely") {
    const auto rule = rule_of(3, 2, TreatMissingData::missing);
    CHECK(evaluate(rule, range_of("- - - - X")).verdict == Verdict::keep);
    CHECK(evaluate(rule, range_of("- - - X -")).verdict == Verdict::alarm);
}

TEST_CASE("evaluate: every comparison operator at the threshold") {
    const std::pair<std::string_view, bool> operators[] = {
        {"GreaterThanThreshold", false},
        {"GreaterThanOrEqualToThreshold", true},
        {"LessThanThreshold", false},
        {"LessThanOrEqualToThreshold", true},
    };
    for (const auto& [name, breaches] : operators) {
        CAPTURE(name);
        const auto comparison = parse_comparison(name);
        REQUIRE(comparison);
        CHECK(is_breaching({1, 1, *comparison, 5, TreatMissingData::missing}, 5) == breaches);
    }
    CHECK_FALSE(parse_comparison("LessThanLowerThreshold"));
}

TEST_CASE("state_reason: AWS's sentences") {
    struct Sentence {
        std::string_view range;
        int periods;
        int datapoints;
        TreatMissingData treatment;
        bool named;
        std::string_view text;
    };

    using enum TreatMissingData;
    const Sentence sentences[] = {
        {"- - X",
         1,
         1,
         missing,
         false,
         "Threshold Crossed: 1 datapoint [2.0 (08/11/22 11:59:00)] was greater than the threshold "
         "(1.0)."},
        {"- - 0",
         1,
         1,
         missing,
         false,
         "Threshold Crossed: 1 datapoint [0.5 (08/11/22 11:59:00)] was not greater than the "
         "threshold (1.0)."},
        {"- - X",
         1,
         1,
         missing,
         true,
         "Threshold Crossed: 1 out of the last 1 datapoint [2.0 (08/11/22 11:59:00)] was greater "
         "than the threshold (1.0) (minimum 1 datapoint for OK -> ALARM transition)."},
        {"0 0 X 0 X",
         3,
         2,
         missing,
         true,
         "Threshold Crossed: 2 out of the last 3 datapoints [2.0 (08/11/22 11:59:00), 2.0 "
         "(08/11/22 11:57:00)] were greater than the threshold (1.0) (minimum 2 datapoints for OK "
         "-> ALARM transition)."},
        {"X X X X 0",
         3,
         3,
         missing,
         false,
         "Threshold Crossed: 1 out of the last 3 datapoints [0.5 (08/11/22 11:59:00)] was not "
         "greater than the threshold (1.0) (minimum 1 datapoint for ALARM -> OK transition)."},
        {"- - - -",
         2,
         2,
         breaching,
         false,
         "Threshold Crossed: no datapoints were received for 2 periods and 2 missing datapoints "
         "were treated as [Breaching]."},
        {"- - -",
         1,
         1,
         not_breaching,
         false,
         "Threshold Crossed: no datapoints were received for 1 period and 1 missing datapoint was "
         "treated as [NonBreaching]."},
        {"- - - - X",
         3,
         3,
         breaching,
         false,
         "Threshold Crossed: 1 datapoint was received for 3 periods and 2 missing datapoints were "
         "treated as [Breaching]."},
        {"- - -", 1, 1, missing, false, "Insufficient Data: 1 datapoint was unknown."},
        {"- - - -", 2, 1, missing, false, "Insufficient Data: 2 datapoints were unknown."},
    };
    for (const auto& sentence : sentences) {
        CAPTURE(sentence.range);
        const auto rule = rule_of(sentence.periods, sentence.datapoints, sentence.treatment);
        const auto evaluation = evaluate(rule, range_of(sentence.range));
        CHECK(
            state_reason(rule, evaluation, {noon, "", "Average", 60, sentence.named}) ==
            sentence.text
        );
    }
}

TEST_CASE("state_reason_data: keys in AWS's order, datapoints newest first") {
    const auto rule = rule_of(2, 2, TreatMissingData::missing);
    const ReasonContext context{noon, "Seconds", "Average", 60, false};
    CHECK(
        state_reason_data(rule, evaluate(rule, range_of("- - X X")), context) ==
        R"({"version":"1.0","queryDate":"2022-11-08T12:00:00.000+0000",)"
        R"("startDate":"2022-11-08T11:58:00.000+0000","unit":"Seconds","statistic":"Average",)"
        R"("period":60,"recentDatapoints":[2.0,2.0],"threshold":1.0,"evaluatedDatapoints":[)"
        R"({"timestamp":"2022-11-08T11:59:00.000+0000","sampleCount":1.0,"value":2.0},)"
        R"({"timestamp":"2022-11-08T11:58:00.000+0000","sampleCount":1.0,"value":2.0}]})"
    );
    CHECK(
        state_reason_data(rule, evaluate(rule, range_of("- - - -")), context) ==
        R"({"version":"1.0","queryDate":"2022-11-08T12:00:00.000+0000","unit":"Seconds",)"
        R"("statistic":"Average","period":60,"recentDatapoints":[],"threshold":1.0,)"
        R"("evaluatedDatapoints":[{"timestamp":"2022-11-08T11:59:00.000+0000"},)"
        R"({"timestamp":"2022-11-08T11:58:00.000+0000"}]})"
    );
}
