// go-sql-driver and GORM against one database. Run by mysql_drivers_test.py as `go run client.go PART`; the database is in
// DATABASE_HOST, _PORT, _USER, _PASSWORD, _NAME. It ends with status 0 if everything held.
package main

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"os"
	"reflect"
	"strings"
	"sync"
	"time"

	driver "github.com/go-sql-driver/mysql"
	gormmysql "gorm.io/driver/mysql"
	"gorm.io/gorm"
	"gorm.io/gorm/clause"
	"gorm.io/gorm/logger"
)

func must(err error) {
	if err != nil {
		panic(err)
	}
}

func same(got, want any) {
	if !reflect.DeepEqual(got, want) {
		panic(fmt.Sprintf("got %#v, not %#v", got, want))
	}
}

func number(err error) uint16 {
	var found *driver.MySQLError
	if errors.As(err, &found) {
		return found.Number
	}
	return 0
}

func place(options string) string {
	return fmt.Sprintf("%s:%s@tcp(%s:%s)/%s?parseTime=true%s", os.Getenv("DATABASE_USER"), os.Getenv("DATABASE_PASSWORD"),
		os.Getenv("DATABASE_HOST"), os.Getenv("DATABASE_PORT"), os.Getenv("DATABASE_NAME"), options)
}

type kinds struct {
	id       uint64
	amount   string
	real     float64
	word     sql.NullString
	bytes    []byte
	moment   time.Time
	duration string
	bits     []byte
}

func readKinds(db *sql.DB, query string, args ...any) (row kinds) {
	must(db.QueryRow(query, args...).Scan(&row.id, &row.amount, &row.real, &row.word, &row.bytes, &row.moment, &row.duration, &row.bits))
	return row
}

func types(db *sql.DB) {
	_, err := db.Exec(`CREATE TABLE kinds (id BIGINT UNSIGNED PRIMARY KEY AUTO_INCREMENT, amount DECIMAL(18,4), real_one DOUBLE, word VARCHAR(20),
		bytes BLOB, moment DATETIME(6), clock TIME(2), bits BIT(4))`)
	must(err)
	moment := time.Date(2026, 11, 23, 10, 20, 30, 123456000, time.UTC)
	done, err := db.Exec("INSERT INTO kinds VALUES (NULL, ?, ?, ?, ?, ?, ?, b'1010')", "12345678901234.5678", 0.1, "Zoë", []byte{0, 255}, moment, "-01:02:03.25")
	must(err)
	id, err := done.LastInsertId()
	must(err)
	same(id, int64(1))
	want := kinds{1, "12345678901234.5678", 0.1, sql.NullString{String: "Zoë", Valid: true}, []byte{0, 255}, moment, "-01:02:03.25", []byte{10}}
	same(readKinds(db, "SELECT * FROM kinds WHERE id = 1"), want)
	same(readKinds(db, "SELECT * FROM kinds WHERE id = ?", 1), want)
	rows, err := db.Query("SELECT * FROM kinds WHERE id = ?", 1)
	must(err)
	columns, err := rows.ColumnTypes()
	must(err)
	names := []string{}
	for _, column := range columns {
		names = append(names, column.DatabaseTypeName())
	}
	same(names, []string{"UNSIGNED BIGINT", "DECIMAL", "DOUBLE", "VARCHAR", "BLOB", "DATETIME", "TIME", "BIT"})
	precision, scale, _ := columns[1].DecimalSize()
	same([2]int64{precision, scale}, [2]int64{18, 4})
	must(rows.Close())
}

func transactions(db *sql.DB) {
	tx, err := db.BeginTx(context.Background(), &sql.TxOptions{Isolation: sql.LevelReadCommitted})
	must(err)
	_, err = tx.Exec("UPDATE kinds SET word = 'other'")
	must(err)
	must(tx.Rollback())
	var word string
	must(db.QueryRow("SELECT word FROM kinds").Scan(&word))
	same(word, "Zoë")
	reader, err := db.BeginTx(context.Background(), &sql.TxOptions{ReadOnly: true})
	must(err)
	_, err = reader.Exec("UPDATE kinds SET word = 'other'")
	same(number(err), uint16(1792))
	must(reader.Rollback())
	_, err = db.Exec("INSERT INTO kinds (id) VALUES (1)")
	same(number(err), uint16(1062))
	same(db.QueryRow("SELECT word FROM kinds WHERE id = ?", 7).Scan(&word), sql.ErrNoRows)
}

func sessions(db *sql.DB) {
	db.SetMaxOpenConns(16)
	var all sync.WaitGroup
	for i := 0; i < 64; i++ {
		all.Add(1)
		go func(i int) {
			defer all.Done()
			var got int
			must(db.QueryRow("SELECT ? + 0", i).Scan(&got))
			same(got, i)
		}(i)
	}
	all.Wait()
	short, cancel := context.WithTimeout(context.Background(), 200*time.Millisecond)
	defer cancel()
	if _, err := db.QueryContext(short, "SELECT SLEEP(5)"); !errors.Is(err, context.DeadlineExceeded) {
		panic(err)
	}
	must(db.Ping())
}

