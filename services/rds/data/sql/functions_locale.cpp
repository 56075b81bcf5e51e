// FORMAT: numbers as they are written in other places.
// https://dev.mysql.com/doc/refman/8.0/en/string-functions.html#function_format
#include "services/rds/data/sql/functions.hpp"
#include "services/rds/data/sql/lexer.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <array>

namespace diorama::rds::sql {

namespace {

struct NumberStyle {
    char point;
    std::string_view separator;
    bool is_indian; // 1,23,45,678
    std::string_view locales;
};

constexpr std::array styles = {
    NumberStyle{
        '.',
        ",",
        false,
        "ar_AE ar_BH ar_DZ ar_EG ar_IN ar_IQ ar_JO ar_KW ar_LB ar_LY ar_MA ar_OM ar_QA ar_SD ar_SY "
        "ar_TN ar_YE en_AU en_CA en_GB en_NZ en_PH en_US en_ZA en_ZW es_DO es_GT es_HN es_MX es_NI "
        "es_PA es_PE es_PR es_SV es_US gu_IN he_IL hi_IN ja_JP ko_KR ms_MY th_TH ur_PK zh_CN zh_HK "
        "zh_TW"
    },
    NumberStyle{'.', "", false, "ar_SA sr_RS"},
    NumberStyle{
        ',',
        ".",
        false,
        "be_BY da_DK de_BE de_DE de_LU es_AR es_BO es_CL es_CO es_EC es_ES es_PY es_UY es_VE fo_FO "
        "hu_HU id_ID is_IS lt_LT mn_MN nb_NO no_NO ro_RO ru_UA sq_AL tr_TR uk_UA vi_VN"
    },
    NumberStyle{',', std::string_view("\0", 1), false, "bg_BG"},
    NumberStyle{
        ',',
        "",
        false,
        "ca_ES de_AT el_GR eu_ES fr_BE fr_CA fr_CH fr_FR fr_LU gl_ES hr_HR it_IT nl_BE nl_NL pl_PL "
        "pt_BR pt_PT sl_SI"
    },
    NumberStyle{',', " ", false, "cs_CZ es_CR et_EE fi_FI lv_LV mk_MK ru_RU sk_SK sv_FI sv_SE"},
    NumberStyle{'.', "'", false, "de_CH"},
    NumberStyle{',', "'", false, "it_CH rm_CH"},
    NumberStyle{'.', ",", true, "en_IN ta_IN te_IN"},
};

const NumberStyle* style_of(std::string_view locale) {
    constexpr std::size_t length = 5;
    if (locale.size() != length) return nullptr;
    for (const auto& style : styles)
        for (auto rest = style.locales; rest.size() >= length;
             rest.remove_prefix(std::min(rest.size(), length + 1)))
            if (equals_ignoring_case(rest.substr(0, length), locale)) return &style;
    return nullptr;
}

// my_format(number as text with enough digits [, locale]): groups of thousands.
void format(const Call& call) {
    if (call.is_null(0)) return call.null();
    const auto* style = &styles[0];
    if (call.size() > 1) {
        const auto* known = style_of(call.text(1));
        if (known == nullptr)
            call.context.warn(
                {1649, "HY000", fmt::format("Unknown locale: '{}'", call.text(1).substr(0, 64))}
            );
        else
            style = known;
    }
    std::string text(call.text(0));
    const auto start = text.starts_with('-') ? 1U : 0U;
    auto point = text.find('.');
    if (point == std::string::npos)
        point = text.size();
    else
        text[point] = style->point;
    std::size_t group = 3;
    for (auto at = point; !style->separator.empty() && at > start + group;) {
        at -= group;
        text.insert(at, style->separator);
        if (style->is_indian) group = 2;
    }
    call.result(text);
}

constexpr std::array functions = {
    Function{"my_format", format, Function::Nulls::are_passed},
};

} // namespace

std::span<const Function> locale_functions() {
    return functions;
}

} // namespace diorama::rds::sql
