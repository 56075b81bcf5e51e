// The clients of Node.js against one database: mysql2 itself, Knex, Sequelize, Drizzle and TypeORM. Run by
// mysql_drivers_test.py as `node client.mjs PART`; the database is in DATABASE_HOST, _PORT, _USER, _PASSWORD, _NAME, and the packages are
// in the folder that PACKAGES names. It ends with status 0 if everything held, and otherwise says what did not.
import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import path from 'node:path';

const require = createRequire(path.join(process.env.PACKAGES, 'package.json'));
const place = {
  host: process.env.DATABASE_HOST,
  port: Number(process.env.DATABASE_PORT),
  user: process.env.DATABASE_USER,
  password: process.env.DATABASE_PASSWORD,
  database: process.env.DATABASE_NAME,
};

async function driver() {
  const mysql = require('mysql2/promise');
  const connection = await mysql.createConnection({ ...place, multipleStatements: true, namedPlaceholders: true });
  await connection.query(`CREATE TABLE kinds (
    id BIGINT UNSIGNED AUTO_INCREMENT PRIMARY KEY, tiny TINYINT, flag TINYINT(1), amount DECIMAL(24,4), real_one DOUBLE, single FLOAT,
    word VARCHAR(40), words TEXT, bytes VARBINARY(16), doc JSON, day DATE, moment DATETIME(3), stamp TIMESTAMP NULL, clock TIME, year_of YEAR,
    choice ENUM('red','blue'), several SET('a','b','c'), bits BIT(9))`);
  const moment = new Date('2026-11-23T10:20:30.125');
  const [made] = await connection.execute(
    `INSERT INTO kinds (tiny, flag, amount, real_one, single, word, words, bytes, doc, day, moment, stamp, clock, year_of, choice, several, bits)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, b'101')`,
    [-5, true, '12345678901234567890.5678', 0.1, 1.5, 'Zoë ☃ 𝄞', 'long '.repeat(10000), Buffer.from([0, 1, 255]), JSON.stringify({ a: [1, 'two'] }),
      '2026-02-28', moment, moment, '-12:30:01', 2026, 'blue', 'a,c']);
  assert.equal(made.insertId, 1);
  assert.equal(made.affectedRows, 1);
  for (const way of ['query', 'execute']) {
    const [[row], fields] = await connection[way]('SELECT * FROM kinds WHERE id = ?', [1]);
    assert.equal(row.id, 1, way);
    assert.equal(row.tiny, -5);
    assert.equal(row.flag, 1);
    assert.equal(row.amount, '12345678901234567890.5678');
    assert.equal(row.real_one, 0.1);
    assert.equal(row.single, 1.5);
    assert.equal(row.word, 'Zoë ☃ 𝄞');
    assert.equal(row.words.length, 50000);
    assert.deepEqual(row.bytes, Buffer.from([0, 1, 255]));
    assert.deepEqual(row.doc, { a: [1, 'two'] });
    assert.equal(row.day.getDate(), 28);
    assert.equal(row.moment.getTime(), moment.getTime());
    assert.equal(row.stamp.getTime(), moment.getTime() - 125);
    assert.equal(row.clock, '-12:30:01');
    assert.equal(row.year_of, 2026);
    assert.equal(row.choice, 'blue');
    assert.equal(row.several, 'a,c');
    assert.deepEqual(row.bits, Buffer.from([0, 5]));
    assert.equal(fields[0].name, 'id');
    assert.equal(fields[0].table, 'kinds');
  }
  const [named] = await connection.execute('SELECT :one + :two AS sum', { one: 1, two: 2 });
  assert.equal(Number(named[0].sum), 3);
  const [many] = await connection.query('SELECT 1 AS a; SELECT 2 AS b; UPDATE kinds SET tiny = 6');
  assert.equal(many.length, 3);
  assert.equal(many[2].affectedRows, 1);
  assert.match(many[2].info, /Rows matched: 1 {2}Changed: 1/);
  await assert.rejects(connection.query('SELECT nothing FROM kinds'), { code: 'ER_BAD_FIELD_ERROR', errno: 1054, sqlState: '42S22' });
  await assert.rejects(connection.query("INSERT INTO kinds (id) VALUES (1)"), { code: 'ER_DUP_ENTRY', errno: 1062 });
  await connection.beginTransaction();
  await connection.query('DELETE FROM kinds');
  await connection.rollback();
  const [[{ n }]] = await connection.query('SELECT COUNT(*) AS n FROM kinds');
  assert.equal(n, 1);
  await connection.query('INSERT INTO kinds (tiny, word) VALUES ?', [[[1, 'one'], [2, 'two'], [3, "it's"]]]);
  const [rowsAsArrays] = await connection.query({ sql: 'SELECT tiny, word FROM kinds WHERE tiny < 5 ORDER BY tiny', rowsAsArray: true });
  assert.deepEqual(rowsAsArrays, [[1, 'one'], [2, 'two'], [3, "it's"]]);
  await connection.changeUser({ database: place.database });
  await connection.ping();
  const statement = await connection.prepare('SELECT ? AS x');
  for (const x of [1, 'two', null]) assert.equal((await statement.execute([x]))[0][0].x, x);
  await statement.close();
  await connection.end();

  const pool = mysql.createPool({ ...place, connectionLimit: 8, compress: true, ssl: { rejectUnauthorized: false } });
  const answers = await Promise.all(Array.from({ length: 40 }, (_, i) => pool.query('SELECT ? AS i, REPEAT("x", 20000) AS wide', [i])));
  assert.deepEqual(answers.map(([[row]]) => row.i), Array.from({ length: 40 }, (_, i) => i));
  const [[cipher]] = await pool.query("SHOW STATUS LIKE 'Ssl_cipher'");
  assert.notEqual(cipher.Value, '');
  const seen = [];
  const raw = require('mysql2').createConnection(place);
  await new Promise((resolve, reject) => {
    raw.query('SELECT id FROM kinds ORDER BY id').stream().on('data', row => seen.push(row.id)).on('end', resolve).on('error', reject);
  });
  assert.equal(seen.length, 4);
  raw.destroy();
  const big = await mysql.createConnection({ ...place, supportBigNumbers: true, bigNumberStrings: true });
  assert.equal((await big.query('SELECT 9223372036854775807 AS big'))[0][0].big, '9223372036854775807');
  await big.end();
  await pool.end();
}

