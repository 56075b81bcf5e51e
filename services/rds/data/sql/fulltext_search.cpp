// Searches in FULLTEXT indexes: InnoDB's relevance, boolean operators, query expansion.
// https://dev.mysql.com/doc/refman/8.0/en/fulltext-boolean.html
#include "services/rds/data/sql/collation.hpp"
#include "services/rds/data/sql/error.hpp"
#include "services/rds/data/sql/fulltext.hpp"
#include "services/rds/data/sql/translator.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <cmath>
#include <set>
#include <tuple>

namespace diorama::rds::sql {

namespace {

bool is_before(const Value& a, const Value& b) {
    return std::tie(a.kind, a.integer, a.bytes) < std::tie(b.kind, b.integer, b.bytes);
}

using Rows = std::set<Value, bool (*)(const Value&, const Value&)>;

// A term of a boolean search, or a group of them.
struct Term {
    char sign = ' '; // + - > < ~
    std::string word;
    bool is_prefix = false;
    std::vector<std::string> phrase;
    std::vector<Term> group;
};

class BooleanParser {
public:
    explicit BooleanParser(std::string_view text)
        : text_(text) {}

    std::vector<Term> run() {
        auto terms = list();
        if (at_ < text_.size()) fail("unexpected ')'");
        return terms;
    }

private:
    [[noreturn]] static void fail(std::string_view what) {
        throw SQLError{1064, "42000", fmt::format("syntax error, {}", what)};
    }

    static bool is_sign(char c) { return c == '+' || c == '-' || c == '>' || c == '<' || c == '~'; }

    std::vector<Term> list() {
        std::vector<Term> terms;
        while (at_ < text_.size() && text_[at_] != ')') {
            const char c = text_[at_];
            const bool separates = !is_sign(c) && c != '(' && c != '"' &&
                                   static_cast<unsigned char>(c) < 0x80 && !is_word_byte(c);
            if (separates) {
                ++at_;
                continue;
            }
            Term term;
            if (is_sign(c)) {
                term.sign = c;
                ++at_;
                if (at_ >= text_.size()) fail("unexpected $end");
                if (is_sign(text_[at_])) fail(fmt::format("unexpected '{}'", text_[at_]));
                if (text_[at_] == ' ') continue;
            }
            operand(term);
            if (!term.word.empty() || !term.phrase.empty() || !term.group.empty())
                terms.push_back(std::move(term));
        }
        return terms;
    }

    static bool is_word_byte(char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
               c == '_';
    }

    void operand(Term& term) {
        if (text_[at_] == '(') {
            ++at_;
            term.group = list();
            if (at_ >= text_.size()) fail("unexpected $end, expecting ')'");
            ++at_;
            return;
        }
        if (text_[at_] == '"') {
            const auto end = text_.find('"', at_ + 1);
            if (end == std::string_view::npos) fail("unexpected $end");
            term.phrase = words_in(text_.substr(at_ + 1, end - at_ - 1));
            at_ = end + 1;
            return;
        }
        const auto from = at_;
        while (at_ < text_.size() &&
               (is_word_byte(text_[at_]) || static_cast<unsigned char>(text_[at_]) >= 0x80))
            ++at_;
        const auto words = words_in(text_.substr(from, at_ - from));
        if (at_ == from) ++at_; // a sign before something that is no word
        if (!words.empty()) term.word = words[0];
        term.is_prefix = at_ < text_.size() && text_[at_] == '*';
        if (term.is_prefix) ++at_;
    }

    std::string_view text_;
    std::size_t at_ = 0;
};

class Search {
public:
    Search(sqlite3* sqlite, const FulltextIndex& index)
        : sqlite_(sqlite)
        , index_(index) {
        auto count = prepare_sqlite(sqlite_, "SELECT count(*) FROM " + index_.rows);
        if (sqlite3_step(count.get()) == SQLITE_ROW)
            total_ = static_cast<double>(sqlite3_column_int64(count.get(), 0));
    }

    Relevance result{is_before};

    void natural(const std::vector<std::string>& words) {
        std::vector<std::string> known;
        for (const auto& word : words) {
            if (!is_indexed_word(word) ||
                std::find(known.begin(), known.end(), word) != known.end())
                continue;
            known.push_back(word);
            add(times_of(word, false));
        }
    }

