// Scenario files, overrides, expectations and access logs of random bytes. Nothing may crash or
// hang: includes are bounded in number and depth, documents in size, and a file may include itself.
#include "emulator/simulation/access_log.hpp"
#include "emulator/simulation/expectation_parser.hpp"
#include "emulator/simulation/scenario_reader.hpp"

#include <cstddef>
#include <cstdint>

using namespace diorama::simulation;

namespace {

// Whatever is asked for is the same text: every include is a cycle or a bomb.
class SameText final : public SourceFiles {
public:
    explicit SameText(std::string text)
        : text_(std::move(text)) {}

    std::optional<std::string> read(const std::string&, std::size_t most) const override {
        return text_.size() <= most ? std::optional(text_) : std::nullopt;
    }

    bool exists(const std::string&) const override { return false; }

private:
    std::string text_;
};

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
    const std::string text(reinterpret_cast<const char*>(bytes), size);
    const SameText files(text);
    ReaderOptions options;
    options.files = &files;
    options.needs_files = true;
    options.overrides = {text.substr(0, std::min<std::size_t>(size, 80)), "seed=3"};
    ReadScenario read = read_scenario("fuzz.yaml", options);
    runs_of(read.scenario);
    for (const Mistake& mistake : read.mistakes)
        text_of(mistake);

    options.overrides.clear();
    read = read_scenario("fuzz.yaml", options);
    ExpectationContext context;
    context.scenario = &read.scenario;
    parse_expectation(text, context);
    for (const auto format :
         {AccessLogFormat::cloudfront, AccessLogFormat::alb, AccessLogFormat::combined})
        read_access_log(text, format, "a.example");
    return 0;
}
