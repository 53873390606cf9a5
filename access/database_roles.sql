-- Makes the database's roles, and checks them. RDS's master user runs it before each
-- migration, in one transaction and however often: a new environment, a restored
-- database and one whose tables the master still owns end the same. Nothing else
-- signs in as the master.
--   backend_owner     owns what migrations make; nobody signs in as it
--   backend_migrator  the migration: acts as backend_owner
--   backend           the application: reads and writes rows
--   backend_readonly  people and reports: reads rows
BEGIN;
-- A function or an operator that a migration made is none of what the master calls.
SET LOCAL search_path = pg_catalog, pg_temp;
SET LOCAL lock_timeout = '3s'; -- a table that is in use for longer: run it again

-- An event trigger's function runs as the master, and so does what migrations put on the
-- tables that it writes. It fires at the first GRANT ON or ALTER, so this comes before.
DO $$
DECLARE found text;
BEGIN
  SELECT string_agg(format('%I runs %s', evtname, p.oid::regprocedure), ', ' ORDER BY evtname) INTO found
    FROM pg_event_trigger JOIN pg_proc p ON p.oid = evtfoid JOIN pg_roles r ON r.oid = proowner
    WHERE evtenabled <> 'D' AND NOT rolsuper
      AND (proowner <> CURRENT_USER::regrole OR NOT EXISTS (SELECT FROM pg_depend WHERE classid = 'pg_proc'::regclass AND objid = p.oid AND deptype = 'e'));
  IF found IS NOT NULL THEN
    RAISE EXCEPTION 'an event trigger runs code as the master; nothing was changed. The master drops or disables it (docs/operations.md, "The roles of the database are refused"): %', found;
  END IF;
END $$;

-- Since PostgreSQL 16 who makes a role is its member, and RDS asks a member of rds_iam,
-- however indirect, for a token and takes no password. So who makes those that sign in
-- is dropped: the master would lock itself out. A backend that the master made gets
-- another name, with which sessions that are open go on, and goes with the run after.
-- A second run waits here for the first: no role of the application's can lock this.
CREATE ROLE backend_maker CREATEROLE;
GRANT backend_maker TO CURRENT_USER;
DO $$
DECLARE
  renamed boolean := EXISTS (SELECT FROM pg_auth_members WHERE member = CURRENT_USER::regrole AND roleid = to_regrole('backend'));
  this_database oid := (SELECT oid FROM pg_database WHERE datname = current_database());
  name text;
  command text;
  lost text;
