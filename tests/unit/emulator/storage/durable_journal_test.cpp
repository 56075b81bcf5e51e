#include "emulator/storage/durable_journal.hpp"
#include "tests/support/scratch_folder.hpp"

#include <doctest/doctest.h>

using namespace diorama;

namespace {

SilentLog silent;

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
        DurableJournal journal(path, silent);
        Table<Note> notes(journal, "notes");
        notes.put("a", {"one"});
        notes.put("b", {"two"});
        notes.put(std::string("nul\0key", 7), {std::string("\0\xff", 2)});
        journal.commit();
        notes.edit("a")->text = "changed";
        notes.put("c", {"three"});
        notes.erase("b");
    }
    DurableJournal journal(path, silent);
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
        DurableJournal journal(path, silent);
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
    DurableJournal journal(path, silent);
    Table<Note> notes(journal, "notes");
    Table<Note> others(journal, "others");
    REQUIRE(notes.size() == 1);
    CHECK(notes.find("a")->text == "changed");
    CHECK(others.find("a")->text == "of another table");
}

TEST_CASE("durable journal: a table that has gone is not asked for its records") {
    test::ScratchFolder folder;
    DurableJournal journal(folder.file("journal.db"), silent);
    {
        Table<Note> notes(journal, "notes");
        notes.put("a", {"one"});
    }
    journal.commit();
    Table<Note> notes(journal, "notes");
    CHECK(notes.empty());
}

TEST_CASE("durable journal: what the disk refuses is said once, and written when it can be") {
    test::ScratchFolder folder;
    const auto path = folder.file("journal.db");
    {
        DurableJournal journal(path, silent);
        Table<Note> notes(journal, "notes");
        storage::Database other(path, storage::Synchronous::full);
        other.execute("CREATE TRIGGER full BEFORE INSERT ON records BEGIN "
                      "SELECT RAISE(ABORT, 'the disk is full'); END");
        notes.put("a", {"one"});
        CHECK_FALSE(journal.commit());
        CHECK(journal.commit()); // nothing new: who only reads is not refused
        other.execute("DROP TRIGGER full");
        notes.put("b", {"two"});
        CHECK(journal.commit());
    }
    DurableJournal journal(path, silent);
    Table<Note> notes(journal, "notes");
    CHECK(notes.contains("a"));
    CHECK(notes.contains("b"));
}

TEST_CASE("durable journal: a record without an encoding keeps no other from the disk") {
    struct Sealed {
        std::string encode() const { throw std::runtime_error("not UTF-8"); }

        static Sealed decode(std::string_view) { return {}; }
    };

    test::ScratchFolder folder;
    const auto path = folder.file("journal.db");
    {
        DurableJournal journal(path, silent);
        Table<Sealed> sealed(journal, "a sealed one");
        Table<Note> notes(journal, "notes");
        sealed.put("a", {});
        notes.put("a", {"one"});
        CHECK_FALSE(journal.commit());
        CHECK(journal.commit());
    }
    DurableJournal journal(path, silent);
    Table<Note> notes(journal, "notes");
    CHECK(notes.contains("a"));
}
