// Connector/J, HikariCP and Hibernate against one database. Compiled and run by mysql_drivers_test.py as `java Client PART`; the
// database is in DATABASE_HOST, _PORT, _USER, _PASSWORD, _NAME. It ends with status 0 if everything held.
import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import jakarta.persistence.CascadeType;
import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.EnumType;
import jakarta.persistence.Enumerated;
import jakarta.persistence.FetchType;
import jakarta.persistence.GeneratedValue;
import jakarta.persistence.GenerationType;
import jakarta.persistence.Id;
import jakarta.persistence.Index;
import jakarta.persistence.LockModeType;
import jakarta.persistence.ManyToMany;
import jakarta.persistence.ManyToOne;
import jakarta.persistence.OneToMany;
import jakarta.persistence.Table;
import jakarta.persistence.Version;
import java.math.BigDecimal;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.SQLIntegrityConstraintViolationException;
import java.sql.Statement;
import java.sql.Types;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.hibernate.SessionFactory;
import org.hibernate.cfg.Configuration;

public class Client {
    static final String URL = "jdbc:mysql://" + System.getenv("DATABASE_HOST") + ":" + System.getenv("DATABASE_PORT") + "/" + System.getenv("DATABASE_NAME");
    static final String USER = System.getenv("DATABASE_USER");
    static final String PASSWORD = System.getenv("DATABASE_PASSWORD");

    static void same(Object got, Object wanted) {
        if (!Objects.equals(got, wanted)) throw new AssertionError("got " + got + ", not " + wanted);
    }

    interface Deed { void run() throws Exception; }

    static SQLException refused(Deed deed) throws Exception {
        try {
            deed.run();
        } catch (SQLException refused) {
            return refused;
        }
        throw new AssertionError("it was not refused");
    }

    static void connector() throws Exception {
        for (String options : List.of("", "?useServerPrepStmts=true&cachePrepStmts=true", "?rewriteBatchedStatements=true&useCompression=true", "?sslMode=DISABLED&allowPublicKeyRetrieval=true")) {
            try (Connection connection = DriverManager.getConnection(URL + options, USER, PASSWORD)) {
                types(connection);
                batches(connection);
                transactions(connection);
                try (Statement statement = connection.createStatement()) { statement.execute("DROP TABLE kinds"); }
            }
        }
        metadata();
    }

    static void types(Connection connection) throws Exception {
        try (Statement statement = connection.createStatement()) {
            statement.execute("CREATE TABLE kinds (id BIGINT UNSIGNED AUTO_INCREMENT PRIMARY KEY, flag BIT(1), yes TINYINT(1), amount DECIMAL(18,4), word VARCHAR(40) NOT NULL, bytes LONGBLOB, day DATE, moment DATETIME(6), clock TIME, doc JSON, UNIQUE KEY words (word))");
        }
        LocalDateTime moment = LocalDateTime.of(2026, 11, 23, 10, 20, 30, 123456000);
        try (PreparedStatement insert = connection.prepareStatement("INSERT INTO kinds (flag, yes, amount, word, bytes, day, moment, clock, doc) VALUES (?,?,?,?,?,?,?,?,?)", Statement.RETURN_GENERATED_KEYS)) {
            insert.setBoolean(1, true);
            insert.setBoolean(2, true);
            insert.setBigDecimal(3, new BigDecimal("12345678901234.5678"));
            insert.setString(4, "Zoë 𝄞");
            insert.setBytes(5, new byte[] {0, -1, 5});
            insert.setObject(6, LocalDate.of(2024, 2, 29));
            insert.setObject(7, moment);
            insert.setString(8, "23:59:58");
            insert.setString(9, "{\"a\": 1}");
            same(insert.executeUpdate(), 1);
            ResultSet keys = insert.getGeneratedKeys();
            keys.next();
            same(keys.getLong(1), 1L);
        }
        try (PreparedStatement select = connection.prepareStatement("SELECT * FROM kinds WHERE id = ?")) {
            select.setLong(1, 1);
            ResultSet row = select.executeQuery();
            row.next();
            same(row.getObject("flag"), true);
            same(row.getObject("yes"), true);
            same(row.getBigDecimal("amount"), new BigDecimal("12345678901234.5678"));
            same(row.getString("word"), "Zoë 𝄞");
            same(Arrays.toString(row.getBytes("bytes")), "[0, -1, 5]");
            same(row.getObject("day", LocalDate.class), LocalDate.of(2024, 2, 29));
            same(row.getObject("moment", LocalDateTime.class), moment);
            same(row.getTime("clock").toString(), "23:59:58");
            same(row.getString("doc"), "{\"a\": 1}");
            same(row.getMetaData().getColumnTypeName(1), "BIGINT UNSIGNED");
            same(row.getMetaData().isAutoIncrement(1), true);
            same(row.getMetaData().getPrecision(4), 18);
            same(row.getMetaData().isNullable(5), java.sql.ResultSetMetaData.columnNoNulls);
        }
    }

