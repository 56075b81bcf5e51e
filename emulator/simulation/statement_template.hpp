// The statements of `app.routes` as a program would send them: placeholders become parameters of a
// prepared statement wherever SQL takes one, so that a statement is parsed once and not per
// request; elsewhere (in a name, within a longer text) they are filled in.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace diorama::simulation {

class StatementTemplate {
public:
    explicit StatementTemplate(std::string_view text);

    // What a placeholder becomes.
    enum class Use : std::uint8_t {
        value,   // a parameter: a number if it looks like one
        text,    // a parameter: it stood in quotes of its own
        name,    // written into the statement as it is
        excerpt, // written into a quoted text, escaped
    };

    struct Placeholder {
        std::string name;
        Use use = Use::value;

        bool is_parameter() const { return use == Use::value || use == Use::text; }
    };

    // In their order.
    const std::vector<Placeholder>& placeholders() const { return placeholders_; }

    // With a '?' for each parameter and the rest filled in; one text for each placeholder.
    std::string fill(const std::vector<std::string>& texts) const;

    // The same, when there is nothing to fill in.
    const std::string& text() const { return text_; }

    bool needs_filling() const { return needs_filling_; }

    // BEGIN or START TRANSACTION; COMMIT or ROLLBACK.
    bool begins_transaction() const { return begins_; }

    bool ends_transaction() const { return ends_; }

    // Whether it means something only together with others of its session.
    bool needs_session() const { return needs_session_; }

private:
    void add(std::string name, Use use);
    void classify();

    std::vector<std::string> literals_; // one more than placeholders_
    std::vector<Placeholder> placeholders_;
    std::string text_;
    bool needs_filling_ = false;
    bool begins_ = false;
    bool ends_ = false;
    bool needs_session_ = false;
};

// Whether a value of a placeholder outside of quotes is a number to SQL.
bool is_number(std::string_view text);

} // namespace diorama::simulation
