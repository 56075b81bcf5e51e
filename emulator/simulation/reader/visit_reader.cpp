// `visit`: the steps of one visitor's path, in their short form and as maps.
#include "emulator/simulation/reader/section.hpp"

#include <fmt/format.h>

#include <array>
#include <charconv>
#include <cmath>

namespace diorama::simulation {

namespace {

constexpr std::array methods{"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"};
constexpr std::uint32_t most_times = 10'000;
constexpr std::size_t most_steps = 1'000;

struct Scheme {
    std::string_view prefix;
    bool is_tls;
};

constexpr std::array schemes{Scheme{"https://", true}, Scheme{"http://", false}};

// "GET https://host/path"
Parsed<RequestStep> parse_request(std::string_view text, std::size_t offset) {
    const auto space = text.find(' ');
    const std::string method(text.substr(0, space));
    if (std::ranges::find(methods, method) == methods.end()) {
        std::vector<std::string> known(methods.begin(), methods.end());
        known.emplace_back("think");
        return Problem{offset, fmt::format("no method `{}`", method), nearest_word(method, known)};
    }
    if (space == std::string_view::npos) return Problem{offset, "the URL is missing"};
    std::string_view url = text.substr(space);
    const std::size_t lead = std::min(url.find_first_not_of(' '), url.size());
    const std::size_t at = offset + space + lead;
    url = trimmed(url);
    RequestStep request;
    request.method = method;
    request.name = method + " " + std::string(url);
    for (const Scheme& scheme : schemes) {
        if (!url.starts_with(scheme.prefix)) continue;
        request.is_tls = scheme.is_tls;
        url.remove_prefix(scheme.prefix.size());
        const auto slash = std::min(url.find('/'), url.size());
        request.host = url.substr(0, slash);
        request.path = slash == url.size() ? "/" : url.substr(slash);
        const bool is_bad =
            request.host.empty() || request.host.find_first_of(" {}?#@") != std::string::npos;
        if (is_bad) return Problem{at + scheme.prefix.size(), "the URL has no host"};
        if (request.path.find(' ') != std::string::npos)
            return Problem{at, fmt::format("`{}` has a space in it", request.path)};
        return request;
    }
    return Problem{at, fmt::format("`{}` is not a URL like `https://www.example.com/`", url)};
}

// Takes "12x " from the front.
bool take_times(std::string_view& text, std::uint32_t& times) {
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), times);
    const auto digits = static_cast<std::size_t>(end - text.data());
    const bool is_times = error == std::errc() && digits + 1 < text.size() && text[digits] == 'x' &&
                          text[digits + 1] == ' ';
    if (is_times) text.remove_prefix(text.find_first_not_of(' ', digits + 1));
    return is_times;
}

class VisitReader {
public:
    VisitReader(Reading& reading, Population& population)
        : reading_(reading)
        , population_(population) {}

    void read(const YamlNode& node) {
        if (node.is_scalar()) return read_text(node, {});
        if (node.is_map()) return read_map(node);
        reading_.mistake(node, "expected a step like `GET https://www.example.com/`");
    }

private:
    // "12x GET …", "think exponential(4s)"; `step` says what is known already.
    void read_text(const YamlNode& node, Step step) {
        step.position = node.position;
        std::string_view text = node.text;
        if (text.starts_with("think")) {
            const auto law = text.find_first_not_of(' ', 5);
            if (law == std::string_view::npos || law == 5)
                return reading_.mistake(
                    node,
                    "write it like `think 4s` or `think exponential(4s)`"
                );
            const auto time = parse_law(text.substr(law), Quantity::duration);
            if (!time)
                return reading_.mistake(
                    node,
                    Problem{
                        law + time.problem.offset,
                        time.problem.message,
                        time.problem.suggestion
                    }
                );
            step.action = ThinkStep{*time};
            return add(node, std::move(step));
        }
        std::uint32_t times = 1;
        if (take_times(text, times)) step.times = times;
        const auto offset = static_cast<std::size_t>(text.data() - node.text.data());
        auto request = parse_request(text, offset);
        if (!request) return reading_.mistake(node, request.problem);
        check_placeholders(reading_, node, request->path);
        step.action = *request;
        add(node, std::move(step));
    }

    // "20%: POST …", which is a map for YAML, or the long form.
    void read_map(const YamlNode& node) {
        if (node.entries.size() == 1) {
            const auto& [key, position, value] = node.entries.front();
            const auto share = parse_quantity(key, Quantity::share);
            if (share && *share >= 0 && *share <= 1 && value.is_scalar()) {
                Step step;
                step.share = *share;
                return read_text(value, std::move(step));
            }
            if (key.ends_with('%'))
                return reading_.mistakes.add(
                    position,
                    fmt::format("`{}` is not a share like `20%`", key)
                );
        }
        Section section(reading_, node, section_named("step"));
        Step step;
        section.share("share", step.share);
        section.count("times", step.times);
        const YamlNode* request = section.find("request");
        const YamlNode* think = section.find("think");
        if ((request != nullptr) == (think != nullptr))
            return reading_.mistake(node, "give a `request`, or a time to `think`");
        if (think != nullptr) {
            ThinkStep thinking;
            if (!section.law("think", Quantity::duration, thinking.time)) return;
            step.action = thinking;
            step.position = node.position;
            return add(node, std::move(step));
        }
        const std::size_t before = population_.visit.size();
        if (scalar_of(reading_, *request, "a method and a URL") == nullptr) return;
        read_text(*request, std::move(step));
        if (population_.visit.size() == before) return;
        auto* made = std::get_if<RequestStep>(&population_.visit.back().action);
        if (made == nullptr) return;
        double body = 0;
        if (section.quantity("body", Quantity::size, body))
            made->body_bytes = static_cast<std::uint64_t>(body);
        read_signature(section, *made);
        section.text("name", made->name);
    }

    // AWS: "The minimum value you can set is 1, and the maximum is 604800 (seven days)."
    void read_signature(Section& section, RequestStep& request) {
        Duration valid_for{};
        if (!section.duration("signed", valid_for)) return;
        if (valid_for < std::chrono::seconds(1) || valid_for > std::chrono::days(7))
            return reading_.mistake(
                *section.find("signed"),
                "a signature is valid for one second to seven days"
            );
        request.signed_for = valid_for;
    }

    void add(const YamlNode& node, Step step) {
        if (step.times == 0 || step.times > most_times)
            return reading_.mistake(node, fmt::format("a step happens 1 to {} times", most_times));
        if (population_.visit.size() >= most_steps)
            return reading_.mistake(node, fmt::format("more than {} steps", most_steps));
        population_.visit.push_back(std::move(step));
    }

    Reading& reading_;
    Population& population_;
};

} // namespace

void read_visit(Reading& reading, const YamlNode& node, Population& population) {
    VisitReader reader(reading, population);
    if (!node.is_sequence()) return reader.read(node);
    if (node.items.empty()) return reading.mistake(node, "a visit without steps");
    for (const YamlNode& item : node.items)
        reader.read(item);
}

} // namespace diorama::simulation