    static void batches(Connection connection) throws Exception {
        try (PreparedStatement insert = connection.prepareStatement("INSERT INTO kinds (word) VALUES (?)", Statement.RETURN_GENERATED_KEYS)) {
            for (int i = 0; i < 100; i++) {
                insert.setString(1, "word" + i);
                insert.addBatch();
            }
            same(insert.executeBatch().length, 100);
            ResultSet keys = insert.getGeneratedKeys();
            int count = 0;
            while (keys.next()) count++;
            same(count, 100);
        }
        SQLException twice = refused(() -> connection.createStatement().executeUpdate("INSERT INTO kinds (word) VALUES ('word1')"));
        same(twice instanceof SQLIntegrityConstraintViolationException, true);
        same(twice.getErrorCode(), 1062);
        same(twice.getSQLState(), "23000");
        try (Statement stream = connection.createStatement(ResultSet.TYPE_FORWARD_ONLY, ResultSet.CONCUR_READ_ONLY)) {
            stream.setFetchSize(Integer.MIN_VALUE); // row by row
            ResultSet rows = stream.executeQuery("SELECT word FROM kinds");
            int count = 0;
            while (rows.next()) count++;
            same(count, 101);
        }
        try (Statement updatable = connection.createStatement(ResultSet.TYPE_SCROLL_SENSITIVE, ResultSet.CONCUR_UPDATABLE)) {
            ResultSet row = updatable.executeQuery("SELECT id, word FROM kinds WHERE word = 'word7'");
            row.next();
            row.updateString("word", "seven");
            row.updateRow();
        }
        try (Statement count = connection.createStatement()) {
            ResultSet row = count.executeQuery("SELECT COUNT(*) FROM kinds WHERE word = 'seven'");
            row.next();
            same(row.getInt(1), 1);
        }
    }

    static void transactions(Connection connection) throws Exception {
        for (int level : new int[] {Connection.TRANSACTION_READ_UNCOMMITTED, Connection.TRANSACTION_READ_COMMITTED, Connection.TRANSACTION_SERIALIZABLE, Connection.TRANSACTION_REPEATABLE_READ}) {
            connection.setTransactionIsolation(level);
            same(connection.getTransactionIsolation(), level);
        }
        connection.setAutoCommit(false);
        try (Statement statement = connection.createStatement()) {
            statement.executeUpdate("DELETE FROM kinds WHERE id > 50");
            java.sql.Savepoint here = connection.setSavepoint("here");
            statement.executeUpdate("DELETE FROM kinds");
            connection.rollback(here);
            ResultSet row = statement.executeQuery("SELECT COUNT(*) FROM kinds");
            row.next();
            same(row.getInt(1), 50);
            connection.rollback();
            connection.setReadOnly(true);
            same(refused(() -> statement.executeUpdate("DELETE FROM kinds")) != null, true);
            connection.setReadOnly(false);
        }
        connection.setAutoCommit(true);
        same(connection.isValid(2), true);
    }

