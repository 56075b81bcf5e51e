// The steps of the parser. Each takes what it names and stops after it; a text that does not fit
// ends the parse by a thrown SQLError, which parse() turns into its result.
#pragma once

#include "services/rds/data/sql/ast.hpp"
#include "services/rds/data/sql/error.hpp"
#include "services/rds/data/sql/lexer.hpp"
#include "services/rds/data/sql/parse.hpp"
#include "services/rds/data/sql/program_parts.hpp"

#include <algorithm>
#include <functional>
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace diorama::rds::sql {

// An expression of that kind without operands yet.
ExprPtr make_expression(ExprKind kind, std::string text = {});

class Parser {
public:
    explicit Parser(std::string_view sql, ScopePtr scope = {}, Modes modes = {})
        : sql_(sql)
        , lexer_{.modes = modes}
        , modes_(modes)
        , tokens_(tokenize(sql, lexer_))
        , scope_(std::move(scope)) {}

    Statement statement();
    ExprPtr expression();
    void expect_end();

    bool at_end() const { return peek().kind == TokenKind::end; }

    std::size_t parameter_count() const { return parameter_count_; }

    std::vector<VariableUse> take_uses() { return std::move(uses_); }

    const ScopePtr& scope() const { return scope_; }

    std::size_t position() const { return peek().offset; }

private:
    // Tokens.
    const Token& peek(std::size_t ahead = 0) const {
        return tokens_[std::min(at_ + ahead, tokens_.size() - 1)];
    }

    bool at(std::string_view word_or_symbol, std::size_t ahead = 0) const;
    bool at_any(std::initializer_list<std::string_view> words) const;
    bool accept(std::string_view word_or_symbol);
    bool accept_all(std::initializer_list<std::string_view> words); // all of them, or none
    void expect(std::string_view word_or_symbol);
    [[noreturn]] void fail() const;
    bool at_name() const;
    std::string name();
    std::string name_after_point(); // reserved words may stand there
    std::string text_literal();
    std::string name_or_text();
    std::int64_t integer_literal();
    std::string source_from(std::size_t token) const;
    TableName table_name();
    UserName user_name();
    std::vector<std::string> name_list(); // ( a, b )

    // Expressions, from loosest to tightest.
    ExprPtr or_expression();
    ExprPtr xor_expression();
    ExprPtr and_expression();
    ExprPtr not_expression();
    ExprPtr comparison();
    ExprPtr predicate();
    ExprPtr binary_level(std::size_t level);
    ExprPtr prefix();
    ExprPtr postfix();
    ExprPtr primary();
    ExprPtr literal();
    ExprPtr introduced_literal();
    ExprPtr word_primary();
    ExprPtr column_reference();
    ExprPtr function_call(const std::string& name);
    ExprPtr special_function(const std::string& function);
    ExprPtr character_call();
    ExprPtr format_call();
    ExprPtr escaped_literal();
    ExprPtr cast_call(bool is_convert);
    ExprPtr trim_call();
    ExprPtr group_concat();
    ExprPtr match();
    ExprPtr json_value();
    ExprPtr member_of(ExprPtr operand);
    ExprPtr case_expression();
    ExprPtr interval_expression();
    ExprPtr system_variable();
    ExprPtr parenthesized();
    void window(Expr& function);
    std::string window_frame();
    std::string frame_bound();
    ExprPtr quantified(ExprPtr operand, const std::string& op);
    ExprPtr in_predicate(ExprPtr operand, bool is_negated);
    Type cast_type(std::int64_t& names_set);
    Type transcoded_type();

    // Queries.
    std::unique_ptr<Select> query();
    std::unique_ptr<Select> united(std::unique_ptr<Select> first);
    std::unique_ptr<Select> query_term(bool is_member = false);
    std::unique_ptr<Select> select_block();
    void query_tail(Select& select);
    void common_tables(Select& select);
    SelectItem select_item();
    void into_clause(Select& select);
    void limit_clause(ExprPtr& limit, ExprPtr& offset);
    std::vector<OrderItem> order_items();
    TableReferencePtr table_references();
    TableReferencePtr joined_table();
    TableReferencePtr table_factor();
    TableReferencePtr json_table();
    std::vector<JSONTable::Column> json_columns();
    JSONTable::Column json_column();
    void json_otherwise(JSONTable::Otherwise& on_empty, JSONTable::Otherwise& on_error);
    std::unique_ptr<Select> whole_table();
    std::unique_ptr<Select> listed_rows();
    void table_alias(TableReference& table);
    void index_hints(TableReference& table);
    bool at_query() const;

    // Statements.
    Statement prepared_by_name();
    Statement execute_prepared();
    Statement insert(bool is_replace);
    void insert_rows(Insert& insert);
    Statement update();
    Statement delete_from();
    LoadData load_data();
    void load_targets(LoadData& load);
    CharacterSet load_character_set();
    void field_format(RecordFormat& format);
    void line_format(RecordFormat& format);
    std::vector<Assignment> assignments();
    Assignment assignment();
    Statement create();
    Statement create_table();
    void table_element(CreateTable& table);
    void select_of_table(CreateTable& table);
    void table_options(TableOptions& options);
    bool table_option(TableOptions& options);
    ColumnSpecification column_specification();
    void column_attributes(ColumnSpecification& column);
    bool column_attribute(ColumnSpecification& column);
    void default_attribute(ColumnSpecification& column);
    void srid_attribute(ColumnSpecification& column);
    void generated_attribute(ColumnSpecification& column);
    void check_attributes(const ColumnSpecification& column) const;
    std::string printed(const Expr& expression, std::size_t start) const;
    void skip_references();
    std::string partitioning();
    std::string partition_kind();
    std::string partition();
    std::string partition_values();
    Type column_type(bool& has_collation, std::string_view column = {});
    Type named_type();
    Type fixed_point_type();
    Type floating_point_type();
    Type character_type(std::string_view word);
    std::vector<std::string> member_list();
    void numeric_attributes(Type& type);
    bool character_attributes(Type& type);
    KeySpecification key_specification(KeySpecification::Kind kind, bool name_first);
    std::vector<KeyPart> key_parts();
    bool visibility();
    bool enforcement();
    ForeignKeySpecification foreign_key(std::string name);
    ReferenceAction reference_action();
    CheckSpecification check(std::string name);
    Statement create_index(KeySpecification::Kind kind);
    Statement create_database();
    std::optional<Collation> database_options();
    Statement alter();
    AlterClause alter_clause();
    AlterClause add_clause();
    void add_columns(AlterTable& alter);
    AlterClause drop_clause();
    AlterClause change_clause();
    AlterClause rename_clause();
    void column_place(AlterClause& clause);
    Statement drop();
    Statement rename_tables();
    Statement set();
    void set_item(SetVariables& set);
    Statement set_transaction(bool is_global);
    Statement show();
    Show show_what();
    void show_created(Show& show);
    bool shows_programs(Show& show);
    void shows_absent(Show& show);
    void show_filter(Show& show);
    Statement describe();
    Statement transaction_statement();
    Statement begin_transaction();
    Statement savepoint_statement(Transaction::Kind kind);
    Statement lock_tables();
    Statement end_of_transaction(Transaction::Kind kind);
    Statement kill();
    Statement create_user(bool is_alter);
    std::vector<UserName> user_names();
    void account_option(CreateUser& create);
    Statement create_role();
    Statement drop_user(bool is_role);
    Statement rename_user();
    Statement set_role(bool is_default);
    bool grants_roles() const;
    Statement grant_roles(bool is_revoke, bool if_exists);
    Statement set_password();
    Statement grant();
    void privilege(Grant& grant);
    void grant_level(Grant& grant);
    Statement administration(std::string operation);
    bool at_view() const;
    void definer_clause(std::string& definer);
    Statement create_view(bool is_alter);
    Statement drop_views();

    // Stored programs.
    bool at_program() const;
    Statement create_program();
    void create_trigger(CreateProgram& create);
    void routine_parameters(CreateProgram& create);
    bool characteristic(Characteristics& traits);
    void program_body(CreateProgram& create);
    Statement drop_program(ProgramKind kind);
    bool at_event() const;
    Statement create_event(bool is_alter);
    void event_schedule(EventSchedule& schedule);
    void event_options(CreateEvent& event);
    EventBody event_body(const TableName& name);
    Statement drop_event();
    Statement alter_routine(ProgramKind kind);
    Statement call();
    Statement signal(bool is_resignal);
    Statement get_diagnostics();
    std::string diagnostics_item();

    // Bodies: parser_bodies.cpp and parser_declarations.cpp.
    ParsedPtr computation();
    ParsedPtr part(const std::function<Statement()>& parse);
    bool next_in_body();
    bool at_label() const;
    void body_statements(std::initializer_list<std::string_view> ends);
    void body_statement();
    void body_query();
    void labelled(std::string label);
    void block();
    void branch();
    void cases();
    void loop(std::string_view kind);
    void return_value();
    void fetch();
    void assignments_in_body();
    bool at_variable() const;
    Destination destination();
    Destination new_column(const std::string& name);
    ExprPtr variable_reference();
    ExprPtr row_reference(const Expr& column);
    ExprPtr use(VariableUse use);
    void declarations();
    void declare_variables();
    void declare_condition(std::string name);
    void declare_cursor(const std::string& name);
    void declare_handler(bool continues);
    ConditionValue condition_value();
    std::string sqlstate();

    struct Depth;
    void grow();

    std::string_view sql_;
    LexerState lexer_;
    Modes modes_;
    std::vector<Token> tokens_;
    ScopePtr scope_;                      // of a body
    std::unique_ptr<ProgramParts> parts_; // of the body that is being parsed
    std::vector<VariableUse> uses_;       // by the statement that is being parsed
    bool is_national_ = false;            // the type that is being parsed is NCHAR or the like
    bool is_part_ = false;                // of a CALL or the like, with parameters of its own
    std::size_t queries_ = 0;
    std::size_t query_depth_ = 0;
    std::size_t at_ = 0;
    std::size_t parameter_count_ = 0;
    std::size_t depth_ = 0;

    // Operators in a row make deep trees without nesting. An operand is parsed with a height of its
    // own; what stands on the operands is one higher.
    std::size_t height_ = 0;
    template <typename Parse>
    auto operand(Parse parse);
    ExprPtr nested_expression();
    ExprPtr chain(std::string_view op, std::vector<ExprPtr> operands);
};

// Counts nesting; too deep is a syntax error rather than a stack overflow.
struct Parser::Depth {
    explicit Depth(Parser& parser);

    ~Depth() { --depth; }

    Depth(const Depth&) = delete;
    Depth& operator=(const Depth&) = delete;

    std::size_t& depth;
};

// Afterwards the height is that of the highest operand so far.
template <typename Parse>
auto Parser::operand(Parse parse) {
    const auto before = std::exchange(height_, 0);
    auto parsed = parse();
    height_ = std::max(before, height_);
    return parsed;
}

} // namespace diorama::rds::sql
