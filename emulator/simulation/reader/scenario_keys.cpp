// See scenario_keys.hpp.
#include "emulator/simulation/reader/scenario_keys.hpp"

#include "emulator/assert.hpp"

#include <array>

namespace diorama::simulation {

namespace {

// clang-format off
constexpr std::array scenario_keys{
    Key{"scenario", Form::text, "Its name: letters, digits and dashes", {}, false, true},
    Key{"description", Form::text, "What it shows; else the comment at the head of the file"},
    Key{"start", Form::moment, "The virtual time of day at which it begins; else 2026-11-27T00:00:00Z"},
    Key{"duration", Form::duration, "How long it lasts", {}, false, true},
    Key{"warmup", Form::duration, "How long traffic flows before outcomes count"},
    Key{"seed", Form::count, "What chance begins with; equal seeds give equal runs"},
    Key{"include", Form::texts, "Files that this one is laid over: maps merge, everything else replaces"},
    Key{"deploy", Form::section, "What is deployed before the first request", "deploy"},
    Key{"app", Form::section, "What an instance does", "app"},
    Key{"traffic", Form::named, "Who sends requests: populations by name", "population"},
    Key{"faults", Form::sections, "What goes wrong, in the order in which fault(1), fault(2) … count", "fault"},
    Key{"expect", Form::texts, "What has to hold; see the README of emulator/simulation"},
    Key{"matrix", Form::words, "Keys as for --set, each with a list of values, and `seeds`: every combination is a run"},
    Key{"worlds", Form::named, "Alternatives by name, one of which is laid over the file", "world"},
    Key{"world", Form::text, "The chosen world; else the first"},
    Key{"prices", Form::words, "Dollars by name of the price, instead of the public ones"},
};
constexpr std::array world_keys{
    Key{"description", Form::text, "What is different in it"},
    Key{"deploy", Form::section, "As in a scenario", "deploy"},
    Key{"app", Form::section, "As in a scenario", "app"},
    Key{"traffic", Form::named, "As in a scenario", "population"},
    Key{"faults", Form::sections, "Instead of the scenario's", "fault"},
    Key{"expect", Form::texts, "Instead of the scenario's"},
};
constexpr std::array deploy_keys{
    Key{"template", Form::text, "A CloudFormation template, relative to this file", {}, false, true},
    Key{"stack", Form::text, "The name of the stack; else the scenario's"},
    Key{"region", Form::text, "Where it is deployed; else us-east-1"},
    Key{"parameters", Form::words, "Parameters of the template"},
    Key{"files", Form::named, "What is put into buckets: logical id of the bucket, and a folder", "files", true},
    Key{"sql", Form::named, "What is loaded into databases: logical id, and a file or a list of files", {}, true},
};
constexpr std::array files_keys{
    Key{"folder", Form::text, "Every file below it becomes an object"},
    Key{"prefix", Form::text, "What keys begin with"},
    Key{"cache_control", Form::text, "The Cache-Control header of the objects"},
    Key{"count", Form::count, "So many objects that need no file, named prefix, number, suffix"},
    Key{"suffix", Form::text, "What their keys end with"},
    Key{"size", Form::size_law, "How large they are"},
};
constexpr std::array app_keys{
    Key{"start", Form::duration, "From a running instance to one that answers; else 30s"},
    Key{"concurrency_per_vcpu", Form::number, "Requests in work at once; more of them wait. Else 64"},
    Key{"queue_limit", Form::count, "How many may wait; more are refused. Else 1024"},
    Key{"keep_alive", Form::duration, "How long an idle connection stays open; else 65s"},
    Key{"memory_per_request", Form::size, "What a request in work takes; more than the instance has kills it"},
    Key{"health", Form::section, "The route that answers health checks", "health", true},
    Key{"routes", Form::named, "By method and path, `*` for any characters; the first that matches", "route"},
    Key{"values", Form::words, "How placeholders in braces are drawn: uniform(100), zipf(10000, 1.1), sequence, choice(a, b), files(Bucket)"},
    Key{"sql_engine", Form::text, "Whether statements run on the real engine or on its cost model", {}, false, false, "automatic|real|model"},
};
constexpr std::array health_keys{
    Key{"path", Form::text, "Else /health"},
    Key{"cpu", Form::time_law, "CPU time of an answer"},
    Key{"needs_database", Form::flag, "Whether it fails when the database does; a lesson in itself"},
    Key{"text", Form::text, "What it says; else ok"},
};
constexpr std::array route_keys{
    Key{"cpu", Form::time_law, "CPU time on one vCPU"},
    Key{"sql", Form::sections, "Statements, one after the other, after the CPU time", "statement", true},
    Key{"size", Form::size_law, "The body of the answer"},
    Key{"cache_control", Form::text, "The Cache-Control header of the answer"},
    Key{"error_rate", Form::share, "How many requests the application itself answers with 500"},
    Key{"private", Form::flag, "Whether the answer is one viewer's own"},
    Key{"text", Form::text, "What the body begins with; health checks look for words in it"},
};
constexpr std::array statement_keys{
    Key{"text", Form::text, "SQL with placeholders", {}, false, true},
    Key{"cost", Form::time_law, "What it takes; else what the cost model says"},
    Key{"writes", Form::flag, "Else by its first word"},
};
constexpr std::array population_keys{
    Key{"from", Form::words, "Places on earth and the share of each; together 100%"},
    Key{"rate", Form::anything, "Visits over time: 400/s, [0h 400/s, 2h 900/s], step(..), ramp(..), spike(..), diurnal(..)"},
    Key{"arrivals", Form::text, "Whether visits begin by chance or evenly", {}, false, false, "poisson|constant"},
    Key{"closed", Form::section, "Instead of a rate: so many users, each beginning anew after its last visit", "closed"},
    Key{"replay", Form::section, "Instead of a rate and visits: the requests of an access log", "replay"},
    Key{"visit", Form::sections, "One visitor's path, step by step", "step", true},
    Key{"patience", Form::section, "How long a client waits, and how often it tries again", "patience"},
    Key{"resolver", Form::section, "The resolver that the population asks", "resolver"},
    Key{"keep_connections", Form::flag, "Whether connections are reused within a visit; else true"},
    Key{"keep_cookies", Form::flag, "Whether cookies are sent back within a visit; else true"},
    Key{"clock_skew", Form::duration, "How far its clocks are ahead"},
};
constexpr std::array closed_keys{
    Key{"users", Form::anything, "How many: 200, or points like [0h 100, 2h 400]", {}, false, true},
    Key{"pause", Form::time_law, "Between a user's visits"},
};
constexpr std::array replay_keys{
    Key{"file", Form::text, "The log, relative to this file", {}, false, true},
    Key{"format", Form::text, "Whose log it is", {}, false, true, "cloudfront|alb|combined"},
    Key{"host", Form::text, "The host of requests that do not name theirs (combined)"},
    Key{"speed", Form::number, "How much faster than it was recorded; else 1"},
};
constexpr std::array step_keys{
    Key{"request", Form::text, "A method and a URL, possibly with placeholders"},
    Key{"think", Form::time_law, "Instead of a request: time that passes"},
    Key{"times", Form::count, "How often, one after the other; else 1"},
    Key{"share", Form::share, "How many visits take this step; else all"},
    Key{"body", Form::size, "The body of the request"},
    Key{"signed", Form::duration, "Signed by the client (Signature Version 4), at its own clock and for that long"},
    Key{"name", Form::text, "What expectations and the report call it; else method and URL"},
};
constexpr std::array patience_keys{
    Key{"timeout", Form::duration, "After which a client stops waiting; else 10s"},
    Key{"retries", Form::count, "How often it tries again; else 0"},
    Key{"backoff", Form::anything, "The pause before it does: constant(1s), or exponential(500ms), which doubles"},
    Key{"jitter", Form::share, "How much of the pause is left to chance; else 100%"},
};
constexpr std::array resolver_keys{
    Key{"cache", Form::flag, "Whether it remembers answers; else true"},
    Key{"least_ttl", Form::duration, "It holds records at least so long, whatever they say"},
    Key{"greatest_ttl", Form::duration, "It holds records at most so long"},
};
constexpr std::array fault_keys{
    Key{"at", Form::duration, "When, counted from the start", {}, false, true},
    Key{"for", Form::duration, "How long; else until the end, or at once where the action is one of a moment"},
    Key{"do", Form::text, "An action: AWS's word where its fault injection service has one", {}, false, true},
    Key{"name", Form::text, "What fault(name) and the report call it"},
    Key{"zone", Form::text, "The availability zone that is hit"},
    Key{"target", Form::section, "What is hit: `WebGroup`, `one of WebGroup`, `30% of WebGroup`, or conditions", "target", true},
    Key{"parameters", Form::words, "Parameters of the action"},
};
constexpr std::array target_keys{
    Key{"ids", Form::texts, "Logical or physical ids"},
    Key{"tags", Form::words, "Tags that all of them have"},
    Key{"zone", Form::text, "The availability zone they are in"},
    Key{"select", Form::text, "How many of those: `all`, `one`, `3`, `30%`"},
};
constexpr std::array sections{
    SectionKeys{"scenario", "A scenario of Diorama", scenario_keys},
    SectionKeys{"world", "An alternative that is laid over the file", world_keys},
    SectionKeys{"deploy", "What is deployed before the first request", deploy_keys},
    SectionKeys{"files", "Objects of a bucket", files_keys},
    SectionKeys{"app", "What an instance does", app_keys},
    SectionKeys{"health", "The route that answers health checks", health_keys},
    SectionKeys{"route", "What a request to a route costs", route_keys},
    SectionKeys{"statement", "A statement that a route runs", statement_keys},
    SectionKeys{"population", "Clients that behave alike", population_keys},
    SectionKeys{"closed", "A closed loop", closed_keys},
    SectionKeys{"replay", "An access log that is replayed", replay_keys},
    SectionKeys{"step", "A step of a visit", step_keys},
    SectionKeys{"patience", "What clients put up with", patience_keys},
    SectionKeys{"resolver", "A resolver", resolver_keys},
    SectionKeys{"fault", "Something that goes wrong", fault_keys},
    SectionKeys{"target", "Which resources are hit: all conditions hold", target_keys},
};
// clang-format on

} // namespace

const Key* SectionKeys::find(std::string_view key) const {
    for (const Key& candidate : keys) {
        if (candidate.name == key) return &candidate;
    }
    return nullptr;
}

std::vector<std::string> SectionKeys::names() const {
    std::vector<std::string> names;
    for (const Key& key : keys)
        names.emplace_back(key.name);
    return names;
}

std::span<const SectionKeys> all_sections() {
    return sections;
}

const SectionKeys& section_named(std::string_view name) {
    for (const SectionKeys& section : sections) {
        if (section.name == name) return section;
    }
    ASSERT(false);
    return sections.front();
}

std::vector<std::string> split_choices(std::string_view choices) {
    std::vector<std::string> words;
    while (!choices.empty()) {
        const auto bar = choices.find('|');
        words.emplace_back(choices.substr(0, bar));
        choices = bar == std::string_view::npos ? std::string_view{} : choices.substr(bar + 1);
    }
    return words;
}

} // namespace diorama::simulation