async function knexPart() {
  const knex = require('knex')({ client: 'mysql2', connection: place, pool: { min: 0, max: 4 } });
  await knex.schema.createTable('users', table => {
    table.increments('id');
    table.string('email', 190).notNullable().unique();
    table.json('settings');
    table.decimal('balance', 12, 2).defaultTo(0);
    table.enu('role', ['admin', 'guest']).defaultTo('guest');
    table.boolean('active').defaultTo(true);
    table.timestamps(true, true);
  });
  await knex.schema.createTable('orders', table => {
    table.bigIncrements('id');
    table.integer('user_id').unsigned().notNullable().references('id').inTable('users').onDelete('CASCADE');
    table.text('note');
    table.dateTime('placed_at', { precision: 3 });
    table.index(['user_id', 'placed_at'], 'by_user');
  });
  assert.equal(await knex.schema.hasTable('users'), true);
  assert.equal(await knex.schema.hasTable('nobody'), false);
  assert.equal(await knex.schema.hasColumn('users', 'email'), true);
  const [first] = await knex('users').insert({ email: 'a@example.com', settings: JSON.stringify({ theme: 'dark' }) });
  assert.equal(first, 1);
  await knex.batchInsert('users', Array.from({ length: 250 }, (_, i) => ({ email: `u${i}@example.com`, balance: i })), 100);
  await knex('users').insert({ email: 'a@example.com', balance: 7 }).onConflict('email').merge();
  assert.equal((await knex('users').where({ email: 'a@example.com' }).first()).balance, '7.00');
  await knex('users').insert({ email: 'a@example.com', balance: 8 }).onConflict('email').ignore();
  await knex('orders').insert([{ user_id: 1, note: 'x', placed_at: new Date() }, { user_id: 1, note: 'y' }, { user_id: 2 }]);
  const joined = await knex('users as u').join('orders as o', 'o.user_id', 'u.id').select('u.email').count('* as n').groupBy('u.email').having('n', '>', 1);
  assert.deepEqual(joined.map(row => ({ ...row })), [{ email: 'a@example.com', n: 2 }]);
  assert.deepEqual(await knex('users').whereIn('id', [1, 2]).orderBy('id', 'desc').pluck('id'), [2, 1]);
  assert.equal((await knex('users').whereJsonPath('settings', '$.theme', '=', 'dark')).length, 1);
  await assert.rejects(knex.transaction(async trx => {
    await trx('orders').del();
    await trx('users').insert({ email: 'a@example.com' });
  }), { code: 'ER_DUP_ENTRY' });
  assert.equal((await knex('orders').count({ n: '*' }))[0].n, 3);
  await knex.transaction(async trx => {
    const row = await trx('users').where({ id: 1 }).forUpdate().first();
    await trx('users').where({ id: row.id }).increment('balance', 5);
    const inner = trx.transaction(async deeper => { await deeper('users').where({ id: 1 }).del(); throw new Error('back'); });
    await assert.rejects(inner, /back/);
  });
  assert.equal((await knex('users').where({ id: 1 }).first()).balance, '12.00');
  await knex.schema.alterTable('users', table => {
    table.string('nick', 30).nullable().after('email');
    table.renameColumn('active', 'enabled');
    table.string('email', 200).notNullable().alter();
    table.dropColumn('settings');
    table.index('nick');
  });
  const info = await knex('users').columnInfo();
  assert.equal(info.nick.type, 'varchar');
  assert.equal(info.email.maxLength, 200);
  assert.ok(info.enabled && !info.active && !info.settings);
  await knex.schema.renameTable('orders', 'purchases');
  await knex.schema.alterTable('purchases', table => { table.dropForeign('user_id', 'orders_user_id_foreign'); table.dropIndex([], 'by_user'); });
  const ranked = await knex.with('r', knex('purchases').select('user_id', knex.raw('ROW_NUMBER() OVER (PARTITION BY user_id ORDER BY id) AS place')))
    .select('*').from('r').where('place', 2);
  assert.equal(ranked.length, 1);
  const migrations = {
    getMigrations: async () => ['one', 'two'],
    getMigrationName: name => name,
    getMigration: async name => ({
      up: k => k.schema.createTable(`made_${name}`, t => { t.uuid('id').primary(); }),
      down: k => k.schema.dropTable(`made_${name}`),
    }),
  };
  const [batch, ran] = await knex.migrate.latest({ migrationSource: migrations });
  assert.deepEqual([batch, ran], [1, ['one', 'two']]);
  await knex.migrate.rollback({ migrationSource: migrations });
  assert.equal(await knex.schema.hasTable('made_one'), false);
  await knex.schema.dropTable('purchases').dropTable('users');
  await knex.destroy();
}

