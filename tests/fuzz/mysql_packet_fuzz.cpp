// Any bytes from a server, read by our client; the packet layer under both.
#include "emulator/mysql/client.hpp"
#include "services/rds/data/change_log.hpp"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* bytes, size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(bytes), size);
    diorama::mysql::ClientSession client({"user", "password", "database"});
    auto rest = text;
    rest.remove_prefix(client.received(rest));
    if (client.is_ready()) client.query("SELECT 1");
    client.received(rest);
    while (client.take_result()) {
    }
    (void)diorama::rds::decode_changes(text);
    return 0;
}
