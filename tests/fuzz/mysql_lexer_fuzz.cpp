// Any bytes as MySQL text: tokens, then a statement or a syntax error.
#include "services/rds/data/sql/lexer.hpp"
#include "services/rds/data/sql/parse.hpp"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* bytes, size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(bytes), size);
    for (const auto& token : diorama::rds::sql::tokenize(text))
        diorama::rds::sql::token_value(token);
    (void)diorama::rds::sql::parse(text);
    return 0;
}
