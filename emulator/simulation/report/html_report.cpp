// See html_report.hpp. What a reader needs without a script (headline, paragraph, command) is in
// the page itself; assets/*.js draw the rest.
#include "emulator/simulation/report/html_report.hpp"

#include "emulator/simulation/report/markup.hpp"
#include "emulator/simulation/report/narrative.hpp"
#include "emulator/simulation/report/results_json.hpp"

#include <nlohmann/json.hpp>

#include <report_assets.hpp>

namespace diorama::simulation {

namespace {

std::string script() {
    std::string text;
    for (const auto part :
         {report_assets::format_js,
          report_assets::elements_js,
          report_assets::chart_js,
          report_assets::timeline_js,
          report_assets::architecture_js,
          report_assets::panels_js,
          report_assets::tables_js,
          report_assets::report_js})
        text += part;
    return text;
}

} // namespace

std::string html_report(const Results& results) {
    const std::string values = results_json(results, JSONDetail::page)
                                   .dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
    std::string story;
    for (const auto& sentence : what_happened(results))
        story += html_text(sentence) + " ";
    const std::string json = script_json(values);
    const std::string code = script();
    const std::string title = html_text(results.scenario);
    const std::string verdict = html_text(headline(results));
    const std::string description = html_text(results.description);
    const std::string command = html_text(results.command);
    const std::string seed = std::to_string(results.seed);
    return filled(
        report_assets::report_html,
        {
            {"title", title},
            {"verdict", results.held() ? "held" : "failed"},
            {"mark", results.held() ? "✓" : "✗"},
            {"headline", verdict},
            {"story", story},
            {"description", description},
            {"seed", seed},
            {"command", command},
            {"style", report_assets::report_css},
            {"results", json},
            {"script", code},
        }
    );
}

} // namespace diorama::simulation
