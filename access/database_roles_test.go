package access_test

import (
	"database/sql"
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"github.com/lib/pq"

	"github.com/paperwurks/infra/access"
	"github.com/paperwurks/infra/config"
	"github.com/paperwurks/infra/internal/postgres"
)

const (
	owner, migrator     = config.DatabaseOwner, config.DatabaseMigrator
	application, reader = config.DatabaseUser, config.DatabaseReader
	master              = config.DatabaseAdministrator
)

// database is a PostgreSQL with what RDS makes: a master user that is no
// superuser, its database, and the role rds_iam.
type database struct {
	t      *testing.T
	server *postgres.Server
}

// startDatabase starts a server; hba are the lines of pg_hba.conf after the superuser's.
func startDatabase(t *testing.T, hba string) *postgres.Server {
	t.Helper()
	server, err := postgres.Start(filepath.Join("..", "internal", "postgres"), fmt.Sprintf("host all %s 127.0.0.1/32 trust\n%s", postgres.Superuser, hba))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := server.Stop(); err != nil {
			t.Error(err)
		}
	})
	return server
}

// new makes the server's only database, with no role but those of RDS; of rds_iam the
// master is what the clause says.
func (d *database) new(rdsIAM string) {
	d.t.Helper()
	d.must(postgres.Superuser, "DROP DATABASE IF EXISTS "+config.DatabaseName+" WITH (FORCE)")
	d.must(postgres.Superuser, fmt.Sprintf("DROP ROLE IF EXISTS %s, %s, %s, %s, %s, rds_superuser, rds_iam, stranger, backend_before_3", owner, migrator, application, reader, master))
	d.must(postgres.Superuser, fmt.Sprintf(`CREATE ROLE rds_superuser; CREATE ROLE rds_iam;
		CREATE ROLE %[1]s LOGIN CREATEDB CREATEROLE PASSWORD 'master' IN ROLE rds_superuser; %[2]s`, master, rdsIAM))
	d.must(postgres.Superuser, "CREATE DATABASE "+config.DatabaseName+" OWNER "+master)
}

func (d *database) source(name, user string) string {
	return fmt.Sprintf("host=127.0.0.1 port=%d dbname=%s user=%s password=master sslmode=disable", d.server.Port, name, user)
}

// open is one session.
func (d *database) open(name, user string) (*sql.DB, error) {
	db, err := sql.Open("postgres", d.source(name, user))
	if err == nil {
		db.SetMaxOpenConns(1)
	}
	return db, err
}

func (d *database) in(name, user, statement string) error {
	db, err := d.open(name, user)
	if err != nil {
		return err
	}
	defer db.Close()
	_, err = db.Exec(statement)
	return err
}

// try runs a statement as a user, in a connection of its own.
func (d *database) try(user, statement string) error {
	name := config.DatabaseName
	if user == postgres.Superuser {
		name = "postgres"
	}
	return d.in(name, user, statement)
}

func (d *database) mustIn(name, user, statement string) {
	d.t.Helper()
	if err := d.in(name, user, statement); err != nil {
		d.t.Fatalf("%s: %.200s: %v", user, statement, err)
	}
}

func (d *database) must(user, statement string) {
	d.t.Helper()
	if err := d.try(user, statement); err != nil {
		d.t.Fatalf("%s: %.200s: %v", user, statement, err)
	}
}

// roles runs the SQL as the master, and returns what it warns of.
func (d *database) roles() string {
	d.t.Helper()
	connector, err := pq.NewConnector(d.source(config.DatabaseName, master))
	if err != nil {
		d.t.Fatal(err)
	}
	var warnings []string
	db := sql.OpenDB(pq.ConnectorWithNoticeHandler(connector, func(notice *pq.Error) {
		if notice.Severity == "WARNING" {
			warnings = append(warnings, notice.Message)
		}
	}))
	defer db.Close()
	if _, err := db.Exec(access.DatabaseRoles); err != nil {
		d.t.Fatal(err)
	}
	return strings.Join(warnings, "\n")
}

// warns of each and of nothing, where there is none.
func (d *database) warns(want ...string) {
	d.t.Helper()
	warnings := d.roles()
	for _, w := range want {
		if !strings.Contains(warnings, w) {
			d.t.Errorf("it warns of %q: %q is missing", warnings, w)
		}
	}
	if len(want) == 0 && warnings != "" {
		d.t.Errorf("it warns of %q", warnings)
	}
}

// is the one value that a user reads.
func (d *database) is(user, query, want string) {
	d.t.Helper()
	db, err := d.open(config.DatabaseName, user)
	if err != nil {
		d.t.Fatal(err)
	}
	defer db.Close()
	var value string
	if err := db.QueryRow(query).Scan(&value); err != nil || value != want {
		d.t.Errorf("%s: %s: %q, %v; want %q", user, query, value, err, want)
	}
}

func (d *database) refused(user, statement, why string) {
	d.t.Helper()
	if err := d.try(user, statement); err == nil || !strings.Contains(err.Error(), why) {
		d.t.Errorf("%s: %.200s: %v; want %q", user, statement, err, why)
	}
}

const denied = "permission denied"

// mayDo is what each role may and may not do with what the migrator made.
func (d *database) mayDo(table string) {
	d.t.Helper()
	d.must(application, "INSERT INTO "+table+" (name) VALUES ('a'); UPDATE "+table+" SET name = 'b'; DELETE FROM "+table+" WHERE name = 'c'")
	d.must(application, "SELECT name FROM "+table)
	for _, statement := range []string{
		"ALTER TABLE " + table + " ADD COLUMN extra text", "DROP TABLE " + table, "CREATE INDEX ON " + table + " (name)",
		"ALTER TABLE " + table + " OWNER TO " + application, "GRANT ALL ON " + table + " TO PUBLIC",
	} {
		if err := d.try(application, statement); err == nil && !strings.HasPrefix(statement, "GRANT") || err != nil && !strings.Contains(err.Error(), "must be owner") && !strings.Contains(err.Error(), denied) {
			d.t.Errorf("%s: %s: %v", application, statement, err)
		}
	}
	d.refused(application, "TRUNCATE "+table, denied)
	d.must(reader, "SELECT name FROM "+table)
	for _, write := range []string{"INSERT INTO " + table + " (name) VALUES ('a')", "UPDATE " + table + " SET name = 'b'", "DELETE FROM " + table, "TRUNCATE " + table} {
		// The setting is a convenience, which anybody may turn off; the right is what holds.
		d.refused(reader, write, "read-only transaction")
		d.refused(reader, "SET transaction_read_only = off; "+write, denied)
	}
}

