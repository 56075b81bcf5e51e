// The list itself. Only collations that order as MySQL's do are in it: what is not here is an
// unknown collation (1273). https://dev.mysql.com/doc/refman/8.0/en/charset-mysql.html
#include "services/rds/data/sql/collation_list.hpp"

#include "services/rds/data/sql/lexer.hpp"

#include <array>
#include <string>

namespace diorama::rds::sql {

namespace {

using C = CharacterSet;
using W = Weighing;

// clang-format off
constexpr CollationEntry collations[] = {
    {"utf8mb4_0900_ai_ci", C::utf8mb4, 255, W::unicode, "", 1, false},
    {"utf8mb4_general_ci", C::utf8mb4, 45, W::general, "", 1, true},
    {"utf8mb4_unicode_ci", C::utf8mb4, 224, W::unicode_plane, "", 1, true},
    {"utf8mb4_bin", C::utf8mb4, 46, W::bytes, "", 1, true},
    {"binary", C::binary, 63, W::bytes, "", 1, false},
    {"utf8mb3_general_ci", C::utf8mb3, 33, W::general, "", 1, true},
    {"latin1_swedish_ci", C::latin1, 8, W::one_byte, "", 1, true},
    {"ascii_general_ci", C::ascii, 11, W::one_byte, "", 1, true},
    {"utf8mb3_bin", C::utf8mb3, 83, W::bytes, "", 1, true},
    {"latin1_german1_ci", C::latin1, 5, W::one_byte, "", 1, true},
    {"latin1_danish_ci", C::latin1, 15, W::one_byte, "", 1, true},
    {"latin1_german2_ci", C::latin1, 31, W::one_byte, "", 1, true},
    {"latin1_bin", C::latin1, 47, W::one_byte, "", 1, true},
    {"latin1_general_ci", C::latin1, 48, W::one_byte, "", 1, true},
    {"latin1_general_cs", C::latin1, 49, W::one_byte, "", 1, true},
    {"latin1_spanish_ci", C::latin1, 94, W::one_byte, "", 1, true},
    {"ascii_bin", C::ascii, 65, W::bytes, "", 1, true},
    {"utf8mb4_0900_as_cs", C::utf8mb4, 278, W::unicode, "", 3, false},
    {"utf8mb4_0900_as_ci", C::utf8mb4, 305, W::unicode, "", 2, false},
    {"utf8mb4_0900_bin", C::utf8mb4, 309, W::bytes, "", 1, false},
    {"utf8mb4_de_pb_0900_ai_ci", C::utf8mb4, 256, W::unicode, "de@collation=phonebook", 1, false},
    {"utf8mb4_de_pb_0900_as_cs", C::utf8mb4, 279, W::unicode, "de@collation=phonebook", 3, false},
    {"utf8mb4_is_0900_ai_ci", C::utf8mb4, 257, W::unicode, "is", 1, false},
    {"utf8mb4_is_0900_as_cs", C::utf8mb4, 280, W::unicode, "is", 3, false},
    {"utf8mb4_lv_0900_ai_ci", C::utf8mb4, 258, W::unicode, "lv", 1, false},
    {"utf8mb4_lv_0900_as_cs", C::utf8mb4, 281, W::unicode, "lv", 3, false},
    {"utf8mb4_ro_0900_ai_ci", C::utf8mb4, 259, W::unicode, "ro", 1, false},
    {"utf8mb4_ro_0900_as_cs", C::utf8mb4, 282, W::unicode, "ro", 3, false},
    {"utf8mb4_sl_0900_ai_ci", C::utf8mb4, 260, W::unicode, "sl", 1, false},
    {"utf8mb4_sl_0900_as_cs", C::utf8mb4, 283, W::unicode, "sl", 3, false},
    {"utf8mb4_pl_0900_ai_ci", C::utf8mb4, 261, W::unicode, "pl", 1, false},
    {"utf8mb4_pl_0900_as_cs", C::utf8mb4, 284, W::unicode, "pl", 3, false},
    {"utf8mb4_et_0900_ai_ci", C::utf8mb4, 262, W::unicode, "et", 1, false},
    {"utf8mb4_et_0900_as_cs", C::utf8mb4, 285, W::unicode, "et", 3, false},
    {"utf8mb4_es_0900_ai_ci", C::utf8mb4, 263, W::unicode, "es", 1, false},
    {"utf8mb4_es_0900_as_cs", C::utf8mb4, 286, W::unicode, "es", 3, false},
    {"utf8mb4_sv_0900_ai_ci", C::utf8mb4, 264, W::unicode, "sv", 1, false},
    {"utf8mb4_sv_0900_as_cs", C::utf8mb4, 287, W::unicode, "sv", 3, false},
    {"utf8mb4_tr_0900_ai_ci", C::utf8mb4, 265, W::unicode, "tr", 1, false},
    {"utf8mb4_tr_0900_as_cs", C::utf8mb4, 288, W::unicode, "tr", 3, false},
    {"utf8mb4_cs_0900_ai_ci", C::utf8mb4, 266, W::unicode, "cs", 1, false},
    {"utf8mb4_cs_0900_as_cs", C::utf8mb4, 289, W::unicode, "cs", 3, false},
    {"utf8mb4_da_0900_ai_ci", C::utf8mb4, 267, W::unicode, "da", 1, false},
    {"utf8mb4_da_0900_as_cs", C::utf8mb4, 290, W::unicode, "da", 3, false},
    {"utf8mb4_lt_0900_ai_ci", C::utf8mb4, 268, W::unicode, "lt", 1, false},
    {"utf8mb4_lt_0900_as_cs", C::utf8mb4, 291, W::unicode, "lt", 3, false},
    {"utf8mb4_sk_0900_ai_ci", C::utf8mb4, 269, W::unicode, "sk", 1, false},
    {"utf8mb4_sk_0900_as_cs", C::utf8mb4, 292, W::unicode, "sk", 3, false},
    {"utf8mb4_es_trad_0900_ai_ci", C::utf8mb4, 270, W::unicode, "es@collation=traditional", 1, false},
    {"utf8mb4_es_trad_0900_as_cs", C::utf8mb4, 293, W::unicode, "es@collation=traditional", 3, false},
    {"utf8mb4_eo_0900_ai_ci", C::utf8mb4, 273, W::unicode, "eo", 1, false},
    {"utf8mb4_eo_0900_as_cs", C::utf8mb4, 296, W::unicode, "eo", 3, false},
    {"utf8mb4_hu_0900_ai_ci", C::utf8mb4, 274, W::unicode, "hu", 1, false},
    {"utf8mb4_hu_0900_as_cs", C::utf8mb4, 297, W::unicode, "hu", 3, false},
    {"utf8mb4_hr_0900_ai_ci", C::utf8mb4, 275, W::unicode, "hr", 1, false},
    {"utf8mb4_hr_0900_as_cs", C::utf8mb4, 298, W::unicode, "hr", 3, false},
    {"utf8mb4_vi_0900_ai_ci", C::utf8mb4, 277, W::unicode, "vi", 1, false},
    {"utf8mb4_vi_0900_as_cs", C::utf8mb4, 300, W::unicode, "vi", 3, false},
    {"utf8mb4_ru_0900_ai_ci", C::utf8mb4, 306, W::unicode, "ru", 1, false},
    {"utf8mb4_ru_0900_as_cs", C::utf8mb4, 307, W::unicode, "ru", 3, false},
    {"utf8mb4_nb_0900_ai_ci", C::utf8mb4, 310, W::unicode, "nb", 1, false},
    {"utf8mb4_nb_0900_as_cs", C::utf8mb4, 311, W::unicode, "nb", 3, false},
    {"utf8mb4_nn_0900_ai_ci", C::utf8mb4, 312, W::unicode, "nn", 1, false},
    {"utf8mb4_nn_0900_as_cs", C::utf8mb4, 313, W::unicode, "nn", 3, false},
    {"utf8mb4_sr_latn_0900_ai_ci", C::utf8mb4, 314, W::unicode, "sr_Latn", 1, false},
    {"utf8mb4_sr_latn_0900_as_cs", C::utf8mb4, 315, W::unicode, "sr_Latn", 3, false},
    {"utf8mb4_bs_0900_ai_ci", C::utf8mb4, 316, W::unicode, "bs", 1, false},
    {"utf8mb4_bs_0900_as_cs", C::utf8mb4, 317, W::unicode, "bs", 3, false},
    {"utf8mb4_bg_0900_ai_ci", C::utf8mb4, 318, W::unicode, "bg", 1, false},
    {"utf8mb4_bg_0900_as_cs", C::utf8mb4, 319, W::unicode, "bg", 3, false},
    {"utf8mb4_gl_0900_ai_ci", C::utf8mb4, 320, W::unicode, "gl", 1, false},
    {"utf8mb4_gl_0900_as_cs", C::utf8mb4, 321, W::unicode, "gl", 3, false},
    {"utf8mb4_mn_cyrl_0900_ai_ci", C::utf8mb4, 322, W::unicode, "mn", 1, false},
    {"utf8mb4_mn_cyrl_0900_as_cs", C::utf8mb4, 323, W::unicode, "mn", 3, false},
    {"utf8mb4_ja_0900_as_cs", C::utf8mb4, 303, W::unicode, "ja", 3, false},
    {"utf8mb4_ja_0900_as_cs_ks", C::utf8mb4, 304, W::unicode, "ja", 4, false},
    {"utf8mb4_zh_0900_as_cs", C::utf8mb4, 308, W::unicode, "zh", 3, false},
    {"utf8mb4_unicode_520_ci", C::utf8mb4, 246, W::unicode, "", 1, true},
    {"utf8mb4_vietnamese_ci", C::utf8mb4, 247, W::unicode_plane, "vi", 1, true},
    {"utf8mb3_unicode_ci", C::utf8mb3, 192, W::unicode_plane, "", 1, true},
    {"utf8mb3_unicode_520_ci", C::utf8mb3, 214, W::unicode, "", 1, true},
    {"utf8mb3_vietnamese_ci", C::utf8mb3, 215, W::unicode_plane, "vi", 1, true},
    {"utf8mb4_icelandic_ci", C::utf8mb4, 225, W::unicode_plane, "is", 1, true},
    {"utf8mb3_icelandic_ci", C::utf8mb3, 193, W::unicode_plane, "is", 1, true},
    {"utf8mb4_latvian_ci", C::utf8mb4, 226, W::unicode_plane, "lv", 1, true},
    {"utf8mb3_latvian_ci", C::utf8mb3, 194, W::unicode_plane, "lv", 1, true},
    {"utf8mb4_romanian_ci", C::utf8mb4, 227, W::unicode_plane, "ro", 1, true},
    {"utf8mb3_romanian_ci", C::utf8mb3, 195, W::unicode_plane, "ro", 1, true},
    {"utf8mb4_slovenian_ci", C::utf8mb4, 228, W::unicode_plane, "sl", 1, true},
    {"utf8mb3_slovenian_ci", C::utf8mb3, 196, W::unicode_plane, "sl", 1, true},
    {"utf8mb4_polish_ci", C::utf8mb4, 229, W::unicode_plane, "pl", 1, true},
    {"utf8mb3_polish_ci", C::utf8mb3, 197, W::unicode_plane, "pl", 1, true},
    {"utf8mb4_estonian_ci", C::utf8mb4, 230, W::unicode_plane, "et", 1, true},
    {"utf8mb3_estonian_ci", C::utf8mb3, 198, W::unicode_plane, "et", 1, true},
    {"utf8mb4_spanish_ci", C::utf8mb4, 231, W::unicode_plane, "es", 1, true},
    {"utf8mb3_spanish_ci", C::utf8mb3, 199, W::unicode_plane, "es", 1, true},
    {"utf8mb4_swedish_ci", C::utf8mb4, 232, W::unicode_plane, "sv", 1, true},
    {"utf8mb3_swedish_ci", C::utf8mb3, 200, W::unicode_plane, "sv", 1, true},
    {"utf8mb4_turkish_ci", C::utf8mb4, 233, W::unicode_plane, "tr", 1, true},
    {"utf8mb3_turkish_ci", C::utf8mb3, 201, W::unicode_plane, "tr", 1, true},
    {"utf8mb4_czech_ci", C::utf8mb4, 234, W::unicode_plane, "cs", 1, true},
    {"utf8mb3_czech_ci", C::utf8mb3, 202, W::unicode_plane, "cs", 1, true},
    {"utf8mb4_danish_ci", C::utf8mb4, 235, W::unicode_plane, "da", 1, true},
    {"utf8mb3_danish_ci", C::utf8mb3, 203, W::unicode_plane, "da", 1, true},
    {"utf8mb4_lithuanian_ci", C::utf8mb4, 236, W::unicode_plane, "lt", 1, true},
    {"utf8mb3_lithuanian_ci", C::utf8mb3, 204, W::unicode_plane, "lt", 1, true},
    {"utf8mb4_slovak_ci", C::utf8mb4, 237, W::unicode_plane, "sk", 1, true},
    {"utf8mb3_slovak_ci", C::utf8mb3, 205, W::unicode_plane, "sk", 1, true},
    {"utf8mb4_spanish2_ci", C::utf8mb4, 238, W::unicode_plane, "es@collation=traditional", 1, true},
    {"utf8mb3_spanish2_ci", C::utf8mb3, 206, W::unicode_plane, "es@collation=traditional", 1, true},
    {"utf8mb4_persian_ci", C::utf8mb4, 240, W::unicode_plane, "fa", 1, true},
    {"utf8mb3_persian_ci", C::utf8mb3, 208, W::unicode_plane, "fa", 1, true},
    {"utf8mb4_esperanto_ci", C::utf8mb4, 241, W::unicode_plane, "eo", 1, true},
    {"utf8mb3_esperanto_ci", C::utf8mb3, 209, W::unicode_plane, "eo", 1, true},
    {"utf8mb4_hungarian_ci", C::utf8mb4, 242, W::unicode_plane, "hu", 1, true},
    {"utf8mb3_hungarian_ci", C::utf8mb3, 210, W::unicode_plane, "hu", 1, true},
    {"utf8mb4_sinhala_ci", C::utf8mb4, 243, W::unicode_plane, "si", 1, true},
    {"utf8mb3_sinhala_ci", C::utf8mb3, 211, W::unicode_plane, "si", 1, true},
    {"utf8mb4_german2_ci", C::utf8mb4, 244, W::unicode_plane, "de@collation=phonebook", 1, true},
    {"utf8mb3_german2_ci", C::utf8mb3, 212, W::unicode_plane, "de@collation=phonebook", 1, true},
    {"utf8mb4_croatian_ci", C::utf8mb4, 245, W::unicode_plane, "hr", 1, true},
    {"utf8mb3_croatian_ci", C::utf8mb3, 213, W::unicode_plane, "hr", 1, true},
};
// clang-format on

static_assert(std::size(collations) < 256); // Collation is a byte
static_assert(collations[static_cast<std::size_t>(Collation::binary)].name == "binary");
static_assert(collations[static_cast<std::size_t>(Collation::utf8mb3_bin)].name == "utf8mb3_bin");

constexpr std::array<CharacterSetEntry, character_set_count> character_sets = {{
    {"utf8mb4", "UTF-8 Unicode", Collation::utf8mb4_0900_ai_ci, 4},
    {"utf8mb3", "UTF-8 Unicode", Collation::utf8mb3_general_ci, 3},
    {"latin1", "cp1252 West European", Collation::latin1_swedish_ci, 1},
    {"ascii", "US ASCII", Collation::ascii_general_ci, 1},
    {"binary", "Binary pseudo charset", Collation::binary, 1},
}};

} // namespace

std::span<const CollationEntry> all_collations() {
    return collations;
}

const CollationEntry& entry_of(Collation collation) {
    return collations[static_cast<std::size_t>(collation)];
}

const CharacterSetEntry& entry_of(CharacterSet set) {
    return character_sets[static_cast<std::size_t>(set)];
}

std::string_view collation_name(Collation collation) {
    return entry_of(collation).name;
}

std::uint16_t collation_id(Collation collation) {
    return entry_of(collation).id;
}

std::optional<Collation> find_collation(std::string_view name) {
    // MySQL 8.0.30: utf8_general_ci is called utf8mb3_general_ci.
    std::string current;
    if (name.size() > 5 && equals_ignoring_case(name.substr(0, 5), "utf8_")) {
        current = "utf8mb3_" + std::string(name.substr(5));
        name = current;
    }
    for (std::size_t i = 0; i < std::size(collations); ++i)
        if (equals_ignoring_case(collations[i].name, name)) return static_cast<Collation>(i);
    return std::nullopt;
}

std::optional<Collation> find_collation(std::uint16_t id) {
    for (std::size_t i = 0; i < std::size(collations); ++i)
        if (collations[i].id == id) return static_cast<Collation>(i);
    return std::nullopt;
}

CharacterSet set_of(Collation collation) {
    return entry_of(collation).character_set;
}

std::string_view character_set_of(Collation collation) {
    return entry_of(set_of(collation)).name;
}

std::optional<CharacterSet> find_character_set(std::string_view name) {
    if (equals_ignoring_case(name, "utf8")) return CharacterSet::utf8mb3;
    for (std::size_t i = 0; i < character_sets.size(); ++i)
        if (equals_ignoring_case(character_sets[i].name, name)) return static_cast<CharacterSet>(i);
    return std::nullopt;
}

std::optional<Collation> default_collation_of(std::string_view character_set) {
    const auto set = find_character_set(character_set);
    return set ? std::optional(entry_of(*set).default_collation) : std::nullopt;
}

bool is_default(Collation collation) {
    return entry_of(set_of(collation)).default_collation == collation;
}

Collation binary_collation_of(CharacterSet set) {
    return set == CharacterSet::binary ? Collation::binary
                                       : find_collation(std::string(entry_of(set).name) + "_bin")
                                             .value_or(Collation::binary);
}

} // namespace diorama::rds::sql