    // The words of the best rows are searched for too.
    void expand() {
        constexpr std::size_t most_rows = 20;
        std::vector<std::pair<double, Value>> best;
        for (const auto& [row, relevance] : result)
            best.emplace_back(relevance, row);
        std::sort(best.begin(), best.end(), [](const auto& a, const auto& b) {
            if (a.first != b.first) return a.first > b.first;
            return is_before(a.second, b.second);
        });
        best.resize(std::min(best.size(), most_rows));
        std::vector<std::string> words;
        for (const auto& [relevance, row] : best)
            for (const auto& text : texts_of(row))
                for (auto& word : words_in(text))
                    words.push_back(std::move(word));
        result.clear();
        natural(words);
    }

    void boolean(const std::vector<Term>& terms) {
        const auto found = rows_of(terms);
        std::map<Value, double, bool (*)(const Value&, const Value&)> shifts(is_before);
        shift(terms, shifts);
        Relevance ranked(is_before);
        rank(terms);
        for (const auto& row : found) {
            const auto shifted = shifts.find(row);
            const auto own = result.find(row);
            const auto by = shifted == shifts.end() ? 0 : std::clamp(shifted->second, -1.0, 1.0);
            ranked[row] = static_cast<double>(
                static_cast<float>(by) + static_cast<float>(own == result.end() ? 0 : own->second)
            );
        }
        result = std::move(ranked);
    }

private:
    using Times = std::map<Value, double, bool (*)(const Value&, const Value&)>;

    Times times_of(const std::string& word, bool is_prefix) {
        auto pattern = word;
        if (is_prefix) {
            pattern.clear();
            for (const char c : word)
                pattern += c == '_' || c == '%' ? std::string("\\") + c : std::string(1, c);
            pattern += '%';
        }
        auto statement = prepare_sqlite(
            sqlite_,
            is_prefix
                ? fmt::format(
                      "SELECT row,sum(times) FROM {} WHERE my_like(word,?1,'\\',{}) GROUP BY row",
                      index_.words,
                      static_cast<int>(index_.collation)
                  )
                : fmt::format("SELECT row,times FROM {} WHERE word=?1", index_.words)
        );
        sqlite3_bind_text(
            statement.get(),
            1,
            pattern.data(),
            static_cast<int>(pattern.size()),
            SQLITE_TRANSIENT
        );
        Times times(is_before);
        while (sqlite3_step(statement.get()) == SQLITE_ROW)
            times[column_value(statement.get(), 0).owned()] =
                sqlite3_column_double(statement.get(), 1);
        return times;
    }

    // InnoDB: how often, times the square of the inverse document frequency, in floats.
    void add(const Times& times) {
        if (times.empty()) return;
        const auto with = static_cast<double>(times.size());
        const auto frequency = with >= total_ ? std::log10(1.0001) : std::log10(total_ / with);
        for (const auto& [row, count] : times) {
            auto& sum = result[row];
            sum = static_cast<double>(
                static_cast<float>(sum) + static_cast<float>(count * frequency * frequency)
            );
        }
    }

    std::vector<std::string> texts_of(const Value& row) {
        auto statement = prepare_sqlite(
            sqlite_,
            fmt::format("SELECT {} FROM {} WHERE {}=?1", index_.columns, index_.rows, index_.key)
        );
        bind_value(statement.get(), 1, ValueView(row));
        std::vector<std::string> texts;
        if (sqlite3_step(statement.get()) == SQLITE_ROW)
            for (int i = 0; i < sqlite3_column_count(statement.get()); ++i)
                texts.emplace_back(column_value(statement.get(), i).bytes);
        return texts;
    }

    bool has_phrase(const Value& row, const std::vector<std::string>& phrase) {
        const auto is_same_word = [this](const std::string& a, const std::string& b) {
            return compare(index_.collation, a, b) == 0;
        };
        for (const auto& text : texts_of(row)) {
            const auto words = words_in(text);
            if (std::search(
                    words.begin(),
                    words.end(),
                    phrase.begin(),
                    phrase.end(),
                    is_same_word
                ) != words.end())
                return true;
        }
        return false;
    }

    // A word that is not indexed says nothing.
    static bool says_something(const Term& term) {
        if (!term.group.empty())
            return std::any_of(term.group.begin(), term.group.end(), says_something);
        if (!term.phrase.empty())
            return std::any_of(term.phrase.begin(), term.phrase.end(), is_indexed_word);
        return term.is_prefix || is_indexed_word(term.word);
    }

    Rows rows_of(const Term& term) {
        if (!term.group.empty()) return rows_of(term.group);
        Rows rows(is_before);
        if (term.phrase.empty()) {
            for (const auto& [row, times] : times_of(term.word, term.is_prefix))
                rows.insert(row);
            return rows;
        }
        const auto longest = std::find_if(term.phrase.begin(), term.phrase.end(), is_indexed_word);
        for (const auto& [row, times] : times_of(*longest, false))
            if (has_phrase(row, term.phrase)) rows.insert(row);
        return rows;
    }

