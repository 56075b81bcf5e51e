// The server end of HTTP/1: a connection object for every accepted connection. What it does stands
// in server_connection.cpp (reading), server_lifecycle.cpp (ending) and server_exchange.cpp (the
// handler's view).
#include "emulator/http/server_connection.hpp"

namespace diorama::http {

network::Accept serve(Handler handler, ServerOptions options) {
    auto service = std::make_shared<const Service>(Service{std::move(handler), std::move(options)});
    return
        [service](network::Connection& connection) -> std::shared_ptr<network::ConnectionEvents> {
            return std::make_shared<ServerConnection>(connection, service);
        };
}

} // namespace diorama::http