BEGIN
  IF to_regrole('backend_before_3') IS NOT NULL AND NOT EXISTS (SELECT FROM pg_stat_activity WHERE usename = 'backend_before_3') THEN
    SELECT string_agg(DISTINCT coalesce(datname, 'what all databases share'), ', ') INTO lost
      FROM pg_shdepend LEFT JOIN pg_database ON pg_database.oid = dbid
      WHERE refclassid = 'pg_authid'::regclass AND refobjid = to_regrole('backend_before_3') AND (deptype = 'o' OR dbid NOT IN (0, this_database));
    IF lost IS NULL THEN
      DROP OWNED BY backend_before_3;
      DROP ROLE backend_before_3;
    ELSE
      RAISE WARNING 'backend_before_3 stays, for it owns something, or has rights, in %: as the master there, REASSIGN OWNED BY backend_before_3 TO CURRENT_USER; DROP OWNED BY backend_before_3', lost;
    END IF;
  END IF;
  IF renamed THEN
    ALTER ROLE backend RENAME TO backend_before_3;
    REVOKE rds_iam FROM backend_before_3;
    GRANT backend_before_3 TO CURRENT_USER;
  END IF;
  IF to_regrole('backend_owner') IS NULL THEN
    CREATE ROLE backend_owner;
  END IF;
  SET LOCAL ROLE backend_maker;
  FOREACH name IN ARRAY ARRAY['backend_migrator', 'backend', 'backend_readonly'] LOOP
    IF to_regrole(name) IS NULL THEN
      EXECUTE format('CREATE ROLE %I LOGIN', name);
      IF name = 'backend_migrator' THEN
        ALTER ROLE backend_migrator NOINHERIT; -- as itself it may make nothing
        ALTER ROLE backend_migrator SET role = 'backend_owner'; -- from its first statement
      ELSIF name = 'backend_readonly' THEN
        ALTER ROLE backend_readonly SET default_transaction_read_only = on;
      END IF;
    END IF;
  END LOOP;
  RESET ROLE;
  GRANT rds_iam TO backend_migrator, backend, backend_readonly; -- sign in with a token only
  -- What was granted before an upgrade to PostgreSQL 16 the master may no longer grant.
  FOREACH name IN ARRAY ARRAY[CURRENT_USER, 'backend_migrator'] LOOP
    IF NOT EXISTS (SELECT FROM pg_auth_members m WHERE member = to_regrole(quote_ident(name)) AND roleid = 'backend_owner'::regrole AND to_jsonb(m)->>'set_option' IS DISTINCT FROM 'false') THEN
      EXECUTE format('GRANT backend_owner TO %I', name);
    END IF;
  END LOOP;
  -- In another database everybody may make large objects. RDS may own these two.
  FOR name IN SELECT datname FROM pg_database WHERE datname IN (current_database(), 'postgres', 'template1') AND pg_has_role(datdba, 'USAGE') LOOP
    EXECUTE format('REVOKE ALL ON DATABASE %I FROM PUBLIC', name);
  END LOOP;
  EXECUTE format('GRANT CREATE, TEMPORARY ON DATABASE %I TO backend_owner', current_database()); -- CREATE: schemas, trusted extensions
  EXECUTE format('GRANT CONNECT ON DATABASE %I TO backend_migrator, backend, backend_readonly', current_database());
  EXECUTE format('GRANT TEMPORARY ON DATABASE %I TO backend', current_database());
  IF renamed THEN -- nothing that the earlier backend had is lost in silence
    CREATE TEMPORARY VIEW rights AS
      SELECT format('%s%s ON %s', privilege_type, part, object) AS what, grantor, grantee, is_grantable FROM (
        SELECT CASE relkind WHEN 'S' THEN 'SEQUENCE ' ELSE 'TABLE ' END || oid::regclass, NULL, relacl FROM pg_class WHERE relpersistence <> 't'
        UNION ALL SELECT 'TABLE ' || attrelid::regclass, format(' (%I)', attname), attacl FROM pg_attribute
        UNION ALL SELECT 'SCHEMA ' || oid::regnamespace, NULL, nspacl FROM pg_namespace
        UNION ALL SELECT 'ROUTINE ' || oid::regprocedure, NULL, proacl FROM pg_proc
        UNION ALL SELECT 'DATABASE ' || quote_ident(datname), NULL, datacl FROM pg_database) AS granted(object, part, acl), aclexplode(acl) WHERE grantor <> grantee;
    FOR command IN
      WITH before AS (SELECT oid, rolconnlimit FROM pg_roles WHERE rolname = 'backend_before_3')
      SELECT format('GRANT %s TO backend%s', what, CASE WHEN is_grantable THEN ' WITH GRANT OPTION' END) FROM before, rights WHERE grantee = before.oid
      UNION ALL
      SELECT format('ALTER DEFAULT PRIVILEGES FOR ROLE backend_owner %s GRANT %s ON %s TO backend', 'IN SCHEMA ' || nullif(defaclnamespace, 0)::regnamespace, privilege_type,
          CASE defaclobjtype WHEN 'r' THEN 'TABLES' WHEN 'S' THEN 'SEQUENCES' WHEN 'f' THEN 'ROUTINES' WHEN 'T' THEN 'TYPES' WHEN 'n' THEN 'SCHEMAS' END)
        FROM before, pg_default_acl, aclexplode(defaclacl) WHERE grantee = before.oid AND defaclrole IN (CURRENT_USER::regrole, 'backend_owner'::regrole) AND defaclnamespace <> 'public'::regnamespace
      UNION ALL
      SELECT format('ALTER POLICY %I ON %s TO %s, backend', polname, polrelid::regclass, (SELECT string_agg(quote_ident(rolname), ', ') FROM pg_roles WHERE oid = ANY (polroles)))
        FROM before, pg_policy WHERE before.oid = ANY (polroles)
      UNION ALL
      SELECT format('SET LOCAL ROLE backend_maker; ALTER ROLE backend CONNECTION LIMIT %s; RESET ROLE', rolconnlimit) FROM before WHERE rolconnlimit <> -1
      UNION ALL
      -- FROM CURRENT, since the text of a search_path is a list already.
      SELECT format(CASE parameter[1] WHEN 'search_path'
          THEN 'SET LOCAL ROLE backend_maker; SELECT set_config(%2$L, %3$L, true); ALTER ROLE backend %1$s SET %2$I FROM CURRENT; SET LOCAL search_path = pg_catalog, pg_temp; RESET ROLE'
          ELSE 'SET LOCAL ROLE backend_maker; ALTER ROLE backend %1$s SET %2$I = %3$L; RESET ROLE' END, 'IN DATABASE ' || quote_ident(datname), parameter[1], parameter[2])
        FROM before JOIN pg_db_role_setting ON setrole = before.oid LEFT JOIN pg_database d ON d.oid = setdatabase, unnest(setconfig) s(setting), regexp_match(setting, '^([^=]*)=(.*)$') m(parameter)
    LOOP
      BEGIN
        EXECUTE command;
      EXCEPTION WHEN lock_not_available THEN
        RAISE;
      WHEN OTHERS THEN
        lost := concat_ws('; ', lost, format('%s (%s)', command, SQLERRM));
      END;
    END LOOP;
    SELECT nullif(concat_ws('; ', lost, string_agg(what, '; ')), '') INTO lost FROM (
      SELECT CASE deptype WHEN 'o' THEN 'it owns ' ELSE 'it may use ' END || pg_describe_object(classid, objid, objsubid) FROM pg_shdepend b
        WHERE refclassid = 'pg_authid'::regclass AND refobjid = to_regrole('backend_before_3') AND dbid IN (0, this_database)
          AND NOT (deptype = 'a' AND classid IN ('pg_class'::regclass, 'pg_namespace'::regclass, 'pg_proc'::regclass, 'pg_database'::regclass))
          AND NOT EXISTS (SELECT FROM pg_class WHERE oid = objid AND classid = 'pg_class'::regclass AND relpersistence = 't')
          AND NOT EXISTS (SELECT FROM pg_default_acl WHERE oid = objid AND classid = 'pg_default_acl'::regclass AND defaclrole IN (CURRENT_USER::regrole, 'backend_owner'::regrole))
          AND NOT EXISTS (SELECT FROM pg_shdepend a WHERE (a.dbid, a.classid, a.objid, a.objsubid, a.deptype, a.refobjid) = (b.dbid, b.classid, b.objid, b.objsubid, b.deptype, to_regrole('backend')))
      UNION ALL
      SELECT format('the master cannot GRANT %s', what) FROM rights b
        WHERE grantee = to_regrole('backend_before_3')
          AND NOT EXISTS (SELECT FROM rights a WHERE a.grantee = to_regrole('backend') AND a.what = b.what AND a.is_grantable >= b.is_grantable)
      UNION ALL
      SELECT 'it granted ' || what FROM rights WHERE grantor = to_regrole('backend_before_3')
      UNION ALL
      SELECT format('%s is its member', member::regrole) FROM pg_auth_members WHERE roleid = to_regrole('backend_before_3') AND member <> CURRENT_USER::regrole
      UNION ALL
      SELECT format('it is a member of %s', roleid::regrole) FROM pg_auth_members WHERE member = to_regrole('backend_before_3')
      LIMIT 20) found(what);
    IF lost IS NOT NULL THEN
      RAISE EXCEPTION 'backend, which the master made, is to be made again, and this would be lost; nothing was changed (docs/operations.md, "The roles of the database are refused"): %', lost;
    END IF;
    DROP VIEW rights;
  END IF;
