// DIFFERS: MySQL's 0900 collations have the weights of UCA 9.0.0, its unicode_ci those of 4.0.0 and
// unicode_520_ci those of 5.2.0; ICU has those of a newer one, as CLDR tailors them. Letters are
// equal in the same cases; symbols, and scripts that came later, may be ordered otherwise.
#include "services/rds/data/sql/unicode_order.hpp"

#include <fmt/core.h>

#include <array>
#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <mutex>
#include <unicode/ucol.h>
#include <unicode/ustring.h>
#include <unicode/uversion.h>

namespace diorama::rds::sql {

namespace {

using Opened = std::array<std::atomic<const UCollator*>, 256>;

Opened& opened() {
    static Opened all{};
    return all;
}

// What was told apart before Unicode 7: Cyrillic letters with marks that have a code point. Two
// symbols came first.
constexpr std::u16string_view former_cyrillic =
    u"&Г<ѓ<<<Ѓ&К<ќ<<<Ќ&У<ў<<<Ў<ӱ<<<Ӱ<ӳ<<<Ӳ&І<ї<<<Ї&Ѵ<ѷ<<<Ѷ&А<ӑ<<<Ӑ<ӓ<<<Ӓ&Е<ӗ<<<Ӗ&Ә<ӛ<<<Ӛ&Ж<ӝ<<<Ӝ"
    u"&' '<'`'<'^'&З<ӟ<<<Ӟ&И<ӥ<<<Ӥ&О<ӧ<<<Ӧ&Ө<ӫ<<<Ӫ&Э<ӭ<<<Ӭ&Ч<ӵ<<<Ӵ&Ы<ӹ<<<Ӹ";
// And in UCA 4.0.0: Latin letters with a stroke.
constexpr std::u16string_view former_latin = u"&D<đ<<<Đ<ð<<<Ð&H<ħ<<<Ħ&L<ŀ<<<Ŀ<ł<<<Ł&O<ø<<<Ø";

// The rules that make of ICU's order the one that a collation was made by.
std::u16string former_rules(const CollationEntry& entry) {
    std::u16string rules(former_cyrillic);
    if (entry.weighing == Weighing::unicode_plane) rules += former_latin;
    return rules;
}

// What a language tailors comes last, and so counts.
UCollator* open_former(const CollationEntry& entry, UErrorCode& status) {
    auto rules = former_rules(entry);
    if (!entry.locale.empty()) {
        auto* language = ucol_open(std::string(entry.locale).c_str(), &status);
        if (U_FAILURE(status)) return nullptr;
        std::int32_t size = 0;
        const auto* own = ucol_getRules(language, &size);
        rules.append(own, static_cast<std::size_t>(size));
        ucol_close(language);
    }
    return ucol_openRules(
        rules.data(),
        static_cast<std::int32_t>(rules.size()),
        UCOL_DEFAULT,
        UCOL_DEFAULT_STRENGTH,
        nullptr,
        &status
    );
}

// Without ICU's tables nothing can be put in order: there is no going on.
const UCollator* open(const CollationEntry& entry) {
    UErrorCode status = U_ZERO_ERROR;
    auto* collator = entry.pads ? open_former(entry, status)
                                : ucol_open(std::string(entry.locale).c_str(), &status);
    constexpr UColAttributeValue strengths[] =
        {UCOL_PRIMARY, UCOL_SECONDARY, UCOL_TERTIARY, UCOL_QUATERNARY};
    if (U_SUCCESS(status))
        ucol_setAttribute(collator, UCOL_STRENGTH, strengths[entry.levels - 1], &status);
    // MySQL does not normalize, and neither do the keys of ICU's collators then.
    if (U_SUCCESS(status)) ucol_setAttribute(collator, UCOL_NORMALIZATION_MODE, UCOL_OFF, &status);
    if (U_FAILURE(status)) {
        fmt::print(stderr, "ICU cannot order by {}: {}\n", entry.name, u_errorName(status));
        std::abort();
    }
    return collator;
}

// ICU: a collator that nobody changes any more may be used by several threads at once.
const UCollator* collator_of(Collation collation) {
    auto& place = opened()[static_cast<std::size_t>(collation)];
    if (const auto* known = place.load(std::memory_order_acquire)) return known;
    static std::mutex mutex;
    const std::lock_guard lock(mutex);
    if (const auto* known = place.load(std::memory_order_relaxed)) return known;
    const auto* collator = open(entry_of(collation));
    place.store(collator, std::memory_order_release);
    return collator;
}

bool has_beyond_plane(std::string_view text) {
    for (const char c : text)
        if (static_cast<std::uint8_t>(c) >= 0xf0) return true;
    return false;
}

// MySQL: "for supplementary characters … the weight is 0xfffd": they are all equal.
std::string within_plane(std::string_view text) {
    constexpr std::string_view replacement = "\xef\xbf\xbd";
    std::string out;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (static_cast<std::uint8_t>(text[i]) < 0xf0) {
            out += text[i];
            continue;
        }
        out += replacement;
        while (i + 1 < text.size() && (static_cast<std::uint8_t>(text[i + 1]) & 0xc0) == 0x80)
            ++i;
    }
    return out;
}

std::u16string utf16(std::string_view text) {
    constexpr UChar32 replacement = 0xfffd; // as ICU compares bytes that are no character
    std::u16string out(text.size(), u'\0');
    std::int32_t size = 0;
    UErrorCode status = U_ZERO_ERROR;
    u_strFromUTF8WithSub(
        out.data(),
        static_cast<std::int32_t>(out.size()),
        &size,
        text.data(),
        static_cast<std::int32_t>(text.size()),
        replacement,
        nullptr,
        &status
    );
    out.resize(static_cast<std::size_t>(size));
    return out;
}

} // namespace

int compare_by_unicode(Collation collation, std::string_view a, std::string_view b) {
    const auto& entry = entry_of(collation);
    std::string plain_a;
    std::string plain_b;
    if (entry.weighing == Weighing::unicode_plane) {
        if (has_beyond_plane(a)) a = plain_a = within_plane(a);
        if (has_beyond_plane(b)) b = plain_b = within_plane(b);
    }
    UErrorCode status = U_ZERO_ERROR;
    return ucol_strcollUTF8(
        collator_of(collation),
        a.empty() ? "" : a.data(),
        static_cast<std::int32_t>(a.size()),
        b.empty() ? "" : b.data(),
        static_cast<std::int32_t>(b.size()),
        &status
    );
}

std::string unicode_sort_key(Collation collation, std::string_view text) {
    const auto* collator = collator_of(collation);
    const bool is_plain = entry_of(collation).weighing == Weighing::unicode;
    const auto units = utf16(is_plain ? std::string(text) : within_plane(text));
    const auto count = static_cast<std::int32_t>(units.size());
    std::string key(units.size() * 3 + 16, '\0');
    const auto fill = [&] {
        return ucol_getSortKey(
            collator,
            units.data(),
            count,
            reinterpret_cast<std::uint8_t*>(key.data()),
            static_cast<std::int32_t>(key.size())
        );
    };
    auto size = static_cast<std::size_t>(fill());
    if (size > key.size()) {
        key.resize(size);
        fill();
    }
    key.resize(size == 0 ? 0 : size - 1); // without the zero at the end
    return key;
}

std::string version_of_order() {
    constexpr int our_own = 1; // of what stands beside ICU: the tables and rules of this folder
    UVersionInfo version = {};
    u_getVersion(version);
    return fmt::format("{}:icu-{}.{}.{}", our_own, version[0], version[1], version[2]);
}

} // namespace diorama::rds::sql