// TestDatabaseRoles runs the SQL on a real PostgreSQL, as RDS's master. In RDS a token
// of IAM is checked in place of "trust". Outside RDS, who hands on rds_iam has to have
// it to hand on; so the master's line comes first, and it signs in with its password.
func TestDatabaseRoles(t *testing.T) {
	server := startDatabase(t, fmt.Sprintf("host all %s 127.0.0.1/32 scram-sha-256\nhost all +rds_iam 127.0.0.1/32 trust\n", master))
	for name, test := range map[string]func(*testing.T, *database){"empty": emptyDatabase, "upgrade": upgradedDatabase, "made by the master": madeByTheMaster, "lost with it": lostWithIt, "brought about": broughtAbout, "passed on": passedOn, "event triggers": eventTriggers, "made by the master again": madeByTheMasterAgain, "names in use": namesInUse, "at once": atOnce, "from PostgreSQL 15": fromPostgreSQL15,
		"planted": plantedDatabase, "restricted": restrictedDatabase, "checked": checkedDatabase} {
		t.Run(name, func(t *testing.T) {
			d := &database{t, server}
			d.new("GRANT rds_iam TO " + master + " WITH ADMIN TRUE, INHERIT FALSE, SET FALSE")
			test(t, d)
		})
	}
}

// emptyDatabase gets its roles twice.
func emptyDatabase(t *testing.T, d *database) {
	// On RDS the master may own these; the other is the superuser's here, and stays open.
	d.must(postgres.Superuser, "ALTER DATABASE template1 OWNER TO "+master)
	defer d.must(postgres.Superuser, "ALTER DATABASE template1 OWNER TO "+postgres.Superuser)
	for range 2 {
		d.warns()
	}
	if err := d.in("template1", application, "SELECT 1"); err == nil || !strings.Contains(err.Error(), denied) {
		t.Errorf("%s in template1: %v", application, err)
	}
	d.mustIn("postgres", application, "SELECT 1")
	d.must(migrator, "CREATE TABLE documents (id bigint GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY, name text); CREATE SEQUENCE numbers")
	d.mayDo("documents")
	d.must(application, "SELECT nextval('numbers')")
	d.refused(reader, "SET transaction_read_only = off; SELECT nextval('numbers')", denied)
	d.must(migrator, "ALTER TABLE documents ADD COLUMN kind text; CREATE TYPE state AS ENUM ('new'); CREATE EXTENSION citext; CREATE SCHEMA reports; DROP SCHEMA reports")
	for _, user := range []string{application, reader} {
		for _, statement := range []string{"CREATE TABLE mine (id int)", "CREATE SCHEMA mine", "CREATE FUNCTION mine() RETURNS int LANGUAGE sql AS 'SELECT 1'", "CREATE EXTENSION hstore"} {
			d.refused(user, "SET transaction_read_only = off; "+statement, denied)
		}
		d.refused(user, "SET ROLE "+migrator, denied)
		d.refused(user, "SET ROLE "+master, denied)
		d.refused(user, "SET transaction_read_only = off; CREATE ROLE mine", denied)
	}
	d.refused(reader, "SET transaction_read_only = off; CREATE TEMPORARY TABLE mine (id int)", denied)
	d.refused(reader, "SELECT lo_from_bytea(0, 'x')", "read-only transaction")
	d.must(reader, "SET transaction_read_only = off; SELECT lo_from_bytea(0, 'x')") // PostgreSQL's own functions are everybody's
	d.must(application, "CREATE TEMPORARY TABLE mine (id int)")
	// What an extension or the superuser made is theirs to answer for.
	d.mustIn(config.DatabaseName, postgres.Superuser, `CREATE ROLE stranger; CREATE EXTENSION ltree; CREATE TABLE public.settings (name text); GRANT ALL ON public.settings TO PUBLIC; ALTER EXTENSION ltree ADD TABLE public.settings;
		CREATE FUNCTION public.set() RETURNS int LANGUAGE sql SECURITY DEFINER AS 'SELECT 1'; ALTER FUNCTION public.set() OWNER TO stranger; ALTER EXTENSION ltree ADD FUNCTION public.set();
		CREATE FUNCTION public.supers() RETURNS int LANGUAGE sql SECURITY DEFINER AS 'SELECT 1'`)
	d.warns()
	d.mustIn(config.DatabaseName, postgres.Superuser, "DROP EXTENSION ltree; DROP FUNCTION public.supers(); DROP ROLE stranger")
	// Somebody may let a reader make temporary tables: nothing of them lasts.
	d.must(postgres.Superuser, "GRANT TEMPORARY ON DATABASE "+config.DatabaseName+" TO "+reader)
	d.warns()
	// Large objects anybody may make: their functions are the superuser's to revoke.
	d.refused(reader, "SELECT lo_from_bytea(0, 'a')", "read-only transaction")
	d.must(reader, "SET transaction_read_only = off; SELECT lo_from_bytea(0, 'a')")
	// A function that writes as its owner is not for readers.
	d.must(migrator, "CREATE FUNCTION add() RETURNS void LANGUAGE sql SECURITY DEFINER AS $$ INSERT INTO documents (name) VALUES ('x') $$")
	d.must(application, "SELECT add()")
	d.refused(reader, "SET transaction_read_only = off; SELECT add()", denied)
	// Nobody else may connect, and the migrator is neither the master nor a maker of roles.
	d.must(postgres.Superuser, "CREATE ROLE stranger LOGIN IN ROLE rds_iam")
	d.refused("stranger", "SELECT 1", `permission denied for database "`+config.DatabaseName+`"`)
	d.refused(migrator, "CREATE ROLE mine", denied)
	d.refused(owner, "SELECT 1", "pg_hba.conf") // it signs in nowhere
	d.refused(migrator, "SET ROLE NONE; CREATE TABLE public.mine (id int)", denied)
	// What a migration grants, the next run takes back, since no migration could before it.
	d.must(migrator, "GRANT INSERT ON documents TO backend_readonly; CREATE SCHEMA reports; CREATE TABLE reports.sums (name text); GRANT USAGE ON SCHEMA reports TO backend_readonly, backend; GRANT ALL ON reports.sums TO backend_readonly, backend")
	d.must(master, access.DatabaseRoles)
	d.mayDo("documents")
	d.must(reader, "SELECT name FROM reports.sums")
	d.must(application, "INSERT INTO reports.sums VALUES ('a')")
	d.refused(reader, "SET transaction_read_only = off; INSERT INTO reports.sums VALUES ('a')", denied)
	d.refused(migrator, "SET ROLE "+master, denied)
	d.refused(migrator, "DROP DATABASE "+config.DatabaseName, "must be owner")
	for _, user := range []string{migrator, application, reader} {
		d.refused(master, "SET ROLE "+user, denied)
	}
}

