// Several sessions of one database on one thread, as clients see them: a statement that has to wait
// "blocks", and its answer is there once it is woken.
#pragma once

#include "tests/support/database.hpp"

namespace diorama::test {

class WaitingSession {
public:
    explicit WaitingSession(rds::Engine& engine)
        : connection_(engine.connect("root", "localhost")) {
        connection_->use("q");
        connection_->set_wake_up([this] { is_woken_ = true; });
    }

    // The answer, or "blocks".
    std::string run(std::string_view sql) {
        auto prepared = connection_->prepare(sql);
        if (auto* error = std::get_if<rds::sql::SQLError>(&prepared))
            return fmt::format("{} {} {}", error->code, error->sqlstate, error->message);
        statement_ = std::get<rds::sql::PreparedPtr>(prepared);
        is_woken_ = false;
        return execute();
    }

    // Of the statement that blocked; "blocks" while nobody has woken it.
    std::string answer() {
        if (!is_woken_) return "blocks";
        is_woken_ = false;
        return execute();
    }

    std::string give_up() {
        ResultText result;
        return connection_->give_up_waiting(result) ? result.text : execute();
    }

    bool is_woken() const { return is_woken_; }

    rds::sql::Connection& connection() { return *connection_; }

private:
    std::string execute() {
        ResultText result;
        const auto progress = connection_->execute(*statement_, {}, result);
        return progress == rds::sql::Progress::waits ? "blocks" : result.text;
    }

    std::unique_ptr<rds::sql::Connection> connection_;
    rds::sql::PreparedPtr statement_;
    bool is_woken_ = false;
};

} // namespace diorama::test
