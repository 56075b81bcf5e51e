// Statements prepared by name: PREPARE, EXECUTE, DEALLOCATE PREPARE.
// https://dev.mysql.com/doc/refman/8.0/en/sql-prepared-statements.html
#include "services/rds/data/engine.hpp"
#include "services/rds/data/sql/connection.hpp"

#include <fmt/core.h>

namespace diorama::rds::sql {

namespace {

SQLError unknown_statement(std::string_view name, std::string_view command) {
    return {
        1243,
        "HY000",
        fmt::format("Unknown prepared statement handler ({}) given to {}", name, command)
    };
}

Parameter parameter_of(const Value& value) {
    switch (value.kind) {
    case Value::Kind::integer:
        return {value, ParameterClass::integer};
    case Value::Kind::real:
        return {value, ParameterClass::real};
    default:
        return {value, ParameterClass::text};
    }
}

} // namespace

void Connection::forget_named() {
    engine_.counters.prepared_statements -= static_cast<std::int64_t>(named_.size());
    named_.clear();
}

void Connection::run(Run& current, const Prepare& prepare) {
    auto& open = engine_.counters.prepared_statements;
    // MySQL: also when the new text is wrong
    open -= static_cast<std::int64_t>(named_.erase(prepare.name));
    if (auto error = engine_.refuse_prepared()) throw std::move(*error);
    std::string text = prepare.text;
    if (!prepare.variable.empty()) {
        const auto found = context_.user_variables.find(prepare.variable);
        text = found == context_.user_variables.end() || found->second.is_null()
                   ? "NULL" // MySQL: and so a syntax error
                   : found->second.bytes;
    }
    auto prepared = this->prepare(text);
    if (auto* error = std::get_if<SQLError>(&prepared)) throw std::move(*error);
    auto& statement = std::get<PreparedPtr>(prepared);
    if (statement->parsed.length < text.size())
        throw syntax_error(std::string_view(text).substr(statement->parsed.length), 1);
    const auto& parsed = statement->parsed.statement;
    if (std::holds_alternative<Prepare>(parsed) ||
        std::holds_alternative<ExecutePrepared>(parsed) ||
        std::holds_alternative<DeallocatePrepared>(parsed))
        throw SQLError{
            1295,
            "HY000",
            "This command is not supported in the prepared statement protocol yet"
        };
    named_.emplace(prepare.name, std::move(statement));
    ++open;
    context_.changes.state = true;
    current.sink.done({});
}

// Stands for the statement it names in every respect: locks, transactions, errors.
Progress Connection::execute_named(const ExecutePrepared& execute, ResultSink& sink) {
    const auto refuse = [&](const SQLError& error) {
        context_.warnings.clear();
        context_.warnings.push_back({"Error", error.code, error.message});
        sink.failed(error);
        return Progress::finished;
    };
    const auto found = named_.find(execute.name);
    if (found == named_.end()) return refuse(unknown_statement(execute.name, "EXECUTE"));
    const PreparedPtr statement = found->second;
    if (statement->parsed.parameter_count != execute.variables.size())
        return refuse({1210, "HY000", "Incorrect arguments to EXECUTE"});
    return this->execute(*statement, parameters_named(execute.variables), sink);
}

std::vector<Parameter> Connection::parameters_named(const std::vector<std::string>& variables
) const {
    std::vector<Parameter> parameters;
    for (const auto& name : variables) {
        const auto variable = context_.user_variables.find(name);
        parameters.push_back(
            variable == context_.user_variables.end() ? Parameter{} : parameter_of(variable->second)
        );
    }
    return parameters;
}

void Connection::run(Run&, const ExecutePrepared& execute) {
    throw unknown_statement(execute.name, "EXECUTE"); // never comes here: see execute()
}

void Connection::run(Run& current, const DeallocatePrepared& deallocate) {
    if (named_.erase(deallocate.name) == 0)
        throw unknown_statement(deallocate.name, "DEALLOCATE PREPARE");
    --engine_.counters.prepared_statements;
    current.sink.done({});
}

} // namespace diorama::rds::sql
