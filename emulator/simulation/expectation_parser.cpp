// See expectation_parser.hpp.
#include "emulator/simulation/expectation_parser.hpp"

#include "emulator/simulation/expectation_references.hpp"
#include "emulator/simulation/expectation_scanner.hpp"
#include "emulator/simulation/measure_catalogue.hpp"
#include "emulator/simulation/mistake.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

namespace diorama::simulation {

namespace {

struct Operator {
    std::string_view text;
    ComparisonOperator comparison;
};

// Longer ones first.
constexpr std::array operators{
    Operator{"<=", ComparisonOperator::less_or_equal},
    Operator{">=", ComparisonOperator::greater_or_equal},
    Operator{"==", ComparisonOperator::equal},
    Operator{"!=", ComparisonOperator::not_equal},
    Operator{"<", ComparisonOperator::less},
    Operator{">", ComparisonOperator::greater},
    Operator{"=", ComparisonOperator::equal},
};

struct MeasureRead {
    Measure measure;
    MeasureUnit unit = MeasureUnit::number;
    bool has_window = false;
};

class ExpectationParser {
public:
    ExpectationParser(std::string_view text, const ExpectationContext& context)
        : scanner_(text)
        , context_(context)
        , references_(context) {}

    Expectation parse() {
        Expectation expectation;
        const Piece first = scanner_.word();
        if (first.text == "recovered")
            expectation.what = recovery();
        else
            expectation.what = alarm_or_comparison(first);
        if (!scanner_.is_at_end())
            stop_at(scanner_.offset(), fmt::format("unexpected `{}`", scanner_.until("").text));
        return expectation;
    }

private:
    using What = decltype(Expectation::what);

    // recovered[(population)] within 8m of fault(1)
    RecoveryExpectation recovery() {
        RecoveryExpectation recovery;
        if (scanner_.take("(")) {
            const Piece population = scanner_.until(")");
            references_.check_population(population);
            recovery.population = population.text;
            if (!scanner_.take(")")) stop_at(scanner_.offset(), "a parenthesis is not closed");
        }
        if (!scanner_.take("within"))
            stop_at(scanner_.offset(), "write it like `recovered within 8m of fault(1)`");
        recovery.within = span_before_of();
        recovery.fault = fault().number;
        return recovery;
    }

    What alarm_or_comparison(const Piece& first) {
        const MeasureKind& kind = measure_named(first);
        std::vector<Piece> arguments;
        if (scanner_.take("(")) arguments = arguments_behind_parenthesis(first);
        if (first.text == "alarm") {
            if (scanner_.take("never")) return alarm_state(arguments, true);
            if (scanner_.take("becomes")) return alarm_state(arguments, false, true);
        }
        return comparison(measure(kind, first, arguments));
    }

    // alarm(X) [never] becomes ALARM [within 3m of fault(1)] [in [2h, 3h]]
    AlarmExpectation
    alarm_state(const std::vector<Piece>& arguments, bool never, bool has_verb = false) {
        if (!has_verb && !scanner_.take("becomes"))
            stop_at(scanner_.offset(), "write it like `alarm(X) never becomes ALARM`");
        AlarmExpectation expectation;
        expectation.never = never;
        references_.check_arguments(*find_measure_kind("alarm"), arguments, 0);
        expectation.alarm = arguments[0].text;
        const Piece state = scanner_.word();
        // AWS: the states of an alarm.
        const std::vector<std::string> states{"OK", "ALARM", "INSUFFICIENT_DATA"};
        if (std::ranges::find(states, state.text) == states.end())
            stop_at(
                state.offset,
                fmt::format("no alarm state `{}`", state.text),
                nearest_word(state.text, states)
            );
        expectation.state = state.text;
        if (scanner_.take("within")) {
            if (never) stop_at(state.offset, "`never` has no `within`; write `in [2h, 3h]`");
            expectation.within = span_before_of();
            if (!scanner_.take("start")) expectation.fault = fault().number;
        }
        expectation.window = window().value_or(Window{});
        return expectation;
    }