    static void metadata() throws Exception {
        try (Connection connection = DriverManager.getConnection(URL, USER, PASSWORD); Statement statement = connection.createStatement()) {
            statement.execute("CREATE TABLE parents (id INT PRIMARY KEY, name VARCHAR(20) DEFAULT 'x' COMMENT 'a name')");
            statement.execute("CREATE TABLE children (id INT, parent INT, PRIMARY KEY (id), KEY of_parent (parent), CONSTRAINT to_parent FOREIGN KEY (parent) REFERENCES parents (id) ON DELETE CASCADE)");
            var about = connection.getMetaData();
            same(about.getDatabaseProductName(), "MySQL");
            String schema = System.getenv("DATABASE_NAME");
            Set<String> tables = new TreeSet<>();
            for (ResultSet rows = about.getTables(schema, null, "%", new String[] {"TABLE"}); rows.next();) tables.add(rows.getString("TABLE_NAME"));
            same(tables, new TreeSet<>(List.of("children", "parents")));
            ResultSet column = about.getColumns(schema, null, "parents", "name");
            column.next();
            same(List.of(column.getInt("DATA_TYPE"), column.getInt("COLUMN_SIZE"), column.getString("COLUMN_DEF"), column.getString("REMARKS")), List.of(Types.VARCHAR, 20, "x", "a name"));
            ResultSet key = about.getPrimaryKeys(schema, null, "children");
            key.next();
            same(key.getString("COLUMN_NAME"), "id");
            ResultSet imported = about.getImportedKeys(schema, null, "children");
            imported.next();
            same(List.of(imported.getString("PKTABLE_NAME"), imported.getString("FK_NAME"), (int) imported.getShort("DELETE_RULE")), List.of("parents", "to_parent", java.sql.DatabaseMetaData.importedKeyCascade));
            Set<String> indexes = new TreeSet<>();
            for (ResultSet rows = about.getIndexInfo(schema, null, "children", false, false); rows.next();) indexes.add(rows.getString("INDEX_NAME"));
            same(indexes, new TreeSet<>(List.of("PRIMARY", "of_parent")));
            statement.execute("DROP TABLE children, parents");
        }
    }

    static void pool() throws Exception {
        HikariConfig config = new HikariConfig();
        config.setJdbcUrl(URL);
        config.setUsername(USER);
        config.setPassword(PASSWORD);
        config.setMaximumPoolSize(10);
        config.setTransactionIsolation("TRANSACTION_READ_COMMITTED");
        config.addDataSourceProperty("cachePrepStmts", "true");
        config.addDataSourceProperty("useServerPrepStmts", "true");
        try (HikariDataSource source = new HikariDataSource(config)) {
            try (Connection connection = source.getConnection(); Statement statement = connection.createStatement()) {
                statement.execute("CREATE TABLE counters (id INT PRIMARY KEY, n INT NOT NULL)");
                statement.execute("INSERT INTO counters VALUES (1, 0)");
            }
            var threads = Executors.newFixedThreadPool(16);
            List<Future<?>> all = new ArrayList<>();
            for (int i = 0; i < 200; i++) {
                all.add(threads.submit(() -> {
                    try (Connection connection = source.getConnection()) {
                        connection.setAutoCommit(false);
                        try (PreparedStatement read = connection.prepareStatement("SELECT n FROM counters WHERE id = ? FOR UPDATE");
                             PreparedStatement write = connection.prepareStatement("UPDATE counters SET n = ? WHERE id = ?")) {
                            read.setInt(1, 1);
                            ResultSet row = read.executeQuery();
                            row.next();
                            write.setInt(1, row.getInt(1) + 1);
                            write.setInt(2, 1);
                            same(write.executeUpdate(), 1);
                        }
                        connection.commit();
                    }
                    return null;
                }));
            }
            for (Future<?> one : all) one.get();
            threads.shutdown();
            try (Connection connection = source.getConnection(); Statement statement = connection.createStatement()) {
                ResultSet row = statement.executeQuery("SELECT n FROM counters");
                row.next();
                same(row.getInt(1), 200);
            }
        }
    }

    enum Kind { NOVEL, POEM }

    @Entity(name = "Author") @Table(name = "authors", indexes = @Index(name = "by_born", columnList = "born"))
    static class Author {
        @Id @GeneratedValue(strategy = GenerationType.IDENTITY) Long id;
        @Column(length = 80, nullable = false, unique = true) String name;
        LocalDate born;
        @Enumerated(EnumType.STRING) Kind kind;
        @Column(precision = 12, scale = 2) BigDecimal earned;
        @Version int version;
        @OneToMany(mappedBy = "author", cascade = CascadeType.ALL, orphanRemoval = true) List<Book> books = new ArrayList<>();
    }

    @Entity(name = "Book") @Table(name = "books")
    static class Book {
        @Id @GeneratedValue(strategy = GenerationType.SEQUENCE) Long id;
        String title;
        LocalDateTime printed;
        boolean lent;
        byte[] cover;
        @ManyToOne(fetch = FetchType.LAZY) Author author;
        @ManyToMany Set<Label> labels = new java.util.HashSet<>();
    }

    @Entity(name = "Label") @Table(name = "labels")
    static class Label {
        @Id @GeneratedValue(strategy = GenerationType.UUID) java.util.UUID id;
        String word;
    }