END $$;
DROP ROLE backend_maker;
REVOKE ALL ON SCHEMA public FROM PUBLIC; -- in a database that was made before PostgreSQL 15 everybody may create there
REVOKE CREATE ON SCHEMA public FROM backend, backend_readonly;
GRANT USAGE, CREATE ON SCHEMA public TO backend_owner;
GRANT USAGE ON SCHEMA public TO backend, backend_readonly;

-- Where backend_readonly can write: by itself, or by a function that runs as its owner.
CREATE TEMPORARY VIEW reader_writes(kind, object, owner, rights) AS
  WITH extension AS (SELECT classid, objid FROM pg_depend WHERE deptype = 'e')
  SELECT CASE relkind WHEN 'S' THEN 'SEQUENCE' ELSE 'TABLE' END, oid::regclass::text, relowner, CASE relkind WHEN 'S' THEN 'USAGE, UPDATE' ELSE 'INSERT, UPDATE, DELETE, TRUNCATE, TRIGGER' END
    FROM pg_class
    WHERE relkind IN ('r', 'p', 'v', 'f', 'S') AND relpersistence <> 't' AND relnamespace NOT IN ('pg_catalog'::regnamespace, 'information_schema'::regnamespace)
      AND CASE relkind WHEN 'S' THEN has_sequence_privilege('backend_readonly', oid, 'USAGE, UPDATE')
        ELSE has_table_privilege('backend_readonly', oid, 'DELETE, TRUNCATE, TRIGGER') OR has_any_column_privilege('backend_readonly', oid, 'INSERT, UPDATE') END
      AND (relowner = to_regrole('backend_owner') OR ('pg_class'::regclass, oid) NOT IN (TABLE extension))
  UNION ALL
  SELECT 'ROUTINE', oid::regprocedure::text, proowner, 'ALL' FROM pg_proc
    WHERE prosecdef AND prorettype <> 'event_trigger'::regtype AND has_function_privilege('backend_readonly', oid, 'EXECUTE')
      AND (proowner = to_regrole('backend_owner') OR proowner <> 10 AND ('pg_proc'::regclass, oid) NOT IN (TABLE extension)) -- 10: who made the cluster
  UNION ALL
  SELECT 'SCHEMA', oid::regnamespace::text, nspowner, 'CREATE' FROM pg_namespace
    WHERE nspname <> 'public' AND nspname !~ '^pg_' AND has_schema_privilege('backend_readonly', oid, 'CREATE');

