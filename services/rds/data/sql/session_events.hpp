// One session's statements about events, and what the scheduler does with one.
#pragma once

#include "services/rds/data/sql/connection.hpp"

namespace diorama::rds::sql {

class SessionEvents {
public:
    explicit SessionEvents(Connection& connection)
        : connection_(connection)
        , context_(connection.context_)
        , engine_(connection.engine_)
        , catalog_(connection.catalog_)
        , sqlite_(connection.sqlite_) {}

    void run(Run& run, const CreateEvent& create);
    void run(Run& run, const DropEvent& drop);
    void show_create(ResultSink& sink, const Show& show);
    // Notes that the event runs now, and that it is over when it will not run again. False: the
    // writer's place is taken.
    bool note_run(const std::string& schema, const std::string& name, Timestamp now);
    // The body of the event, with the rights of its definer; false: it waits.
    bool run_body(const EventPtr& event, ResultSink& sink);

private:
    EventPtr find_event(const TableName& name) const;
    Timestamp event_moment(const Expr& expression, std::string_view what);
    void schedule_event(StoredEvent& event, const EventSchedule& schedule);
    StoredEvent event_of(const CreateEvent& create, const EventPtr& known);
    bool settle_past_event(StoredEvent& event, bool is_new);
    void put_event(Catalog& catalog, StoredEvent event);
    void log_event(const std::string& schema, std::string text);

    Connection& connection_;
    Context& context_;
    Engine& engine_;
    CatalogPtr& catalog_;
    const ConnectionPtr& sqlite_;
};

} // namespace diorama::rds::sql