// TestTheMasterStillSignsIn: with pg_hba.conf in RDS's order, where members of rds_iam
// sign in with a token and nobody else's line comes first, who makes a role with
// rds_iam locks itself out, since PostgreSQL 16, and the SQL does not, however often.
func TestTheMasterStillSignsIn(t *testing.T) {
	d := &database{t, startDatabase(t, "host all +rds_iam 127.0.0.1/32 reject\nhost all all 127.0.0.1/32 scram-sha-256\n")}
	for _, test := range []struct {
		statement string
		lockedOut bool
	}{
		{"CREATE ROLE backend LOGIN", true},
		{access.DatabaseRoles, false},
	} {
		d.new("")
		// Outside RDS only the superuser hands on rds_iam without being its member.
		statement := strings.Replace(test.statement, "GRANT rds_iam TO backend_migrator, backend, backend_readonly;", "", 1)
		d.must(master, statement)
		d.must(postgres.Superuser, "GRANT rds_iam TO "+application)
		// What docs of an upgrade ask beforehand.
		if err := d.in("postgres", postgres.Superuser, fmt.Sprintf("DO $$ BEGIN IF pg_has_role('paperwurks_admin', 'rds_iam', 'MEMBER') <> %t THEN RAISE EXCEPTION 'it is not so'; END IF; END $$", test.lockedOut)); err != nil {
			t.Errorf("locked out: %t: %v", test.lockedOut, err)
		}
		if test.lockedOut {
			d.refused(master, "SELECT 1", "pg_hba.conf rejects")
			continue
		}
		d.must(postgres.Superuser, "GRANT rds_iam TO "+migrator+", "+reader)
		d.must(master, statement)
		d.must(master, "DO $$ BEGIN IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'backend_maker') THEN RAISE EXCEPTION 'it is there'; END IF; END $$")
		for _, user := range []string{migrator, application, reader} {
			d.refused(user, "SELECT 1", "pg_hba.conf rejects") // which stands for the token
		}
	}
}

// upgradedDatabase: a database whose tables the master owns, as migrations made them
// until version 1 of the contract, keeps its rows, and the application goes on.
func upgradedDatabase(t *testing.T, d *database) {
	d.must(postgres.Superuser, "CREATE ROLE backend LOGIN")
	d.must(master, `GRANT rds_iam TO backend; GRANT USAGE ON SCHEMA public TO backend;
		ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO backend;
		ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT USAGE, SELECT ON SEQUENCES TO backend;
		CREATE EXTENSION citext; CREATE TYPE inside AS ENUM ('new'); ALTER EXTENSION citext ADD TYPE inside;
		CREATE TYPE state AS ENUM ('new'); CREATE DOMAIN email AS text; CREATE TYPE pair AS (a int, b int);
		CREATE TABLE documents (id bigserial PRIMARY KEY, name text, state state, mail citext);
		CREATE TABLE parts (id int GENERATED ALWAYS AS IDENTITY, day date) PARTITION BY RANGE (day); CREATE TABLE parts_1 PARTITION OF parts DEFAULT;
		CREATE VIEW names AS SELECT name FROM documents; CREATE MATERIALIZED VIEW counted AS SELECT count(*) FROM documents;
		CREATE SEQUENCE numbers; CREATE FUNCTION one() RETURNS int LANGUAGE sql AS 'SELECT 1'; CREATE PROCEDURE two() LANGUAGE sql AS 'SELECT 2';
		GRANT ALL ON documents TO PUBLIC;
		CREATE STATISTICS pairs ON name, state FROM documents; CREATE TEXT SEARCH CONFIGURATION words (COPY = english); CREATE TEXT SEARCH DICTIONARY terms (TEMPLATE = simple);
		CREATE FUNCTION same(state, text) RETURNS boolean LANGUAGE sql AS 'SELECT true'; CREATE OPERATOR === (LEFTARG = state, RIGHTARG = text, FUNCTION = same); CREATE COLLATION plain FROM "C"; CREATE TYPE days AS RANGE (subtype = date);
		CREATE CONVERSION odd FOR 'LATIN1' TO 'UTF8' FROM iso8859_1_to_utf8;
		CREATE SCHEMA old; CREATE TABLE old.t (id int)`)
	d.must(application, "INSERT INTO documents (name) VALUES ('before')")
	d.must(master, access.DatabaseRoles)
	d.mayDo("documents")
	d.must(migrator, `ALTER TABLE documents ADD COLUMN kind text; ALTER TABLE parts ADD COLUMN kind text; ALTER TYPE state ADD VALUE 'old'; ALTER DOMAIN email SET NOT NULL;
		ALTER TYPE pair ADD ATTRIBUTE c int; DROP VIEW names; REFRESH MATERIALIZED VIEW counted; ALTER SEQUENCE numbers INCREMENT 2; DROP FUNCTION one(); DROP PROCEDURE two();
		DROP STATISTICS pairs; DROP TEXT SEARCH CONFIGURATION words; DROP TEXT SEARCH DICTIONARY terms; DROP OPERATOR === (state, text); DROP COLLATION plain; DROP TYPE days;
		DROP CONVERSION odd`)
	d.must(migrator, "CREATE TABLE later (id bigserial, name text); ALTER TABLE old.t ADD COLUMN kind text; ALTER SCHEMA old RENAME TO older")
	d.mayDo("later")
	d.must(postgres.Superuser, "SELECT 1")
	d.mustIn(config.DatabaseName, postgres.Superuser, `DO $$ BEGIN
		IF (SELECT typowner FROM pg_type WHERE typname = 'inside') <> '`+master+`'::regrole THEN RAISE EXCEPTION 'a part of an extension changed hands'; END IF;
		IF (SELECT count(*) FROM documents WHERE name IN ('before', 'b')) < 1 THEN RAISE EXCEPTION 'rows are gone'; END IF;
		IF EXISTS (SELECT FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relowner <> 'backend_owner'::regrole) THEN
			RAISE EXCEPTION '% has another owner', (SELECT string_agg(oid::regclass::text, ', ') FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relowner <> 'backend_owner'::regrole); END IF;
		END $$`)
}

