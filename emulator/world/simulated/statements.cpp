// See world/simulated/statements.hpp.
#include "emulator/world/simulated/statements.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace diorama {

namespace {

// Different complaints that are kept; the first ones tell what is wrong.
constexpr std::size_t kept_complaints = 20;

} // namespace

ApplicationStatements::ApplicationStatements(
    const simulation::App& app,
    const std::map<std::string, simulation::ValueSource>& values,
    Random random,
    SimulatedDatabases& databases
)
    : values_(values)
    , random_(random)
    , databases_(databases) {
    for (const auto& route : app.routes) {
        Route& made = routes_.emplace_back();
        bool is_open = false;
        for (const auto& statement : route.sql) {
            Statement one{simulation::StatementTemplate(statement.text)};
            is_open = is_open || one.text.begins_transaction();
            one.goes_to_source = statement.writes || is_open || one.text.ends_transaction();
            is_open = is_open && !one.text.ends_transaction();
            made.needs_session = made.needs_session || one.text.needs_session();
            made.statements.push_back(std::move(one));
        }
    }
}

const std::string&
ApplicationStatements::value_of(const Saying& saying, const std::string& placeholder) {
    for (const auto& [name, text] : saying.request.values)
        if (name == placeholder) return text;
    auto& drawn = saying.conversation.drawn;
    for (const auto& [name, text] : drawn)
        if (name == placeholder) return text;
    const auto number = values_.draw(placeholder, random_);
    drawn.emplace_back(placeholder, values_.text(placeholder, number));
    return drawn.back().second;
}

std::uint16_t ApplicationStatements::execute(const Saying& saying, const Statement& statement) {
    const auto& text = statement.text;
    std::vector<rds::StatementArgument> arguments;
    std::vector<std::string> texts;
    for (const auto& placeholder : text.placeholders()) {
        const auto& value = value_of(saying, placeholder.name);
        if (text.needs_filling()) texts.push_back(value);
        if (!placeholder.is_parameter()) continue;
        using Use = simulation::StatementTemplate::Use;
        const bool is_number = placeholder.use == Use::value && simulation::is_number(value);
        arguments.push_back({value, is_number});
    }
    const std::string filled = text.needs_filling() ? text.fill(texts) : std::string();
    auto& conversation = saying.conversation;
    const auto executed = databases_.run(
        saying.database,
        {saying.schema, text.needs_filling() ? filled : text.text(), arguments},
        conversation.session.session ? &conversation.session : nullptr
    );
    if (executed.position != 0)
        conversation.commits.emplace_back(saying.database.timeline->number, executed.position);
    if (executed.result.succeeded()) return 0;
    auto complaint = fmt::format("{} {}", executed.result.error, executed.result.message);
    const bool is_known = complaints_.contains(complaint);
    if (is_known || complaints_.size() < kept_complaints) {
        auto& told = complaints_[std::move(complaint)];
        if (told.count++ == 0) told.first = databases_.now();
    }
    return executed.result.error;
}

std::uint16_t
ApplicationStatements::say(const Saying& saying, std::uint16_t number, std::uint16_t index) {
    const Route& route = routes_[number];
    auto& conversation = saying.conversation;
    if (route.needs_session && conversation.session.rows != saying.database.rows) {
        end(conversation);
        conversation.session = databases_.borrow_session(saying.database);
    }
    const auto& statement = route.statements[index];
    if (statement.text.begins_transaction()) {
        conversation.transaction = index;
        return 0;
    }
    if (!conversation.transaction) return execute(saying, statement);
    if (!statement.text.ends_transaction()) return 0;
    const auto first = *conversation.transaction;
    conversation.transaction.reset();
    for (std::size_t i = first; i <= index; ++i) {
        const auto error = execute(saying, route.statements[i]);
        if (error == 0) continue;
        conversation.session.session->reset();
        return error;
    }
    return 0;
}

void ApplicationStatements::end(SQLConversation& conversation) {
    conversation.transaction.reset();
    if (conversation.session.session) databases_.give_back(std::move(conversation.session));
    conversation.session = {};
}

} // namespace diorama
