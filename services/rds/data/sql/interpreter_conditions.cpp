// Conditions and their handlers.
// https://dev.mysql.com/doc/refman/8.0/en/handler-scope.html
#include "services/rds/data/sql/interpreter.hpp"
#include "services/rds/data/sql/session_programs.hpp"

#include <algorithm>

namespace diorama::rds::sql {

namespace {

// How well a handler's value fits: 0 not at all, more is more precise.
int fit(const ConditionValue& value, const SQLError& error, bool is_warning) {
    using Kind = ConditionValue::Kind;
    const auto state = error.sqlstate.substr(0, 2);
    switch (value.kind) {
    case Kind::code:
        return value.code == error.code ? 3 : 0;
    case Kind::sqlstate:
        return value.sqlstate == error.sqlstate ? 2 : 0;
    case Kind::warning:
        return state == "01" || is_warning ? 1 : 0;
    case Kind::not_found:
        return state == "02" ? 1 : 0;
    case Kind::exception:
        return !is_warning && state != "01" && state != "02" && state != "00" ? 1 : 0;
    }
    return 0;
}

} // namespace

// The innermost block that has one decides; in it, the most precise.
std::optional<std::size_t>
Interpreter::handler_for(const Frame& frame, const SQLError& error, bool is_warning) {
    std::optional<std::size_t> best;
    int best_fit = 0;
    const auto& handlers = frame.code->handlers;
    for (std::size_t i = 0; i < handlers.size(); ++i) {
        const auto& handler = handlers[i];
        if (frame.at < handler.from || frame.at >= handler.to) continue;
        int fits = 0;
        for (const auto& value : handler.conditions)
            fits = std::max(fits, fit(value, error, is_warning));
        if (fits == 0) continue;
        const bool is_inner = !best || handler.from > handlers[*best].from;
        const bool is_same = best && handler.from == handlers[*best].from;
        if (!is_inner && !(is_same && fits > best_fit)) continue;
        best = i;
        best_fit = fits;
    }
    return best;
}

std::size_t Interpreter::goes_on_at(const Frame& frame) {
    if (const auto* test = std::get_if<JumpUnless>(&frame.code->code[frame.at])) return test->after;
    return frame.at + 1;
}

void Interpreter::activate(Frame& frame, std::size_t handler, const SQLError& error) {
    frame.handled.push_back({handler, goes_on_at(frame), error});
    frame.gathered.clear();
    frame.at = frame.code->handlers[handler].body;
}

void Interpreter::raise(const SQLError& error) {
    constexpr std::uint16_t interrupted = 1317;
    constexpr std::uint16_t out_of_time = 3024;
    // MySQL: what ends the statement of the client cannot be handled.
    const bool is_final =
        connection_.takes_long_ || error.code == interrupted || error.code == out_of_time;
    auto& warnings = connection_.context_.warnings;
    const bool is_known = !warnings.empty() && warnings.back().code == error.code &&
                          warnings.back().message == error.message;
    if (!is_known)
        warnings.push_back({"Error", error.code, error.message, std::string(error.sqlstate)});
    while (!frames_.empty()) {
        auto& frame = top();
        if (const auto handler = handler_for(frame, error, false); handler && !is_final)
            return activate(frame, *handler, error);
        leave();
    }
    throw SQLError(error);
}

// After an instruction that has succeeded: the next one, or a handler's first.
void Interpreter::notice_warnings(std::size_t before) {
    const auto& warnings = connection_.context_.warnings;
    auto& frame = top();
    if (!frame.code->handlers.empty()) {
        for (auto i = std::min(before, warnings.size()); i < warnings.size(); ++i) {
            const auto& warning = warnings[i];
            if (warning.level != "Warning") continue;
            const auto& state = connection_.programs_->interned_state(warning.sqlstate);
            const SQLError condition{warning.code, state, warning.message};
            const auto handler = handler_for(frame, condition, true);
            if (handler) return activate(frame, *handler, condition);
        }
    }
    ++frame.at;
}

bool Interpreter::run(const EndHandler& instruction) {
    auto& frame = top();
    const auto& handlers = frame.code->handlers;
    const auto& handler = handlers[instruction.handler];
    const auto resume_at = frame.handled.back().resume_at;
    frame.handled.pop_back();
    connection_.context_.warnings.clear();
    if (handler.continues) {
        frame.at = resume_at;
        return true;
    }
    frame.at = handler.to;
    // Others that this one was called from inside its block have ended with it.
    while (!frame.handled.empty()) {
        const auto body = handlers[frame.handled.back().handler].body;
        if (body < handler.from || body >= handler.to) break;
        frame.handled.pop_back();
    }
    return true;
}

// MySQL: RESIGNAL and GET STACKED DIAGNOSTICS in a procedure that a handler calls see its
// condition.
const SQLError* Interpreter::handled() const {
    for (auto frame = frames_.rbegin(); frame != frames_.rend(); ++frame)
        if (!frame->handled.empty()) return &frame->handled.back().error;
    return nullptr;
}

} // namespace diorama::rds::sql
