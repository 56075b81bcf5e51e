// `app`: what an instance does for each route, and how the values of placeholders are drawn.
#include "emulator/simulation/reader/section.hpp"

#include <fmt/format.h>

#include <array>
#include <cctype>
#include <cmath>

namespace diorama::simulation {

namespace {

constexpr std::array methods{"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"};

// MySQL's statements that change rows or tables begin with one of these.
constexpr std::array writing_words{
    "INSERT",
    "UPDATE",
    "DELETE",
    "REPLACE",
    "CREATE",
    "DROP",
    "ALTER",
    "TRUNCATE",
    "LOAD"
};

std::string first_word_of(const std::string& sql) {
    std::string word;
    for (const char letter : trimmed(sql)) {
        if (std::isalpha(static_cast<unsigned char>(letter)) == 0) break;
        word += static_cast<char>(std::toupper(static_cast<unsigned char>(letter)));
    }
    return word;
}

void read_values(Reading& reading, const YamlNode& node) {
    if (!node.is_map()) return reading.mistake(node, "expected names and how they are drawn");
    for (const auto& [name, position, value] : node.entries) {
        if (value.is_sequence()) {
            ValueSource source;
            source.kind = ValueSource::Kind::choice;
            for (const YamlNode* choice : scalars_of(reading, value))
                source.choices.push_back(choice->text);
            if (source.choices.empty()) reading.mistake(value, "a choice between nothing");
            reading.scenario.app.values[name] = std::move(source);
            continue;
        }
        if (scalar_of(reading, value, "a source like `uniform(100)`") == nullptr) continue;
        const auto source = parse_value_source(value.text);
        // Known by name even when wrong, so that its uses are no further mistakes.
        reading.scenario.app.values[name] = source ? *source : ValueSource{};
        if (!source) {
            reading.mistake(value, source.problem);
        } else if (source->kind == ValueSource::Kind::files) {
            const auto offset = value.text.find(source->bucket);
            reading.need_resource(value.at(offset), source->bucket, "AWS::S3::Bucket");
        }
    }
}

void read_statement(Reading& reading, const YamlNode& node, AppRoute& route) {
    Statement statement;
    const YamlNode* text = &node;
    if (node.is_map()) {
        Section section(reading, node, section_named("statement"));
        text = section.require("text");
        if (text == nullptr) return;
        RandomVariable cost;
        if (section.law("cost", Quantity::duration, cost)) statement.cost = cost;
        statement.writes =
            std::ranges::find(writing_words, first_word_of(text->text)) != writing_words.end();
        section.flag("writes", statement.writes);
    }
    if (scalar_of(reading, *text, "a statement") == nullptr) return;
    statement.text = text->text;
    const std::string word = first_word_of(statement.text);
    if (word.empty()) return reading.mistake(*text, "no SQL statement");
    if (!node.is_map())
        statement.writes = std::ranges::find(writing_words, word) != writing_words.end();
    check_placeholders(reading, *text, text->text);
    route.sql.push_back(std::move(statement));
}

void read_statements(Reading& reading, const YamlNode& node, AppRoute& route) {
    if (!node.is_sequence()) return read_statement(reading, node, route);
    for (const YamlNode& item : node.items)
        read_statement(reading, item, route);
}

// "GET /api/products/*", "* /", "/health".
std::optional<RoutePattern> pattern_of(Reading& reading, const std::string& text, Position where) {
    RoutePattern pattern;
    const auto slash = text.find('/');
    if (slash == std::string::npos) {
        reading.mistakes.add(where, fmt::format("`{}` is not a route like `GET /api/*`", text));
        return std::nullopt;
    }
    pattern.method = trimmed(std::string_view(text).substr(0, slash));
    pattern.path = trimmed(std::string_view(text).substr(slash));
    if (pattern.method == "*" || pattern.method == "ANY") pattern.method.clear();
    if (!pattern.method.empty() && std::ranges::find(methods, pattern.method) == methods.end()) {
        reading.mistakes.add(
            where,
            fmt::format("no method `{}`", pattern.method),
            nearest_word(pattern.method, {methods.begin(), methods.end()})
        );
        return std::nullopt;
    }
    return pattern;
}

void read_route(Reading& reading, const YamlNode::Entry& entry) {
    AppRoute route;
    route.position = entry.position;
    if (auto pattern = pattern_of(reading, entry.key, entry.position)) route.pattern = *pattern;
    Section section(reading, entry.value, section_named("route"));
    section.law("cpu", Quantity::duration, route.cpu);
    section.law("size", Quantity::size, route.size);
    section.text("cache_control", route.cache_control);
    section.share("error_rate", route.error_rate);
    section.flag("private", route.is_private);
    section.text("text", route.text);
    if (const YamlNode* sql = section.find("sql")) read_statements(reading, *sql, route);
    reading.scenario.app.routes.push_back(std::move(route));
}

void read_health(Reading& reading, const YamlNode& node, App& app) {
    Section section(reading, node, section_named("health"));
    if (section.text("path", app.health_path) && !app.health_path.starts_with('/'))
        reading.mistake(*section.find("path"), "a path begins with `/`");
    section.law("cpu", Quantity::duration, app.health_cpu);
    section.flag("needs_database", app.health_needs_database);
    section.text("text", app.health_text);
}

} // namespace

void read_app(Reading& reading, const YamlNode& node) {
    Section section(reading, node, section_named("app"));
    App& app = reading.scenario.app;
    section.duration("start", app.start);
    section.quantity("concurrency_per_vcpu", Quantity::number, app.concurrency_per_vcpu);
    if (!(app.concurrency_per_vcpu > 0))
        reading.mistake(
            *section.find("concurrency_per_vcpu"),
            "an instance that does nothing at all"
        );
    section.count("queue_limit", app.queue_limit);
    section.duration("keep_alive", app.keep_alive);
    double memory = 0;
    if (section.quantity("memory_per_request", Quantity::size, memory))
        app.memory_per_request = static_cast<std::uint64_t>(memory);
    if (const YamlNode* health = section.find("health")) {
        if (health->is_scalar())
            app.health_path = health->text;
        else
            read_health(reading, *health, app);
    }
    std::size_t engine = 0;
    if (section.choice("sql_engine", engine)) app.sql_engine = static_cast<SQLEngine>(engine);
    // Values before the routes that use them.
    if (const YamlNode* values = section.find("values")) read_values(reading, *values);
    const YamlNode* routes = section.find("routes");
    if (routes == nullptr) return;
    if (!routes->is_map()) return reading.mistake(*routes, "expected routes like `GET /api/*`");
    for (const auto& entry : routes->entries)
        read_route(reading, entry);
}

} // namespace diorama::simulation