// madeByTheMaster: a backend that the master made, as in version 2 of the contract, gets
// another name, with which open sessions go on, and the new one has what it had.
func madeByTheMaster(t *testing.T, d *database) {
	d.must(master, `CREATE ROLE backend LOGIN CONNECTION LIMIT 30; GRANT rds_iam TO backend; GRANT USAGE ON SCHEMA public TO backend;
		CREATE TABLE documents (id bigserial, name text); GRANT SELECT, INSERT ON documents TO backend; GRANT USAGE ON documents_id_seq TO backend;
		INSERT INTO documents (name) VALUES ('hidden');
		ALTER TABLE documents ENABLE ROW LEVEL SECURITY; CREATE POLICY shown ON documents TO backend, pg_monitor USING (true); CREATE POLICY restricted ON documents AS RESTRICTIVE TO backend USING (name <> 'hidden');
		CREATE SCHEMA app; GRANT USAGE ON SCHEMA app TO backend; CREATE TABLE app.t (name text, other text); GRANT SELECT, UPDATE (name) ON app.t TO backend; INSERT INTO app.t VALUES ('a', 'b');
		CREATE SEQUENCE app.numbers; GRANT USAGE ON SEQUENCE app.numbers TO backend;
		CREATE FUNCTION app.format(text, name) RETURNS text LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'planted, as %', current_user; END $$;
		CREATE FUNCTION app.one() RETURNS int LANGUAGE sql AS 'SELECT 1'; REVOKE ALL ON FUNCTION app.one() FROM PUBLIC; GRANT EXECUTE ON FUNCTION app.one() TO backend;
		ALTER DEFAULT PRIVILEGES GRANT SELECT ON TABLES TO backend; ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT ALL ON TABLES TO backend; ALTER DEFAULT PRIVILEGES IN SCHEMA app GRANT EXECUTE ON ROUTINES TO backend;
		ALTER ROLE backend SET search_path = app, public, "Odd, one"; ALTER ROLE backend SET statement_timeout = '70s'; ALTER ROLE backend IN DATABASE `+config.DatabaseName+` SET application_name = 'it''s = mine'`)
	d.mustIn("postgres", application, "SELECT lo_create(0)")
	open, err := d.open(config.DatabaseName, application)
	if err != nil {
		t.Fatal(err)
	}
	defer open.Close()
	works := func() {
		t.Helper()
		if _, err := open.Exec("INSERT INTO documents (name) VALUES ('a')"); err != nil {
			t.Error(err)
		}
		var hidden int
		if err := open.QueryRow("SELECT count(*) FROM documents WHERE name = 'hidden'").Scan(&hidden); err != nil || hidden != 0 {
			t.Errorf("an open session reads %d hidden rows, %v", hidden, err)
		}
	}
	if _, err := open.Exec("CREATE TEMPORARY TABLE mine (id int); GRANT SELECT ON mine TO PUBLIC"); err != nil {
		t.Error(err)
	}
	works()
	asBefore := func() {
		t.Helper()
		d.mayDo("documents")
		d.is(application, "SELECT count(*) FROM documents WHERE name = 'hidden'", "0")
		d.must(application, "SELECT other FROM app.t; UPDATE app.t SET name = 'c'; SELECT nextval('app.numbers'); SELECT app.one(); CREATE TEMPORARY TABLE mine (id int)")
		d.is(application, "SELECT setdatabase <> 0 FROM pg_db_role_setting, unnest(setconfig) s(setting) WHERE setrole = 'backend'::regrole AND setting LIKE 'application_name=%'", "true")
		d.must(migrator, `CREATE TABLE app.later (id int); CREATE TABLE public.later (id int); CREATE FUNCTION app.later() RETURNS int LANGUAGE sql AS 'SELECT 1';
			CREATE SCHEMA other; GRANT USAGE ON SCHEMA other TO backend; CREATE FUNCTION other.later() RETURNS int LANGUAGE sql AS 'SELECT 1'`)
		d.must(application, "SELECT id FROM app.later; SELECT app.later()")
		d.refused(application, "SELECT other.later()", denied)
		d.refused(application, "TRUNCATE public.later", denied)
		d.must(migrator, "DROP TABLE app.later, public.later; DROP FUNCTION app.later(); DROP SCHEMA other CASCADE")
		d.refused(application, "UPDATE app.t SET other = 'c'", denied)
		d.is(application, "SELECT current_setting('search_path')", `app, public, "Odd, one"`)
		d.is(application, "SELECT current_setting('statement_timeout')", "70s")
		d.is(application, "SELECT current_setting('application_name')", "it's = mine")
		d.is(application, "SELECT rolconnlimit FROM pg_roles WHERE rolname = 'backend'", "30")
	}
	d.must(master, access.DatabaseRoles)
	asBefore()
	d.refused("backend_before_3", "SELECT 1", "pg_hba.conf") // of rds_iam no longer a member
	d.must(postgres.Superuser, "DO $$ BEGIN IF NOT EXISTS (SELECT FROM pg_stat_activity WHERE usename = 'backend_before_3') THEN RAISE EXCEPTION 'no session is open'; END IF; END $$")
	d.warns()
	works()
	if err := open.Close(); err != nil {
		t.Error(err)
	}
	// The server ends a session after its client closed it, on a busy machine much later.
	d.must(postgres.Superuser, "SELECT pg_terminate_backend(pid, 60000) FROM pg_stat_activity WHERE usename = 'backend_before_3'")
	// What it has elsewhere stops nobody, and goes by what the warning says.
	d.warns("backend_before_3 stays, for it owns something, or has rights, in postgres: as the master there, REASSIGN OWNED BY backend_before_3 TO CURRENT_USER; DROP OWNED BY backend_before_3")
	d.mustIn("postgres", master, "REASSIGN OWNED BY backend_before_3 TO CURRENT_USER; DROP OWNED BY backend_before_3")
	defer d.mustIn("postgres", postgres.Superuser, "DROP OWNED BY "+master)
	d.warns()
	d.must(postgres.Superuser, "DO $$ BEGIN IF to_regrole('backend_before_3') IS NOT NULL THEN RAISE EXCEPTION 'it is still there'; END IF; END $$")
	asBefore()
	d.warns()
}

