// AWS::CloudWatch::Alarm. See resource_type.hpp.
#include "services/cloudformation/control/resources/types.hpp"

namespace diorama::cloudformation {
namespace {

class Alarm final : public ResourceType {
public:
    std::string_view name() const override { return "AWS::CloudWatch::Alarm"; }

    std::span<const Property> properties() const override {
        static constexpr Property known[] = {
            {"AlarmName", Update::replacement},
            {"AlarmDescription"},
            {"ActionsEnabled"},
            {"AlarmActions"},
            {"OKActions"},
            {"InsufficientDataActions"},
            {"MetricName"},
            {"Namespace"},
            {"Statistic"},
            {"ExtendedStatistic"},
            {"Dimensions"},
            {"Period"},
            {"Unit"},
            {"EvaluationPeriods"},
            {"DatapointsToAlarm"},
            {"Threshold"},
            {"ThresholdMetricId"},
            {"ComparisonOperator", Update::in_place, true},
            {"TreatMissingData"},
            {"EvaluateLowSampleCountPercentile"},
            {"Metrics"},
            {"Tags"}
        };
        return known;
    }

    std::span<const std::string_view> attributes() const override {
        static constexpr std::string_view known[] = {"Arn"};
        return known;
    }

    std::string_view name_property() const override { return "AlarmName"; }

    std::string create(Work& work) const override {
        const auto alarm = work.name_or_generated("AlarmName", 255);
        // PutMetricAlarm changes an alarm that is there; a stack must not adopt it.
        const auto same = work.call("cloudwatch", "DescribeAlarms", {{"AlarmNames", {alarm}}});
        if (!same.value("MetricAlarms", Json::array()).empty())
            throw aws::AWSError("AlreadyExists", 400, alarm + " already exists");
        put(work, alarm, work.tags());
        return alarm;
    }

    Json read(Work& work) const override {
        const auto found =
            work.call("cloudwatch", "DescribeAlarms", {{"AlarmNames", {work.physical_id}}});
        return {{"Arn", found.at("MetricAlarms").at(0).at("AlarmArn")}};
    }

    void update(Work& work) const override {
        put(work, work.physical_id, Json::array());
        if (!work.changes("Tags")) return;
        const auto arn = read(work).at("Arn");
        Json keys = Json::array();
        for (const auto& tag : work.previous.value("Tags", Json::array()))
            keys.push_back(tag.at("Key"));
        if (!keys.empty())
            work.call("cloudwatch", "UntagResource", {{"ResourceARN", arn}, {"TagKeys", keys}});
        if (const auto tags = work.tags(); !tags.empty())
            work.call("cloudwatch", "TagResource", {{"ResourceARN", arn}, {"Tags", tags}});
    }

    void remove(Work& work) const override {
        remove_by(work, "cloudwatch", "DeleteAlarms", {{"AlarmNames", {work.physical_id}}});
    }

private:
    static void put(const Work& work, const std::string& alarm, const Json& tags) {
        auto input = work.properties;
        input["AlarmName"] = alarm;
        input.erase("Tags");
        if (!tags.empty()) input["Tags"] = tags;
        work.call("cloudwatch", "PutMetricAlarm", input);
    }
};

} // namespace

const ResourceType& alarm_type() {
    static const Alarm type;
    return type;
}

} // namespace diorama::cloudformation