    ComparisonExpectation comparison(MeasureRead left) {
        ComparisonExpectation expectation;
        const std::size_t at = scanner_.offset();
        const auto found = std::ranges::find_if(operators, [this](const Operator& candidate) {
            return scanner_.take(candidate.text);
        });
        if (found == operators.end())
            stop_at(at, "a comparison is missing: one of < <= == != >= >");
        expectation.comparison = found->comparison;
        right_side(expectation, left);
        expectation.measure = std::move(left.measure);
        return expectation;
    }

    // A bound, a measure, or `2 * measure`; then perhaps a window for what has none.
    void right_side(ComparisonExpectation& expectation, MeasureRead& left) {
        Piece bound = scanner_.until_window();
        std::string factor;
        std::string_view rest = bound.text;
        if (const auto star = rest.find('*'); star != std::string_view::npos) {
            factor = trimmed(rest.substr(0, star));
            rest = rest.substr(std::min(rest.find_first_not_of("* ", star), rest.size()));
        }
        expectation.bound_text = bound.text;
        const bool is_measure =
            !rest.empty() && std::isalpha(static_cast<unsigned char>(rest[0])) != 0;
        if (!is_measure) {
            if (bound.text.empty()) stop_at(bound.offset, "the bound is missing");
            expectation.bound = bound_in(bound, left.unit);
            finish_windows(left, nullptr);
            return;
        }
        const auto skipped = static_cast<std::size_t>(rest.data() - bound.text.data());
        expectation.bound = 1;
        if (!factor.empty())
            expectation.bound = bound_in({factor, bound.offset}, MeasureUnit::number);
        MeasureRead right = other_measure(rest, bound.offset + skipped);
        if (right.unit != left.unit)
            stop_at(bound.offset + skipped, "the two measures do not have the same unit");
        finish_windows(left, &right);
        expectation.other = std::move(right.measure);
    }

    // The window behind a comparison is the right measure's, and the left one's if it has none.
    void finish_windows(MeasureRead& left, MeasureRead* right) {
        const auto found = window();
        if (!found) return;
        if (right != nullptr) right->measure.window = *found;
        if (!left.has_window) left.measure.window = *found;
    }

    // The measure on the right, which has been taken as text.
    MeasureRead other_measure(std::string_view text, std::size_t offset) {
        ExpectationParser inner(text, context_);
        try {
            const Piece name = inner.scanner_.word();
            const MeasureKind& kind = measure_named(name);
            std::vector<Piece> arguments;
            if (inner.scanner_.take("(")) arguments = inner.arguments_behind_parenthesis(name);
            MeasureRead read = inner.measure(kind, name, arguments);
            if (!inner.scanner_.is_at_end())
                stop_at(
                    inner.scanner_.offset(),
                    "expected the end, or a window like `in [2h, 3h]`"
                );
            return read;
        } catch (ExpectationStop& error) {
            error.problem.offset += offset;
            throw;
        }
    }

    static const MeasureKind& measure_named(const Piece& name) {
        const MeasureKind* kind = find_measure_kind(name.text);
        if (kind != nullptr) return *kind;
        std::vector<std::string> known{"recovered"};
        for (const MeasureKind& candidate : measure_kinds())
            known.emplace_back(candidate.name);
        if (name.text.empty())
            stop_at(name.offset, "expected a measure like `outcomes(shoppers).p99`");
        stop_at(
            name.offset,
            fmt::format("no measure `{}`", name.text),
            nearest_word(name.text, known)
        );
    }

    // The scanner stands behind the parenthesis: it is read from there.
    std::vector<Piece> arguments_behind_parenthesis(const Piece& name) {
        scanner_.step_back();
        auto arguments = scanner_.arguments();
        if (!arguments) throw ExpectationStop{arguments.problem};
        if (arguments->empty())
            stop_at(name.offset, fmt::format("`{}()` names nothing", name.text));
        return *arguments;
    }

    MeasureRead
    measure(const MeasureKind& kind, const Piece& name, const std::vector<Piece>& arguments) {
        references_.check_arguments(kind, arguments, name.offset);
        MeasureRead read;
        read.measure.name = name.text;
        for (const Piece& argument : arguments)
            read.measure.arguments.push_back(argument.text);
        read.unit = kind.unit;
        if (!kind.attributes.empty()) read_attribute(kind, read);
        if (const auto found = window()) {
            read.measure.window = *found;
            read.has_window = true;
        }
        return read;
    }