async function sequelizePart() {
  const { Sequelize, DataTypes, Op } = require('sequelize');
  const sequelize = new Sequelize(place.database, place.user, place.password, { host: place.host, port: place.port, dialect: 'mysql', logging: false });
  await sequelize.authenticate();
  const Author = sequelize.define('Author', {
    name: { type: DataTypes.STRING, allowNull: false, unique: true },
    born: DataTypes.DATEONLY,
    tags: DataTypes.JSON,
    rating: DataTypes.DECIMAL(5, 2),
    kind: { type: DataTypes.ENUM('novel', 'poem'), defaultValue: 'novel' },
    token: { type: DataTypes.UUID, defaultValue: DataTypes.UUIDV4 },
  }, { paranoid: true });
  const Book = sequelize.define('Book', { title: DataTypes.TEXT, pages: DataTypes.INTEGER.UNSIGNED, cover: DataTypes.BLOB });
  const Shelf = sequelize.define('Shelf', { label: DataTypes.STRING(20) });
  Author.hasMany(Book, { onDelete: 'CASCADE' });
  Book.belongsTo(Author);
  Book.belongsToMany(Shelf, { through: 'ShelfBooks' });
  Shelf.belongsToMany(Book, { through: 'ShelfBooks' });
  await sequelize.sync({ force: true });
  const author = await Author.create({ name: 'Ada', born: '1815-12-10', tags: { first: true }, rating: '4.75', Books: [{ title: 'Notes', pages: 60 }] }, { include: [Book] });
  await Author.bulkCreate([{ name: 'Ben' }, { name: 'Cleo' }]);
  await Author.bulkCreate([{ name: 'Ben', kind: 'poem' }], { updateOnDuplicate: ['kind'] });
  await Author.upsert({ name: 'Cleo', kind: 'poem' });
  const { count, rows } = await Author.findAndCountAll({ where: { kind: 'poem', name: { [Op.like]: '%e%' } }, order: [['name', 'ASC']], limit: 1 });
  assert.deepEqual([count, rows.length, rows[0].name], [2, 1, 'Ben']);
  const found = await Author.findOne({ where: { 'tags.first': true }, include: [{ model: Book, where: { pages: { [Op.gt]: 10 } } }] });
  assert.equal(found.Books[0].title, 'Notes');
  assert.equal(found.rating, '4.75');
  assert.equal(found.born, '1815-12-10');
  const shelf = await Shelf.create({ label: 'north' });
  await shelf.addBook(found.Books[0]);
  assert.equal(await shelf.countBooks(), 1);
  const nested = await Shelf.findAll({ include: { model: Book, include: Author } });
  assert.equal(nested[0].Books[0].Author.name, 'Ada');
  await author.increment('rating', { by: 0.25 });
  await author.reload();
  assert.equal(author.rating, '5.00');
  await assert.rejects(Author.create({ name: 'Ada' }), { name: 'SequelizeUniqueConstraintError' });
  await assert.rejects(Book.create({ title: 'lost', AuthorId: 999 }), { name: 'SequelizeForeignKeyConstraintError' });
  await assert.rejects(sequelize.transaction(async transaction => {
    await Book.create({ title: 'draft' }, { transaction });
    throw new Error('never mind');
  }), /never mind/);
  assert.equal(await Book.count(), 1);
  await sequelize.transaction({ isolationLevel: 'READ COMMITTED' }, async transaction => {
    const locked = await Author.findByPk(author.id, { lock: transaction.LOCK.UPDATE, transaction });
    await locked.update({ kind: 'poem' }, { transaction });
  });
  await author.destroy();
  assert.equal(await Author.count(), 2);
  assert.equal(await Author.count({ paranoid: false }), 3);
  const sums = await Author.findAll({ attributes: ['kind', [sequelize.fn('COUNT', sequelize.col('id')), 'n']], group: ['kind'], raw: true, paranoid: false });
  assert.deepEqual(sums, [{ kind: 'poem', n: 3 }]);
  const queries = sequelize.getQueryInterface();
  await queries.addColumn('Books', 'isbn', { type: DataTypes.STRING(13), after: 'title' });
  await queries.addIndex('Books', ['isbn'], { unique: true });
  assert.ok((await queries.describeTable('Books')).isbn);
  assert.ok((await queries.showIndex('Books')).some(index => index.name === 'books_isbn'));
  assert.ok((await queries.showAllTables()).length >= 4);
  await queries.removeIndex('Books', 'books_isbn');
  await queries.changeColumn('Books', 'isbn', { type: DataTypes.STRING(20) });
  await queries.renameColumn('Books', 'isbn', 'number');
  await queries.removeColumn('Books', 'number');
  await sequelize.sync({ alter: true });
  await sequelize.drop();
  await sequelize.close();
}