func sqlDriver() {
	db, err := sql.Open("mysql", place(""))
	must(err)
	types(db)
	transactions(db)
	sessions(db)
	driver.RegisterReaderHandler("lines", func() io.Reader { return strings.NewReader("2,1.5,two\n3,2.5,three\n") })
	_, err = db.Exec("LOAD DATA LOCAL INFILE 'Reader::lines' INTO TABLE kinds FIELDS TERMINATED BY ',' (id, real_one, word)")
	must(err)
	several, err := sql.Open("mysql", place("&multiStatements=true&interpolateParams=true&tls=skip-verify&compress=true&collation=utf8mb4_unicode_ci"))
	must(err)
	rows, err := several.Query("SELECT word FROM kinds WHERE id = ?; SELECT COUNT(*) FROM kinds", 3)
	must(err)
	var word string
	rows.Next()
	must(rows.Scan(&word))
	same(word, "three")
	same(rows.NextResultSet(), true)
	var count int
	rows.Next()
	must(rows.Scan(&count))
	same(count, 3)
	must(rows.Close())
}

type Company struct {
	ID   uint
	Name string `gorm:"size:100;uniqueIndex"`
}

type Employee struct {
	gorm.Model
	Name      string  `gorm:"size:64;index:by_name"`
	Salary    float64 `gorm:"type:decimal(12,2);default:100"`
	Active    bool    `gorm:"default:true"`
	Hired     *time.Time
	Notes     []byte
	CompanyID *uint
	Company   *Company `gorm:"constraint:OnUpdate:CASCADE,OnDelete:SET NULL"`
	Skills    []Skill  `gorm:"many2many:employee_skills"`
}

type Skill struct {
	ID    uint
	Label string `gorm:"size:40;unique"`
}

type Branch struct {
	Town string `gorm:"size:30"`
}

func (Branch) TableName() string { return "companies" }

func gormPart() {
	db, err := gorm.Open(gormmysql.Open(place("&charset=utf8mb4&loc=UTC")), &gorm.Config{Logger: logger.Default.LogMode(logger.Silent)})
	must(err)
	models := []any{&Company{}, &Employee{}, &Skill{}}
	must(db.AutoMigrate(models...))
	must(db.AutoMigrate(models...)) // a second time: nothing to do, and no error
	same(db.Migrator().HasTable(&Employee{}), true)
	same(db.Migrator().HasIndex(&Employee{}, "by_name"), true)
	same(db.Migrator().HasConstraint(&Employee{}, "Company"), true)
	acme := Company{Name: "Acme"}
	ada := Employee{Name: "Ada", Salary: 12.5, Company: &acme, Skills: []Skill{{Label: "sums"}, {Label: "looms"}}}
	must(db.Create(&ada).Error)
	others := []Employee{{Name: "Ben"}, {Name: "Cleo", CompanyID: &acme.ID}}
	must(db.CreateInBatches(&others, 2).Error)
	same(others[1].ID, uint(3))
	same(others[0].Salary, 100.0)
	var found Employee
	must(db.Preload("Company").Preload("Skills").Where("name LIKE ?", "A%").First(&found).Error)
	same(found.Company.Name, "Acme")
	same(len(found.Skills), 2)
	var joined []Employee
	must(db.Joins("Company").Where("Company.name = ?", "Acme").Order("employees.name desc").Find(&joined).Error)
	same([]string{joined[0].Name, joined[1].Name}, []string{"Cleo", "Ada"})
	must(db.Model(&found).Updates(map[string]any{"salary": gorm.Expr("salary * ?", 2), "active": false}).Error)
	must(db.First(&found, found.ID).Error)
	same(found.Salary, 25.0)
	same(found.Active, false)
	must(db.Clauses(clause.OnConflict{Columns: []clause.Column{{Name: "name"}}, DoUpdates: clause.AssignmentColumns([]string{"name"})}).Create(&Company{Name: "Acme"}).Error)
	same(number(db.Create(&Company{Name: "Acme"}).Error), uint16(1062))
	failed := db.Transaction(func(tx *gorm.DB) error {
		must(tx.Clauses(clause.Locking{Strength: "UPDATE"}).First(&Employee{}, ada.ID).Error)
		must(tx.Delete(&Employee{}, ada.ID).Error)
		inner := tx.Transaction(func(deeper *gorm.DB) error {
			must(deeper.Create(&Company{Name: "Inner"}).Error)
			return errors.New("inner")
		})
		same(inner.Error(), "inner")
		return errors.New("outer")
	})
	same(failed.Error(), "outer")
	var count int64
	must(db.Model(&Employee{}).Count(&count).Error)
	same(count, int64(3))
	must(db.Delete(&others[0]).Error)
	must(db.Unscoped().Model(&Employee{}).Count(&count).Error)
	same(count, int64(3))
	type sum struct {
		Name  string
		Total float64
	}
	var sums []sum
	must(db.Model(&Employee{}).Select("companies.name, SUM(salary) AS total").Joins("JOIN companies ON companies.id = employees.company_id").Group("companies.name").Having("total > ?", 10).Scan(&sums).Error)
	same(sums, []sum{{"Acme", 125}})
	must(db.Migrator().RenameColumn(&Company{}, "name", "title"))
	must(db.Table("companies").Migrator().AddColumn(&Branch{}, "Town"))
	types, err := db.Migrator().ColumnTypes(&Company{})
	must(err)
	same(len(types), 3)
	must(db.Migrator().DropTable("employee_skills", &Employee{}, &Skill{}, &Company{}))
}

func main() {
	map[string]func(){"go-sql-driver": sqlDriver, "gorm": gormPart}[os.Args[1]]()
}
