#include "emulator/storage/durable_journal.hpp"
#include "tests/support/scratch_folder.hpp"

#include <doctest/doctest.h>

using namespace diorama;

namespace {

struct Note {
    std::string text;

    std::string encode() const { return text; }

    static Note decode(std::string_view bytes) { return {std::string(bytes)}; }
};

} // namespace

TEST_CASE("durable journal: only committed records come back") {
    test::ScratchFolder folder;
    const auto path = folder.file("journal.db");
    {
        DurableJournal journal(path);
        Table<Note> notes(journal, "notes");
        notes.put("a", {"one"});
        notes.put("b", {"two"});
        notes.put(std::string("nul\0key", 7), {std::string("\0\xff", 2)});
        journal.commit();
        notes.edit("a")->text = "changed";
        notes.put("c", {"three"});
        notes.erase("b");
    }
    DurableJournal journal(path);
    Table<Note> notes(journal, "notes");
    REQUIRE(notes.size() == 3);
    CHECK(notes.find("a")->text == "one");
    CHECK(notes.find("b")->text == "two");
    CHECK(notes.find(std::string("nul\0key", 7))->text == std::string("\0\xff", 2));
}

TEST_CASE("durable journal: changes, erasures and several tables are committed together") {
    test::ScratchFolder folder;
    const auto path = folder.file("journal.db");
    {
        DurableJournal journal(path);
        Table<Note> notes(journal, "notes");
        Table<Note> others(journal, "others");
        notes.put("a", {"one"});
        notes.put("b", {"two"});
        journal.commit();
        notes.edit("a")->text = "changed";
        notes.erase("b");
        others.put("a", {"of another table"});
        journal.commit();
        journal.commit(); // nothing changed
    }
    DurableJournal journal(path);
    Table<Note> notes(journal, "notes");
    Table<Note> others(journal, "others");
    REQUIRE(notes.size() == 1);
    CHECK(notes.find("a")->text == "changed");
    CHECK(others.find("a")->text == "of another table");
}

TEST_CASE("durable journal: a table that has gone is not asked for its records") {
    test::ScratchFolder folder;
    DurableJournal journal(folder.file("journal.db"));
    {
        Table<Note> notes(journal, "notes");
        notes.put("a", {"one"});
    }
    journal.commit();
    Table<Note> notes(journal, "notes");
    CHECK(notes.empty());
}
