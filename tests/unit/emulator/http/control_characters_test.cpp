// Texts with and without control characters: see control_characters.hpp.
#include "emulator/http/control_characters.hpp"

#include <doctest/doctest.h>

#include <string>

namespace diorama::http {

TEST_CASE("every byte is told at every place of texts of every length") {
    for (std::size_t size = 1; size < 20; ++size)
        for (std::size_t place = 0; place < size; ++place)
            for (int byte = 0; byte < 256; ++byte) {
                std::string text(size, 'a');
                text[place] = static_cast<char>(byte);
                const bool is_control = byte < 0x20 || byte == 0x7f;
                CHECK_MESSAGE(
                    has_control_characters(text) == is_control,
                    size,
                    " ",
                    place,
                    " ",
                    byte
                );
            }
}

TEST_CASE("neighbours do not make a byte a control character") {
    CHECK_FALSE(has_control_characters("\x80\x20\x80\x20\xff\x7e\xa0\x20"));
    CHECK_FALSE(has_control_characters(std::string(64, '\x80') + std::string(64, ' ')));
    CHECK_FALSE(has_control_characters(""));
    CHECK(has_control_characters(std::string("\x20\x1f\x20\x20\x20\x20\x20\x20", 8)));
}

} // namespace diorama::http