    void read_attribute(const MeasureKind& kind, MeasureRead& read) {
        const std::size_t at = scanner_.offset();
        if (!scanner_.take("."))
            stop_at(
                at,
                fmt::format(
                    "of what? `{}` has .{}",
                    kind.name,
                    fmt::join(kind.attribute_names(), ", .")
                )
            );
        const Piece word = scanner_.attribute();
        const MeasureAttribute* attribute = kind.find(word.text);
        if (attribute == nullptr)
            stop_at(
                word.offset,
                fmt::format("`{}` has no `{}`", kind.name, word.text),
                nearest_word(word.text, kind.attribute_names())
            );
        read.measure.attribute = word.text;
        read.unit = attribute->unit;
        if (!attribute->takes_argument) return;
        if (!scanner_.take("("))
            stop_at(scanner_.offset(), fmt::format("of what? Write `{}(…)`", word.text));
        for (const Piece& argument : arguments_behind_parenthesis(word))
            read.measure.arguments.push_back(argument.text);
    }

    // "in [2h, 3h]", "during fault(1)", "after fault(1)", "before fault(1)".
    std::optional<Window> window() {
        if (scanner_.take("in")) return written_window();
        if (scanner_.take("during")) {
            const Fault& during = fault();
            Window window{during.at, std::nullopt};
            if (during.lasts) window.to = during.at + *during.lasts;
            return window;
        }
        if (scanner_.take("after")) {
            const Fault& before = fault();
            return Window{before.at + before.lasts.value_or(Duration::zero()), std::nullopt};
        }
        if (scanner_.take("before")) return Window{std::nullopt, fault().at};
        return std::nullopt;
    }

    Window written_window() {
        const std::size_t at = scanner_.offset();
        if (!scanner_.take("[")) stop_at(at, "a window is written `in [2h, 3h]`");
        const Duration from = moment(scanner_.until(",]"));
        if (!scanner_.take(",")) stop_at(scanner_.offset(), "a window is written `in [2h, 3h]`");
        const Duration to = moment(scanner_.until("]"));
        if (!scanner_.take("]")) stop_at(scanner_.offset(), "a bracket is not closed");
        if (to <= from) stop_at(at, "the window ends before it begins");
        return {from, to};
    }

    Duration moment(const Piece& piece) const {
        const auto at = quantity_of(piece, Quantity::duration);
        if (!at) throw ExpectationStop{at.problem};
        const Duration moment(std::llround(*at));
        const Duration end = context_.scenario->duration;
        if (end > Duration::zero() && moment > end)
            stop_at(
                piece.offset,
                fmt::format("`{}` is after the end of the run ({})", piece.text, spelled(end))
            );
        return moment;
    }

    // "3m of"
    Duration span_before_of() {
        const Piece span = scanner_.word();
        const auto length = quantity_of(span, Quantity::duration);
        if (!length) throw ExpectationStop{length.problem};
        if (!scanner_.take("of")) stop_at(scanner_.offset(), "of what? Write `of fault(1)`");
        return Duration(std::llround(*length));
    }

    // "fault(1)" or "fault(name)"
    const Fault& fault() {
        const std::size_t at = scanner_.offset();
        if (!scanner_.take("fault") || !scanner_.take("(")) stop_at(at, "expected `fault(1)`");
        const Piece name = scanner_.until(")");
        if (!scanner_.take(")")) stop_at(scanner_.offset(), "a parenthesis is not closed");
        return references_.fault_named(name);
    }

    ExpectationScanner scanner_;
    const ExpectationContext& context_;
    ExpectationReferences references_;
};

} // namespace

Parsed<Expectation> parse_expectation(std::string_view text, const ExpectationContext& context) {
    try {
        Expectation expectation = ExpectationParser(text, context).parse();
        expectation.text = text;
        return expectation;
    } catch (ExpectationStop& stopped) {
        return std::move(stopped.problem);
    }
}

} // namespace diorama::simulation
