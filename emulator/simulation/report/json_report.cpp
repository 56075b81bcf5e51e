// See json_report.hpp.
#include "emulator/simulation/report/json_report.hpp"

#include "emulator/simulation/report/results_json.hpp"

#include <nlohmann/json.hpp>

namespace diorama::simulation {

std::string json_report(const Results& results) {
    // One line per top-level entry: readable enough to diff, without the size of a full indent.
    const auto values = results_json(results, JSONDetail::whole);
    std::string text = "{\n";
    for (auto entry = values.begin(); entry != values.end(); ++entry) {
        if (entry != values.begin()) text += ",\n";
        const auto value =
            entry.value().dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
        text += nlohmann::json(entry.key()).dump() + ": " + value;
    }
    return text + "\n}\n";
}

} // namespace diorama::simulation