    static SessionFactory sessions(String schemaAction) {
        return new Configuration().setProperty("hibernate.connection.url", URL).setProperty("hibernate.connection.username", USER)
            .setProperty("hibernate.connection.password", PASSWORD).setProperty("hibernate.hbm2ddl.auto", schemaAction)
            .setProperty("hibernate.jdbc.batch_size", "20").addAnnotatedClass(Author.class).addAnnotatedClass(Book.class).addAnnotatedClass(Label.class).buildSessionFactory();
    }

    static Book book(Author author, String title, Label... labels) {
        Book book = new Book();
        book.title = title;
        book.author = author;
        book.printed = LocalDateTime.of(2020, 1, 2, 3, 4, 5);
        book.cover = new byte[] {1, 2, 3};
        book.labels.addAll(List.of(labels));
        author.books.add(book);
        return book;
    }

    static void hibernate() {
        try (SessionFactory factory = sessions("create")) {
            factory.inTransaction(session -> {
                Label label = new Label();
                label.word = "old";
                session.persist(label);
                for (String name : List.of("Ada", "Ben", "Cleo")) {
                    Author author = new Author();
                    author.name = name;
                    author.born = LocalDate.of(1815, 12, 10);
                    author.kind = name.equals("Ada") ? Kind.NOVEL : Kind.POEM;
                    author.earned = new BigDecimal("100.50");
                    book(author, name + " one", label);
                    book(author, name + " two");
                    session.persist(author);
                }
            });
            factory.inTransaction(session -> {
                Author ada = session.createQuery("from Author a left join fetch a.books where a.name = :name", Author.class).setParameter("name", "Ada").getSingleResult();
                same(ada.books.size(), 2);
                same(ada.books.get(0).cover.length, 3);
                ada.books.remove(1);
                ada.earned = ada.earned.add(BigDecimal.ONE);
            });
            factory.inSession(session -> {
                same(session.createQuery("select count(b) from Book b", Long.class).getSingleResult(), 5L);
                List<Object[]> rows = session.createQuery("select a.kind, sum(a.earned), max(a.version) from Author a group by a.kind order by a.kind", Object[].class).getResultList();
                same(rows.get(0)[1], new BigDecimal("101.50"));
                same(rows.get(0)[2], 1);
                same(rows.get(1)[1], new BigDecimal("201.00"));
                same(session.createQuery("from Author a order by a.name", Author.class).setFirstResult(1).setMaxResults(1).getSingleResult().name, "Ben");
                same(session.createQuery("select b.title from Book b where exists (select 1 from b.labels l where l.word = 'old') and b.title like '%one' order by length(b.title) desc, b.title", String.class).getResultList(), List.of("Cleo one", "Ada one", "Ben one"));
                same(session.createQuery("select a.name, rank() over (order by a.earned desc) from Author a", Object[].class).getResultList().size(), 3);
                same(session.createQuery("select extract(year from b.printed), cast(b.id as String), coalesce(b.author.name, '?') from Book b", Object[].class).getResultList().get(0)[0], 2020);
            });
            factory.inTransaction(session -> {
                Author ben = session.createQuery("from Author where name = 'Ben'", Author.class).setLockMode(LockModeType.PESSIMISTIC_WRITE).getSingleResult();
                same(session.createMutationQuery("update Book b set b.lent = true where b.author = :author").setParameter("author", ben).executeUpdate(), 2);
                same(session.createMutationQuery("delete from Book b where b.lent = true and b.title like '%two'").executeUpdate(), 1);
                same(session.createMutationQuery("insert into Label (id, word) values (:id, 'new')").setParameter("id", java.util.UUID.randomUUID()).executeUpdate(), 1);
            });
            boolean lost = false;
            try {
                factory.inSession(one -> {
                    Author first = one.find(Author.class, 1L);
                    factory.inTransaction(other -> other.find(Author.class, 1L).kind = Kind.POEM);
                    var transaction = one.beginTransaction();
                    first.kind = Kind.POEM;
                    first.earned = BigDecimal.TEN;
                    transaction.commit();
                });
            } catch (jakarta.persistence.OptimisticLockException | jakarta.persistence.RollbackException stale) {
                lost = true;
            }
            same(lost, true);
        }
        try (SessionFactory factory = sessions("validate")) {
            factory.inTransaction(session -> session.remove(session.find(Author.class, 1L)));
        }
        sessions("update").close();
        sessions("create-drop").close();
    }

    public static void main(String[] arguments) throws Exception {
        switch (arguments[0]) {
            case "mysql-connector-j": connector(); break;
            case "HikariCP": pool(); break;
            case "hibernate-core": hibernate(); break;
            default: throw new IllegalArgumentException(arguments[0]);
        }
    }
}