// lostWithIt: what a new backend cannot get from one that the master made is named
// before anything is changed.
func lostWithIt(t *testing.T, d *database) {
	d.must(master, "CREATE ROLE backend LOGIN; GRANT rds_iam TO backend; CREATE SCHEMA app; GRANT USAGE, CREATE ON SCHEMA app TO backend")
	d.must(postgres.Superuser, "CREATE ROLE stranger")
	for _, test := range []struct{ user, do, undo, want string }{
		{application, "SELECT lo_create(4712)", "SELECT lo_unlink(4712)", "it owns large object 4712"},
		{application, "CREATE TABLE app.made (id int)", "DROP TABLE app.made", "it owns table app.made"},
		{postgres.Superuser, "CREATE TABLE app.t (id int); GRANT SELECT ON app.t TO backend", "DROP TABLE app.t", "the master cannot GRANT SELECT ON TABLE app.t"},
		{postgres.Superuser, "CREATE TABLE app.t (id int); GRANT SELECT ON app.t TO " + master + " WITH GRANT OPTION; GRANT SELECT, INSERT ON app.t TO backend", "DROP TABLE app.t", "the master cannot GRANT INSERT ON TABLE app.t"},
		{postgres.Superuser, "CREATE TABLE app.t (id int, name text); GRANT SELECT (id) ON app.t TO " + master + " WITH GRANT OPTION; GRANT SELECT (id), UPDATE (id) ON app.t TO backend", "DROP TABLE app.t", "the master cannot GRANT UPDATE (id) ON TABLE app.t"},
		{postgres.Superuser, "CREATE TABLE app.t (id int); ALTER TABLE app.t OWNER TO " + master + "; GRANT SELECT ON app.t TO backend WITH GRANT OPTION; SET ROLE backend; GRANT SELECT ON app.t TO stranger", "DROP TABLE app.t", "it granted SELECT ON TABLE app.t"},
		{postgres.Superuser, "CREATE SCHEMA hidden; CREATE TABLE hidden.t (id int); GRANT SELECT (id) ON hidden.t TO backend", "DROP SCHEMA hidden CASCADE", "GRANT SELECT (id) ON TABLE hidden.t TO backend (permission denied for "},
		{master, "CREATE TYPE app.kind AS ENUM ('a'); REVOKE USAGE ON TYPE app.kind FROM PUBLIC; GRANT USAGE ON TYPE app.kind TO backend", "DROP TYPE app.kind", "it may use type app.kind"},
		{postgres.Superuser, "ALTER DEFAULT PRIVILEGES IN SCHEMA app GRANT SELECT ON TABLES TO backend", "ALTER DEFAULT PRIVILEGES IN SCHEMA app REVOKE SELECT ON TABLES FROM backend", "it may use default privileges on new relations belonging to role postgres in schema app"},
		{postgres.Superuser, "CREATE TABLE app.t (id int); CREATE POLICY p ON app.t TO backend", "DROP TABLE app.t", "ALTER POLICY p ON app.t TO backend_before_3, backend (must be owner of table t)"},
		{postgres.Superuser, "CREATE FOREIGN DATA WRAPPER w; GRANT USAGE ON FOREIGN DATA WRAPPER w TO backend", "DROP FOREIGN DATA WRAPPER w", "it may use foreign-data wrapper w"},
		{postgres.Superuser, "ALTER ROLE backend SET log_statement = 'all'", "ALTER ROLE backend RESET ALL", "SET log_statement = 'all'; RESET ROLE (permission denied to set parameter"},
		{postgres.Superuser, "GRANT backend TO stranger", "REVOKE backend FROM stranger", "stranger is its member"},
		{postgres.Superuser, "GRANT stranger TO backend", "REVOKE stranger FROM backend", "it is a member of stranger"},
	} {
		d.mustIn(config.DatabaseName, test.user, test.do)
		d.refused(master, access.DatabaseRoles, "this would be lost; nothing was changed")
		d.refused(master, access.DatabaseRoles, test.want)
		d.mustIn(config.DatabaseName, test.user, test.undo)
	}
	// What is in use is not lost: it is run again.
	d.must(master, "CREATE TABLE app.used (id int); GRANT SELECT ON app.used TO backend; CREATE POLICY p ON app.used TO backend")
	open, err := d.open(config.DatabaseName, application)
	if err != nil {
		t.Fatal(err)
	}
	defer open.Close()
	if _, err := open.Exec("BEGIN; SELECT FROM app.used"); err != nil {
		t.Fatal(err)
	}
	if err := d.try(master, strings.Replace(access.DatabaseRoles, "'3s'", "'300ms'", 1)); err == nil || !strings.HasPrefix(err.Error(), "pq: canceling statement due to lock timeout") {
		t.Errorf("a table is in use: %v", err)
	}
	if _, err := open.Exec("COMMIT"); err != nil {
		t.Fatal(err)
	}
	d.warns()
}

// madeByTheMasterAgain: somebody makes the master a member after the first run.
func madeByTheMasterAgain(t *testing.T, d *database) {
	d.warns()
	d.must(migrator, "CREATE SCHEMA app; GRANT USAGE ON SCHEMA app TO backend; ALTER DEFAULT PRIVILEGES IN SCHEMA app GRANT SELECT ON TABLES TO backend; CREATE TABLE app.t (id int); GRANT INSERT ON app.t TO backend WITH GRANT OPTION; CREATE TABLE documents (name text)")
	d.must(postgres.Superuser, "GRANT backend TO "+master+" WITH ADMIN OPTION")
	d.warns()
	d.warns()
	d.mayDo("documents")
	d.must(migrator, "CREATE TABLE app.later (id int); CREATE TABLE later (name text)")
	d.must(application, "SELECT id FROM app.later")
	d.must(application, "GRANT INSERT ON app.t TO backend_migrator")
	d.mayDo("later")
}