-- What the master made in earlier migrations goes to its owner, with the rights of new
-- things; what comes after is the default privileges' and the migration's to say.
DO $$
DECLARE command text;
BEGIN
  FOR command IN
    WITH ours AS (
      SELECT n.oid, n.nspname, n.nspowner FROM pg_namespace n
        WHERE n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
          AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_namespace'::regclass AND d.objid = n.oid AND d.deptype = 'e'))
    SELECT format('ALTER SCHEMA %I OWNER TO backend_owner', nspname) FROM ours WHERE nspowner = CURRENT_USER::regrole AND nspname <> 'public'
    UNION ALL
    SELECT format('ALTER TABLE %s OWNER TO backend_owner', c.oid::regclass) || CASE
        WHEN ours.nspname <> 'public' THEN ''
        WHEN c.relkind = 'S' THEN format('; REVOKE ALL ON SEQUENCE %1$s FROM PUBLIC, backend, backend_readonly; GRANT USAGE, SELECT ON SEQUENCE %1$s TO backend', c.oid::regclass)
        ELSE format('; REVOKE ALL ON TABLE %1$s FROM PUBLIC, backend, backend_readonly; GRANT SELECT, INSERT, UPDATE, DELETE ON TABLE %1$s TO backend; GRANT SELECT ON TABLE %1$s TO backend_readonly', c.oid::regclass) END
      FROM pg_class c JOIN ours ON ours.oid = c.relnamespace
      WHERE c.relowner = CURRENT_USER::regrole AND c.relkind IN ('r', 'p', 'v', 'm', 'f', 'S') AND c.relpersistence <> 't'
        AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND (d.deptype = 'e' OR c.relkind = 'S' AND d.deptype IN ('a', 'i')))
    UNION ALL
    -- That of a serial or identity column follows its table.
    SELECT format('GRANT USAGE, SELECT ON SEQUENCE %s TO backend', c.oid::regclass)
      FROM pg_class c
      WHERE c.relnamespace = 'public'::regnamespace AND c.relowner = CURRENT_USER::regrole AND c.relkind = 'S'
        AND EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype IN ('a', 'i'))
    UNION ALL
    SELECT format('ALTER ROUTINE %1$s OWNER TO backend_owner; REVOKE ALL ON ROUTINE %1$s FROM PUBLIC, backend_readonly; GRANT EXECUTE ON ROUTINE %1$s TO backend', p.oid::regprocedure)
      FROM pg_proc p JOIN ours ON ours.oid = p.pronamespace
      WHERE p.proowner = CURRENT_USER::regrole AND p.prorettype <> 'event_trigger'::regtype
        AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_proc'::regclass AND d.objid = p.oid AND d.deptype IN ('e', 'i'))
    UNION ALL
    SELECT format('ALTER %s %s OWNER TO backend_owner', replace(type, 'statistics object', 'statistics'), identity)
      FROM pg_shdepend s, pg_identify_object(classid, objid, 0)
      WHERE deptype = 'o' AND refclassid = 'pg_authid'::regclass AND refobjid = CURRENT_USER::regrole AND dbid = (SELECT oid FROM pg_database WHERE datname = current_database())
        AND type IN ('type', 'statistics object', 'collation', 'conversion', 'operator', 'text search configuration', 'text search dictionary')
        AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = s.classid AND d.objid = s.objid AND d.deptype IN ('e', 'i'))
  LOOP
    EXECUTE command;
  END LOOP;
  -- What a migration let readers write they may no longer, whoever passed it on.
  FOR command IN
    SELECT format('REVOKE GRANT OPTION FOR ALL ON %1$s %2$s FROM backend, backend_migrator, backend_readonly CASCADE; REVOKE %3$s ON %1$s %2$s FROM PUBLIC, backend_readonly', kind, object, rights)
      FROM pg_temp.reader_writes WHERE owner = 'backend_owner'::regrole
  LOOP
    EXECUTE command;
  END LOOP;