    Rows rows_of(const std::vector<Term>& terms) {
        Rows needed(is_before);
        Rows wanted(is_before);
        Rows refused(is_before);
        bool has_needed = false;
        for (const auto& term : terms) {
            if (!says_something(term)) continue;
            auto rows = rows_of(term);
            if (term.sign == '-') {
                refused.insert(rows.begin(), rows.end());
            } else if (term.sign != '+') {
                wanted.insert(rows.begin(), rows.end());
            } else if (!has_needed) {
                needed = std::move(rows);
                has_needed = true;
            } else {
                std::erase_if(needed, [&](const Value& row) { return !rows.contains(row); });
            }
        }
        auto& found = has_needed ? needed : wanted;
        std::erase_if(found, [&](const Value& row) { return refused.contains(row); });
        return found;
    }

    // > raises, < and ~ lower.
    void shift(const std::vector<Term>& terms, Times& shifts) {
        for (const auto& term : terms) {
            if (!says_something(term) || term.sign == '-') continue;
            const double by = term.sign == '>' ? 1 : term.sign == '<' || term.sign == '~' ? -1 : 0;
            if (by != 0)
                for (const auto& row : rows_of(term))
                    shifts[row] += by;
            if (!term.group.empty()) shift(term.group, shifts);
        }
    }

    void rank(const std::vector<Term>& terms) {
        for (const auto& term : terms) {
            if (!says_something(term) || term.sign == '-') continue;
            if (!term.group.empty())
                rank(term.group);
            else if (term.phrase.empty())
                add(times_of(term.word, term.is_prefix));
            else
                for (const auto& word : term.phrase)
                    if (is_indexed_word(word)) add(times_of(word, false));
        }
    }

    sqlite3* sqlite_;
    const FulltextIndex& index_;
    double total_ = 0;
};

} // namespace

Relevance
searched(sqlite3* sqlite, const FulltextIndex& index, MatchMode mode, std::string_view text) {
    Search search(sqlite, index);
    if (mode == MatchMode::boolean) {
        search.boolean(BooleanParser(text).run());
    } else {
        search.natural(words_in(text));
        if (mode == MatchMode::expanding) search.expand();
    }
    return std::move(search.result);
}

// MATCH (columns) AGAINST (text).
Typed Translator::match(const Expr& expr) {
    const Source* source = nullptr;
    std::vector<std::size_t> columns;
    for (std::size_t i = 0; i + 1 < expr.args.size(); ++i) {
        const auto found = column(*expr.args[i]);
        for (auto scope = scopes_.rbegin(); scope != scopes_.rend(); ++scope)
            for (const auto& candidate : scope->sources)
                for (std::size_t c = 0; c < candidate.columns.size(); ++c)
                    if (&candidate.columns[c] == found.column && candidate.table) {
                        if (source != nullptr && source != &candidate)
                            throw SQLError{1210, "HY000", "Incorrect arguments to MATCH"};
                        source = &candidate;
                        columns.push_back(c);
                    }
    }
    const auto& text = *expr.args.back();
    const bool is_constant = text.kind == ExprKind::text || text.kind == ExprKind::parameter ||
                             text.kind == ExprKind::user_variable || text.kind == ExprKind::null ||
                             text.kind == ExprKind::integer || text.kind == ExprKind::function;
    if (!is_constant) throw SQLError{1210, "HY000", "Incorrect arguments to AGAINST"};
    std::sort(columns.begin(), columns.end());
    if (source != nullptr)
        for (const auto place : fulltext_indexes(*source->table)) {
            std::vector<std::size_t> indexed;
            for (const auto& part : source->table->indexes[place].parts)
                indexed.push_back(part.column);
            std::sort(indexed.begin(), indexed.end());
            if (indexed != columns) continue;
            const auto index = fulltext_index(*source->table, place);
            std::string key = source->sqlite_alias + ".rowid";
            if (source->table->is_without_rowid()) {
                key = "my_row_key(";
                for (const auto& part : source->table->primary_key()->parts)
                    key += fmt::format(
                        "{}{}.c{}",
                        key.back() == '(' ? "" : ",",
                        source->sqlite_alias,
                        part.column
                    );
                key += ")";
            }
            return {
                .sql = fmt::format(
                    "my_match({},{},{},{})",
                    sqlite_text(fulltext_text(index)),
                    expr.number,
                    as_text(expression(text)),
                    key
                ),
                .type = double_type(),
                .is_nullable = false
            };
        }
    throw SQLError{1191, "HY000", "Can't find FULLTEXT index matching the column list"};
}

} // namespace diorama::rds::sql