// eventTriggers: none that the master made runs a migration's code as the master. Here
// only a superuser makes and drops them; on RDS the master does.
func eventTriggers(t *testing.T, d *database) {
	const script = "CREATE ROLE if_it_ran"
	as := func(user, statement string) { t.Helper(); d.mustIn(config.DatabaseName, user, statement) }
	never := func() {
		t.Helper()
		d.is(postgres.Superuser, "SELECT to_regrole('if_it_ran') IS NULL", "true")
	}
	as(master, `CREATE TABLE public.log (tag text); CREATE FUNCTION public.audit() RETURNS event_trigger LANGUAGE plpgsql SECURITY DEFINER AS $$ BEGIN INSERT INTO public.log VALUES (tg_tag); END $$`)
	as(postgres.Superuser, "CREATE EVENT TRIGGER audits ON ddl_command_start EXECUTE FUNCTION public.audit()")
	const refused = "an event trigger runs code as the master; nothing was changed. The master drops or disables it (docs/operations.md, \"The roles of the database are refused\"): audits runs public.audit()"
	d.refused(master, access.DatabaseRoles, refused)
	d.is(postgres.Superuser, "SELECT count(*) FROM public.log WHERE tag LIKE 'GRANT%' OR tag LIKE 'ALTER%'", "0")
	as(postgres.Superuser, "ALTER EVENT TRIGGER audits DISABLE")
	d.warns()
	d.warns()
	// The function stays the master's, and what it writes is the migration's.
	d.refused(migrator, "CREATE OR REPLACE FUNCTION public.audit() RETURNS event_trigger LANGUAGE plpgsql AS $$ BEGIN "+script+"; END $$", "must be owner of function audit")
	planted := "CREATE FUNCTION public.planted() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF current_user = '" + master + "' THEN " + script + "; END IF; RETURN NEW; END $$"
	d.must(migrator, planted+"; GRANT EXECUTE ON FUNCTION public.planted() TO PUBLIC; CREATE TRIGGER planted BEFORE INSERT ON public.log FOR EACH ROW EXECUTE FUNCTION public.planted()")
	as(postgres.Superuser, "ALTER EVENT TRIGGER audits ENABLE")
	d.refused(master, access.DatabaseRoles, refused)
	never()
	// With an extension's that is the master's it goes on, with a migration's it does not.
	as(postgres.Superuser, "ALTER EVENT TRIGGER audits DISABLE; CREATE EXTENSION citext; ALTER EXTENSION citext ADD FUNCTION public.audit(); CREATE OR REPLACE FUNCTION public.audit() RETURNS event_trigger LANGUAGE plpgsql AS $$ BEGIN END $$; ALTER EVENT TRIGGER audits ENABLE")
	d.warns()
	as(postgres.Superuser, "ALTER FUNCTION public.audit() OWNER TO backend_owner")
	d.must(migrator, "CREATE OR REPLACE FUNCTION public.audit() RETURNS event_trigger LANGUAGE plpgsql AS $$ BEGIN IF current_user = '"+master+"' THEN "+script+"; END IF; END $$")
	d.refused(master, access.DatabaseRoles, refused)
	never()
	// The superuser's are RDS's own.
	as(postgres.Superuser, "ALTER EXTENSION citext DROP FUNCTION public.audit(); CREATE OR REPLACE FUNCTION public.audit() RETURNS event_trigger LANGUAGE plpgsql AS $$ BEGIN END $$; ALTER FUNCTION public.audit() OWNER TO "+postgres.Superuser)
	d.warns()
}

// namesInUse: the two names that the script takes for a while, and what frees them.
func namesInUse(t *testing.T, d *database) {
	d.warns()
	d.must(master, "CREATE ROLE backend_maker")
	d.refused(master, access.DatabaseRoles, `role "backend_maker" already exists`)
	d.must(master, "DROP ROLE backend_maker")
	d.must(postgres.Superuser, "CREATE ROLE backend_before_3")
	d.refused(master, access.DatabaseRoles, "permission denied to drop objects")
	d.must(postgres.Superuser, "ALTER ROLE backend_before_3 RENAME TO stranger")
	d.warns()
}

// broughtAbout: nothing that a migration or the application can bring about is fatal.
func broughtAbout(t *testing.T, d *database) {
	d.must(master, access.DatabaseRoles)
	d.must(migrator, "CREATE TABLE documents (name text); CREATE SCHEMA reports; GRANT USAGE, CREATE ON SCHEMA reports TO backend, backend_migrator, backend_readonly")
	d.must(application, `CREATE TABLE reports.made (id int); CREATE TABLE reports.given (id int); GRANT INSERT ON reports.given TO backend_readonly; CREATE FUNCTION reports.unused() RETURNS int LANGUAGE sql AS 'SELECT 1';
		CREATE FUNCTION reports.add() RETURNS void LANGUAGE sql SECURITY DEFINER AS $$ INSERT INTO public.documents VALUES ('x') $$`)
	d.must(reader, "SET transaction_read_only = off; CREATE TABLE reports.read (id int); CREATE FUNCTION reports.reads() RETURNS int LANGUAGE sql AS 'SELECT 1'")
	d.must(migrator, "SET ROLE NONE; CREATE TABLE reports.astray (id int)")
	temporary, err := d.open(config.DatabaseName, application)
	if err != nil {
		t.Fatal(err)
	}
	defer temporary.Close()
	if _, err := temporary.Exec("CREATE TEMPORARY TABLE mine (id int); GRANT ALL ON mine TO PUBLIC"); err != nil {
		t.Fatal(err)
	}
	const warning = "a migration, or the application, has to take this back: backend_migrator owns reports.astray; backend_readonly may write through routine reports.add(); " +
		"backend_readonly may write through table reports.given; backend_readonly may write through table reports.read; backend_readonly owns reports.read; backend_readonly owns reports.reads()"
	if warnings := d.roles(); warnings != warning {
		t.Errorf("it warns of %q; want %q", warnings, warning)
	}
	d.must(application, "CREATE TABLE reports.later (id int)")
	d.refused(reader, "SET transaction_read_only = off; CREATE TABLE reports.later (id int)", denied)
	d.must(application, "REVOKE INSERT ON reports.given FROM backend_readonly")
	d.must(migrator, "DROP TABLE reports.read, reports.astray; DROP FUNCTION reports.reads(), reports.add()")
	d.warns()

	// The latest of what was set for a role decides.
	for _, database := range []string{"", " IN DATABASE " + config.DatabaseName} {
		d.must(migrator, "SET ROLE NONE; ALTER ROLE backend_migrator"+database+" SET role = none")
		d.warns("backend_migrator does not act as backend_owner")
		d.must(migrator, "SET ROLE NONE; ALTER ROLE backend_migrator SET role = backend_owner; ALTER ROLE backend_migrator IN DATABASE "+config.DatabaseName+" RESET role")
		d.warns()
	}
}