async function drizzlePart() {
  const mysql = require('mysql2/promise');
  const { drizzle } = require('drizzle-orm/mysql2');
  const { eq, gt, sql, and, desc, relations } = require('drizzle-orm');
  const { mysqlTable, serial, varchar, int, bigint, decimal, timestamp, json, boolean, mysqlEnum } = require('drizzle-orm/mysql-core');
  const users = mysqlTable('d_users', {
    id: serial('id').primaryKey(),
    name: varchar('name', { length: 100 }).notNull(),
    balance: decimal('balance', { precision: 10, scale: 2 }).default('0.00'),
    role: mysqlEnum('role', ['a', 'b']).default('a'),
    extra: json('extra'),
    on: boolean('is_on').default(true),
    made: timestamp('made').defaultNow(),
  });
  const posts = mysqlTable('d_posts', { id: serial('id').primaryKey(), owner: bigint('owner', { mode: 'number', unsigned: true }), score: int('score') });
  const usersToPosts = relations(users, ({ many }) => ({ posts: many(posts) }));
  const postsToUsers = relations(posts, ({ one }) => ({ user: one(users, { fields: [posts.owner], references: [users.id] }) }));
  const pool = mysql.createPool(place);
  const db = drizzle(pool, { schema: { users, posts, usersToPosts, postsToUsers }, mode: 'default' });
  await db.execute(sql`CREATE TABLE d_users (id SERIAL AUTO_INCREMENT NOT NULL, name VARCHAR(100) NOT NULL, balance DECIMAL(10,2) DEFAULT '0.00',
    role ENUM('a','b') DEFAULT 'a', extra JSON, is_on BOOLEAN DEFAULT true, made TIMESTAMP DEFAULT (now()), CONSTRAINT d_users_id PRIMARY KEY(id))`);
  await db.execute(sql`CREATE TABLE d_posts (id SERIAL AUTO_INCREMENT NOT NULL, owner BIGINT UNSIGNED, score INT, CONSTRAINT d_posts_id PRIMARY KEY(id))`);
  const ids = await db.insert(users).values([{ name: 'Ann', extra: { n: 1 } }, { name: 'Bob', role: 'b' }]).$returningId();
  assert.deepEqual(ids, [{ id: 1 }, { id: 2 }]);
  await db.insert(posts).values([{ owner: 1, score: 3 }, { owner: 1, score: 5 }, { owner: 2, score: 8 }]);
  await db.insert(users).values({ id: 1, name: 'Anna' }).onDuplicateKeyUpdate({ set: { name: sql`values(${users.name})` } });
  const [anna] = await db.select().from(users).where(eq(users.id, 1));
  assert.equal(anna.name, 'Anna');
  assert.equal(anna.on, true);
  assert.deepEqual(anna.extra, { n: 1 });
  assert.ok(anna.made instanceof Date);
  const joined = await db.select({ name: users.name, best: sql`max(${posts.score})` }).from(users).leftJoin(posts, eq(posts.owner, users.id))
    .where(and(gt(posts.score, 1))).groupBy(users.id).orderBy(desc(sql`max(${posts.score})`));
  assert.deepEqual(joined.map(row => row.name), ['Bob', 'Anna']);
  const related = await db.query.users.findMany({ with: { posts: true }, orderBy: users.id });
  assert.deepEqual(related.map(user => user.posts.length), [2, 1]);
  const prepared = db.select().from(users).where(eq(users.id, sql.placeholder('id'))).prepare();
  assert.equal((await prepared.execute({ id: 2 }))[0].name, 'Bob');
  await assert.rejects(db.transaction(async tx => {
    await tx.delete(posts);
    await tx.transaction(async inner => { await inner.insert(posts).values({ owner: 2, score: 1 }); });
    tx.rollback();
  }));
  assert.equal((await db.select({ n: sql`count(*)`.mapWith(Number) }).from(posts))[0].n, 3);
  await pool.end();
}