END $$;
ALTER DEFAULT PRIVILEGES FOR ROLE backend_owner IN SCHEMA public GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO backend;
ALTER DEFAULT PRIVILEGES FOR ROLE backend_owner IN SCHEMA public GRANT SELECT ON TABLES TO backend_readonly;
ALTER DEFAULT PRIVILEGES FOR ROLE backend_owner IN SCHEMA public GRANT USAGE, SELECT ON SEQUENCES TO backend;
ALTER DEFAULT PRIVILEGES FOR ROLE backend_owner REVOKE EXECUTE ON ROUTINES FROM PUBLIC;
ALTER DEFAULT PRIVILEGES FOR ROLE backend_owner IN SCHEMA public GRANT EXECUTE ON ROUTINES TO backend;

-- What somebody granted by hand is no reason to go on. What a migration or the
-- application can bring about, a migration has to repair: that is a warning.
DO $$
DECLARE
  faults text;
  warnings text;
BEGIN
  SELECT string_agg(fault, '; ' ORDER BY fault) FILTER (WHERE fatal), string_agg(fault, '; ' ORDER BY fault) FILTER (WHERE NOT fatal) INTO faults, warnings FROM (
    WITH ours AS (SELECT oid FROM pg_roles WHERE rolname IN ('backend', 'backend_readonly', 'backend_migrator'))
    SELECT format('%s may create in schema public', ours.oid::regrole), true FROM ours WHERE has_schema_privilege(ours.oid, 'public', 'CREATE')
    UNION ALL
    SELECT format('%s may create schemas', ours.oid::regrole), true FROM ours WHERE has_database_privilege(ours.oid, current_database(), 'CREATE')
    UNION ALL
    -- Where a migration lets the application create, what it makes is its own.
    SELECT format('%s owns %s', owner::regrole, object), namespace = 'public'::regnamespace FROM (
        SELECT relowner, relnamespace, oid::regclass::text FROM pg_class WHERE relkind IN ('r', 'p', 'v', 'm', 'f', 'S') AND relpersistence <> 't'
        UNION ALL
        SELECT proowner, pronamespace, oid::regprocedure::text FROM pg_proc) AS made(owner, namespace, object)
      WHERE owner IN (TABLE ours) AND (namespace = 'public'::regnamespace OR owner <> 'backend'::regrole)
    UNION ALL
    SELECT format('backend_readonly may write through %s %s', lower(kind), object), owner NOT IN (TABLE ours) FROM pg_temp.reader_writes
    UNION ALL
    SELECT format('%s is a member of %s', member::regrole, roleid::regrole), true FROM pg_auth_members
      WHERE (member IN (TABLE ours) OR member = 'backend_owner'::regrole)
        AND NOT (member <> 'backend_owner'::regrole AND roleid = 'rds_iam'::regrole OR member = 'backend_migrator'::regrole AND roleid = 'backend_owner'::regrole)
    UNION ALL
    SELECT format('%s is a member of %s and is asked for a token', member::regrole, roleid::regrole), true FROM pg_auth_members
      WHERE member = CURRENT_USER::regrole AND roleid IN (TABLE ours)
    UNION ALL
    SELECT format('%s may more than a role of the application: %s', rolname, attribute), true
      FROM pg_roles, LATERAL (VALUES ('SUPERUSER', rolsuper), ('CREATEROLE', rolcreaterole), ('CREATEDB', rolcreatedb), ('BYPASSRLS', rolbypassrls), ('REPLICATION', rolreplication)) a(attribute, has)
      WHERE rolname IN ('backend', 'backend_readonly', 'backend_migrator', 'backend_owner') AND has
    UNION ALL
    SELECT 'backend_owner may sign in', true FROM pg_roles WHERE rolname = 'backend_owner' AND rolcanlogin
  ) AS found(fault, fatal);
  IF faults IS NOT NULL THEN
    RAISE EXCEPTION 'the roles of the database are not as they should be, and nothing was changed (docs/operations.md, "The roles of the database are refused"): %', faults;
  END IF;
  IF warnings IS NOT NULL THEN
    RAISE WARNING 'a migration, or the application, has to take this back: %', warnings;
  END IF;
  -- A migration can reset this of itself, and set it again.
  IF (SELECT setting FROM pg_db_role_setting, unnest(setconfig) s(setting)
      WHERE setting LIKE 'role=%' AND setrole IN (0, 'backend_migrator'::regrole) AND setdatabase IN (0, (SELECT oid FROM pg_database WHERE datname = current_database()))
      ORDER BY setrole = 0, setdatabase = 0 LIMIT 1) IS DISTINCT FROM 'role=backend_owner' THEN
    RAISE WARNING 'backend_migrator does not act as backend_owner and may change nothing until it says ALTER ROLE backend_migrator SET role = backend_owner, and RESET role in what was set IN DATABASE';
  END IF;
END $$;
DROP VIEW pg_temp.reader_writes;
COMMIT;