// passedOn: a right to write that another than the owner gave a reader goes too, and the
// application keeps its own.
func passedOn(t *testing.T, d *database) {
	d.must(master, access.DatabaseRoles)
	const all = "backend, backend_migrator, backend_readonly WITH GRANT OPTION"
	d.must(migrator, "CREATE SCHEMA reports; GRANT USAGE ON SCHEMA reports TO backend, backend_readonly, backend_migrator; GRANT CREATE ON SCHEMA reports TO "+all+`;
		CREATE TABLE reports.sums (name text); CREATE TABLE reports.columns (name text, other text); CREATE TABLE reports.triggered (name text); CREATE SEQUENCE reports.numbers;
		CREATE FUNCTION reports.add() RETURNS void LANGUAGE sql SECURITY DEFINER AS $$ INSERT INTO reports.sums VALUES ('x') $$;
		GRANT SELECT, INSERT ON reports.sums TO `+all+"; GRANT INSERT (name) ON reports.columns TO "+all+"; GRANT USAGE, UPDATE ON SEQUENCE reports.numbers TO "+all+"; GRANT EXECUTE ON FUNCTION reports.add() TO "+all+"; GRANT TRIGGER ON reports.triggered TO backend_readonly")
	// As parts of an extension they are the migrations' all the same.
	d.must(migrator, "CREATE EXTENSION citext; ALTER EXTENSION citext ADD TABLE reports.sums; ALTER EXTENSION citext ADD FUNCTION reports.add()")
	pass := "GRANT SELECT, INSERT ON reports.sums TO PUBLIC; GRANT INSERT (name) ON reports.columns TO PUBLIC; GRANT USAGE, UPDATE ON SEQUENCE reports.numbers TO PUBLIC; GRANT EXECUTE ON FUNCTION reports.add() TO PUBLIC; GRANT CREATE ON SCHEMA reports TO PUBLIC"
	d.must(application, pass)
	d.must(application, strings.ReplaceAll(pass, "PUBLIC", reader))
	d.must(migrator, "SET ROLE NONE; "+strings.ReplaceAll(pass, "PUBLIC", reader))
	d.must(reader, "SET transaction_read_only = off; "+pass)
	d.warns()
	for _, write := range []string{"INSERT INTO reports.sums VALUES ('a')", "INSERT INTO reports.columns (name) VALUES ('a')", "SELECT nextval('reports.numbers')", "SELECT setval('reports.numbers', 9)", "SELECT reports.add()", "CREATE TABLE reports.mine (id int)",
		"CREATE TRIGGER t BEFORE UPDATE ON reports.triggered FOR EACH ROW EXECUTE FUNCTION suppress_redundant_updates_trigger()"} {
		d.refused(reader, "SET transaction_read_only = off; "+write, denied)
		if !strings.Contains(write, "TRIGGER") {
			d.must(application, write)
		}
	}
	d.warns()
}

// atOnce: a second run waits for the first, and no session of the application's is in
// the way of either.
func atOnce(t *testing.T, d *database) {
	d.must(master, access.DatabaseRoles)
	open, err := d.open(config.DatabaseName, application)
	if err != nil {
		t.Fatal(err)
	}
	defer open.Close()
	if _, err := open.Exec("SELECT pg_advisory_lock(hashtext('paperwurks roles'))"); err != nil {
		t.Fatal(err)
	}
	ends := make(chan error)
	for range 4 {
		go func() { ends <- d.try(master, access.DatabaseRoles) }()
	}
	for range 4 {
		if err := <-ends; err != nil {
			t.Error(err)
		}
	}
}

// fromPostgreSQL15: what was granted before an upgrade the master may no longer grant.
func fromPostgreSQL15(t *testing.T, d *database) {
	d.must(postgres.Superuser, "CREATE ROLE backend_owner; CREATE ROLE backend_migrator LOGIN NOINHERIT; CREATE ROLE backend LOGIN; CREATE ROLE backend_readonly LOGIN")
	d.must(postgres.Superuser, "GRANT backend_owner TO backend_migrator, "+master+"; GRANT rds_iam TO backend_migrator, backend, backend_readonly; ALTER ROLE backend_migrator SET role = 'backend_owner'; ALTER ROLE backend_readonly SET default_transaction_read_only = on")
	d.must(master, access.DatabaseRoles)
	d.must(migrator, "CREATE TABLE documents (name text)")
	d.mayDo("documents")
	d.must(master, access.DatabaseRoles)
}

// plantedDatabase: a function or an operator of a migration's that would suit the
// master's calls better than PostgreSQL's is not called.
func plantedDatabase(t *testing.T, d *database) {
	d.must(master, access.DatabaseRoles)
	for _, planted := range []string{
		`CREATE FUNCTION public.format(text, name) RETURNS text LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'planted, as %', current_user; END $$`,
		`CREATE FUNCTION public.planted(oid, regrole) RETURNS boolean LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'planted, as %', current_user; END $$;
			CREATE OPERATOR public.= (LEFTARG = oid, RIGHTARG = regrole, FUNCTION = public.planted)`,
		`CREATE SCHEMA ` + master + `; CREATE FUNCTION ` + master + `.format(text, name) RETURNS text LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'planted, as %', current_user; END $$`,
	} {
		d.must(migrator, planted)
		d.must(master, "GRANT ALL ON ALL ROUTINES IN SCHEMA public TO PUBLIC")
		d.must(master, access.DatabaseRoles)
	}
}

