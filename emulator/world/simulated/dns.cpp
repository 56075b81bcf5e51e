// See world/simulated/dns.hpp.
#include "emulator/world/simulated/dns.hpp"

namespace diorama {

namespace {

constexpr Duration step = std::chrono::minutes(1);

} // namespace

void NameRecord::note(const std::string& host, const NameAnswer& answer, Duration since_start) {
    auto& counts = by_minute_[host][since_start / step];
    ++counts.queries;
    if (answer.addresses.empty()) ++counts.failures;
    for (const auto& address : answer.addresses)
        ++counts.answers[address.to_string()];
    for (const auto& choice : answer.choices)
        ++counts.answers[choice.set_identifier];
}

NameRecord::NameCounts
NameRecord::counts(const std::string& host, const simulation::Window& window, Duration duration)
    const {
    const Duration from = window.from.value_or(Duration::zero());
    const Duration to = window.to.value_or(duration);
    const bool is_short = to - from < step;
    NameCounts sum;
    const auto found = by_minute_.find(host);
    if (found == by_minute_.end()) return sum;
    for (const auto& [minute, counts] : found->second) {
        const Duration begin = minute * step;
        const Duration middle = begin + step / 2;
        const bool is_in =
            is_short ? begin < to && begin + step > from : middle >= from && middle < to;
        if (!is_in) continue;
        sum.queries += counts.queries;
        sum.failures += counts.failures;
        for (const auto& [value, count] : counts.answers)
            sum.answers[value] += count;
    }
    return sum;
}

} // namespace diorama