async function typeormPart() {
  require('reflect-metadata');
  const { DataSource, EntitySchema, MoreThan, In, Like } = require('typeorm');
  const Category = new EntitySchema({
    name: 'Category', tableName: 't_category',
    columns: { id: { type: 'int', primary: true, generated: true }, name: { type: 'varchar', length: 80, unique: true } },
    relations: { goods: { type: 'one-to-many', target: 'Good', inverseSide: 'category' } },
  });
  const Good = new EntitySchema({
    name: 'Good', tableName: 't_good',
    columns: {
      id: { type: 'bigint', unsigned: true, primary: true, generated: true },
      title: { type: 'varchar', length: 120 },
      price: { type: 'decimal', precision: 9, scale: 2, default: 0 },
      meta: { type: 'simple-json', nullable: true },
      kind: { type: 'enum', enum: ['old', 'new'], default: 'new' },
      made: { type: 'datetime', precision: 6, createDate: true },
      changed: { type: 'datetime', precision: 6, updateDate: true },
      version: { type: 'int', version: true },
    },
    indices: [{ name: 'by_title', columns: ['title'] }],
    relations: { category: { type: 'many-to-one', target: 'Category', inverseSide: 'goods', joinColumn: true, onDelete: 'SET NULL', nullable: true } },
  });
  const options = { type: 'mysql', host: place.host, port: place.port, username: place.user, password: place.password, database: place.database, entities: [Category, Good] };
  let source = await new DataSource({ ...options, synchronize: true }).initialize();
  const category = await source.getRepository('Category').save({ name: 'toys' });
  const goods = source.getRepository('Good');
  await goods.save([{ title: 'kite', price: '9.50', category, meta: { colors: 2 } }, { title: 'ball', price: '3.25', category }, { title: 'rope' }]);
  const found = await goods.find({ where: { price: MoreThan(3), title: Like('%i%') }, relations: { category: true } });
  assert.equal(found.length, 1);
  assert.equal(found[0].category.name, 'toys');
  assert.deepEqual(found[0].meta, { colors: 2 });
  found[0].price = '10.00';
  await goods.save(found[0]);
  assert.equal((await goods.findOneBy({ id: found[0].id })).version, 2);
  const [page, total] = await goods.findAndCount({ where: { title: In(['kite', 'ball', 'rope']) }, order: { title: 'ASC' }, skip: 1, take: 1, relations: { category: true } });
  assert.deepEqual([page[0].title, total], ['kite', 3]);
  await goods.upsert({ id: 3, title: 'long rope' }, ['id']);
  const sums = await goods.createQueryBuilder('g').leftJoin('g.category', 'c').select('c.name', 'name').addSelect('SUM(g.price)', 'sum').groupBy('c.name').orderBy('sum', 'DESC').getRawMany();
  assert.equal(sums[0].sum, '13.25');
  await assert.rejects(source.transaction(async manager => {
    await manager.delete('Good', {});
    throw new Error('back');
  }).catch(error => { throw error; }));
  assert.equal(await goods.count(), 3);
  await source.getRepository('Category').delete(category.id);
  assert.equal((await goods.find({ relations: { category: true } })).filter(good => good.category).length, 0);
  await source.destroy();
  source = await new DataSource({ ...options }).initialize();
  const pending = await source.driver.createSchemaBuilder().log();
  assert.deepEqual(pending.upQueries.map(query => query.query), []); // what is there is what was asked for
  await source.dropDatabase();
  await source.destroy();
}

const parts = { mysql2: driver, knex: knexPart, sequelize: sequelizePart, 'drizzle-orm': drizzlePart, typeorm: typeormPart };
await parts[process.argv[2]]();