// restrictedDatabase: what a migration keeps from the others stays kept, but for writing
// by readers; and it acts as the owner after a pool's reset too.
func restrictedDatabase(t *testing.T, d *database) {
	d.must(master, access.DatabaseRoles)
	d.must(migrator, "CREATE TABLE audit (name text, hidden text); REVOKE UPDATE, DELETE ON audit FROM backend; REVOKE SELECT ON audit FROM backend_readonly; GRANT SELECT (name) ON audit TO backend_readonly")
	d.must(migrator, "CREATE FUNCTION add() RETURNS void LANGUAGE sql SECURITY DEFINER AS $$ INSERT INTO audit (name) VALUES ('x') $$; GRANT EXECUTE ON FUNCTION add() TO backend_readonly")
	d.must(master, access.DatabaseRoles)
	d.must(application, "INSERT INTO audit (name) VALUES ('a')")
	d.refused(application, "DELETE FROM audit", denied)
	d.must(reader, "SELECT name FROM audit")
	d.refused(reader, "SELECT hidden FROM audit", denied)
	d.refused(reader, "SET transaction_read_only = off; SELECT add()", denied)

	session, err := d.open(config.DatabaseName, migrator)
	if err != nil {
		t.Fatal(err)
	}
	defer session.Close()
	for _, statement := range []string{"DISCARD ALL", "CREATE TABLE later (name text)"} {
		if _, err := session.Exec(statement); err != nil {
			t.Errorf("%s: %v", statement, err)
		}
	}
	d.mayDo("later")
	// What it resets of itself is said, and a migration sets it again.
	d.must(migrator, "SET ROLE NONE; ALTER ROLE backend_migrator RESET role")
	d.must(master, access.DatabaseRoles)
	d.refused(migrator, "CREATE TABLE public.mine (id int)", denied)
	d.must(migrator, "ALTER ROLE backend_migrator SET role = backend_owner")
	d.must(migrator, "CREATE TABLE mine (id int)")
}

// checkedDatabase: what was granted by hand is named, and nothing is changed.
func checkedDatabase(t *testing.T, d *database) {
	script := access.DatabaseRoles
	d.must(master, script)
	d.must(migrator, "CREATE TABLE documents (name text)")
	for _, test := range []struct{ do, undo, want string }{
		{"ALTER ROLE backend CREATEROLE", "ALTER ROLE backend NOCREATEROLE", "backend may more than a role of the application: CREATEROLE"},
		{"GRANT backend_migrator TO backend", "REVOKE backend_migrator FROM backend", "backend is a member of backend_migrator"},
		{"GRANT backend_owner TO backend_readonly", "REVOKE backend_owner FROM backend_readonly", "backend_readonly is a member of backend_owner"},
		{"GRANT backend_readonly TO " + master, "REVOKE backend_readonly FROM " + master, "paperwurks_admin is a member of backend_readonly and is asked for a token"},
		{"GRANT rds_iam TO backend_owner", "REVOKE rds_iam FROM backend_owner", "backend_owner is a member of rds_iam"},
		{"ALTER ROLE backend_owner LOGIN", "ALTER ROLE backend_owner NOLOGIN", "backend_owner may sign in"},
		{"GRANT pg_write_all_data TO backend_readonly", "REVOKE pg_write_all_data FROM backend_readonly", "backend_readonly may write through table public.documents"},
		{"GRANT CREATE ON SCHEMA public TO backend GRANTED BY " + postgres.Superuser, "REVOKE CREATE ON SCHEMA public FROM backend", ""},
		{"CREATE TABLE hidden (id int); ALTER TABLE hidden OWNER TO backend", "DROP TABLE hidden", "backend owns public.hidden"},
		{"CREATE TABLE astray (id int); ALTER TABLE astray OWNER TO backend_migrator", "DROP TABLE astray", "backend_migrator owns public.astray"},
		{"CREATE ROLE stranger; CREATE FUNCTION public.add() RETURNS int LANGUAGE sql SECURITY DEFINER AS 'SELECT 1'; ALTER FUNCTION public.add() OWNER TO stranger", "DROP FUNCTION public.add(); DROP ROLE stranger", "backend_readonly may write through routine public.add()"},
		{"CREATE FUNCTION public.mine() RETURNS int LANGUAGE sql AS 'SELECT 1'; ALTER FUNCTION public.mine() OWNER TO backend", "DROP FUNCTION public.mine()", "backend owns public.mine()"},
		{"CREATE SEQUENCE public.numbers; GRANT USAGE ON SEQUENCE public.numbers TO backend_readonly", "DROP SEQUENCE public.numbers", "backend_readonly may write through sequence public.numbers"},
		{"CREATE SCHEMA other; GRANT CREATE ON SCHEMA other TO PUBLIC", "DROP SCHEMA other", "backend_readonly may write through schema other"},
		{"CREATE SCHEMA other; CREATE TABLE other.t (id int); GRANT INSERT ON other.t TO backend_readonly", "DROP SCHEMA other CASCADE", "backend_readonly may write through table other.t"},
		{"REVOKE backend_owner FROM backend_migrator GRANTED BY " + master + "; GRANT backend_owner TO backend_migrator WITH INHERIT TRUE",
			"GRANT backend_owner TO backend_migrator WITH INHERIT FALSE", "backend_migrator may create in schema public"},
		{"GRANT CREATE ON DATABASE " + config.DatabaseName + " TO backend", "REVOKE CREATE ON DATABASE " + config.DatabaseName + " FROM backend", "backend may create schemas"},
	} {
		d.mustIn(config.DatabaseName, postgres.Superuser, test.do)
		if strings.HasPrefix(test.do, "ALTER ROLE") { // as the runbook says, the master cannot
			d.refused(master, "ALTER ROLE backend NOCREATEROLE", "permission denied to alter role")
		}
		if test.want == "" {
			d.must(master, script) // what the master may take back, the script does
			d.refused(application, "CREATE TABLE mine (id int)", denied)
		} else {
			d.refused(master, script, "the roles of the database are not as they should be, and nothing was changed")
			d.refused(master, script, test.want)
		}
		d.mustIn(config.DatabaseName, postgres.Superuser, test.undo)
		d.must(master, script)
	}
}
