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
SELECT pg_advisory_xact_lock(hashtext('paperwurks roles'));

-- Since PostgreSQL 16 who makes a role is its member, and RDS asks a member of rds_iam,
-- however indirect, for a token and takes no password. So who makes those that sign in
-- is dropped: the master would lock itself out. A backend that the master made gets
-- another name, with which sessions that are open go on, and goes with the run after.
CREATE ROLE backend_maker CREATEROLE;
GRANT backend_maker TO CURRENT_USER;
DO $$
DECLARE name text;
BEGIN
  IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'backend_before_3') AND NOT EXISTS (SELECT FROM pg_stat_activity WHERE usename = 'backend_before_3') THEN
    GRANT backend_before_3 TO CURRENT_USER;
    REASSIGN OWNED BY backend_before_3 TO CURRENT_USER;
    DROP OWNED BY backend_before_3;
    DROP ROLE backend_before_3;
  END IF;
  IF EXISTS (SELECT FROM pg_auth_members WHERE member = CURRENT_USER::regrole AND roleid = to_regrole('backend')) THEN
    ALTER ROLE backend RENAME TO backend_before_3;
    REVOKE rds_iam FROM backend_before_3;
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
  EXECUTE format('REVOKE ALL ON DATABASE %I FROM PUBLIC', current_database());
  EXECUTE format('GRANT CREATE, TEMPORARY ON DATABASE %I TO backend_owner', current_database()); -- CREATE: schemas, trusted extensions
  EXECUTE format('GRANT CONNECT ON DATABASE %I TO backend_migrator, backend, backend_readonly', current_database());
  EXECUTE format('GRANT TEMPORARY ON DATABASE %I TO backend', current_database());
END $$;
DROP ROLE backend_maker;
REVOKE ALL ON SCHEMA public FROM PUBLIC; -- up to PostgreSQL 14 everybody may create there
REVOKE CREATE ON SCHEMA public FROM backend, backend_readonly;
GRANT USAGE, CREATE ON SCHEMA public TO backend_owner;
GRANT USAGE ON SCHEMA public TO backend, backend_readonly;

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
      WHERE p.proowner = CURRENT_USER::regrole
        AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_proc'::regclass AND d.objid = p.oid AND d.deptype IN ('e', 'i'))
    UNION ALL
    SELECT format('ALTER TYPE %s OWNER TO backend_owner', t.oid::regtype)
      FROM pg_type t JOIN ours ON ours.oid = t.typnamespace LEFT JOIN pg_class c ON c.oid = t.typrelid
      WHERE t.typowner = CURRENT_USER::regrole AND (t.typtype IN ('e', 'd', 'r') OR c.relkind = 'c')
        AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_type'::regclass AND d.objid = t.oid AND d.deptype = 'e')
  LOOP
    EXECUTE command;
  END LOOP;
  -- No reader writes, whatever a migration granted: by itself, or by a function that
  -- runs as its owner.
  FOR command IN
    SELECT format('REVOKE INSERT, UPDATE, DELETE, TRUNCATE ON TABLE %s FROM PUBLIC, backend_readonly', oid::regclass) FROM pg_class
      WHERE relowner = 'backend_owner'::regrole AND relkind IN ('r', 'p', 'v', 'f')
        AND (has_table_privilege('backend_readonly', oid, 'DELETE, TRUNCATE') OR has_any_column_privilege('backend_readonly', oid, 'INSERT, UPDATE'))
    UNION ALL
    SELECT format('REVOKE ALL ON ROUTINE %s FROM PUBLIC, backend_readonly', oid::regprocedure) FROM pg_proc
      WHERE proowner = 'backend_owner'::regrole AND prosecdef AND has_function_privilege('backend_readonly', oid, 'EXECUTE')
  LOOP
    EXECUTE command;
  END LOOP;
END $$;
ALTER DEFAULT PRIVILEGES FOR ROLE backend_owner IN SCHEMA public GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO backend;
ALTER DEFAULT PRIVILEGES FOR ROLE backend_owner IN SCHEMA public GRANT SELECT ON TABLES TO backend_readonly;
ALTER DEFAULT PRIVILEGES FOR ROLE backend_owner IN SCHEMA public GRANT USAGE, SELECT ON SEQUENCES TO backend;
ALTER DEFAULT PRIVILEGES FOR ROLE backend_owner REVOKE EXECUTE ON ROUTINES FROM PUBLIC;
ALTER DEFAULT PRIVILEGES FOR ROLE backend_owner IN SCHEMA public GRANT EXECUTE ON ROUTINES TO backend;

-- What somebody granted by hand is no reason to go on.
DO $$
DECLARE faults text;
BEGIN
  SELECT string_agg(fault, '; ' ORDER BY fault) INTO faults FROM (
    SELECT format('%s may create in schema public', r) FROM unnest(ARRAY['backend', 'backend_readonly', 'backend_migrator']) r WHERE has_schema_privilege(r, 'public', 'CREATE')
    UNION ALL
    SELECT format('%s may create schemas', r) FROM unnest(ARRAY['backend', 'backend_readonly', 'backend_migrator']) r WHERE has_database_privilege(r, current_database(), 'CREATE')
    UNION ALL
    SELECT format('%s owns %s', relowner::regrole, oid::regclass) FROM pg_class
      WHERE relowner IN ('backend'::regrole, 'backend_readonly'::regrole, 'backend_migrator'::regrole) AND relpersistence <> 't' AND relnamespace <> 'pg_toast'::regnamespace
    UNION ALL
    SELECT format('backend_readonly may write %s', oid::regclass) FROM pg_class c
      WHERE relkind IN ('r', 'p', 'v', 'f') AND relnamespace NOT IN ('pg_catalog'::regnamespace, 'information_schema'::regnamespace)
        AND (has_table_privilege('backend_readonly', oid, 'DELETE, TRUNCATE') OR has_any_column_privilege('backend_readonly', oid, 'INSERT, UPDATE'))
        AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e')
    UNION ALL
    SELECT format('%s is a member of %s', member::regrole, roleid::regrole) FROM pg_auth_members
      WHERE member IN ('backend'::regrole, 'backend_readonly'::regrole, 'backend_migrator'::regrole, 'backend_owner'::regrole)
        AND NOT (member <> 'backend_owner'::regrole AND roleid = 'rds_iam'::regrole OR member = 'backend_migrator'::regrole AND roleid = 'backend_owner'::regrole)
    UNION ALL
    SELECT format('%s is a member of %s and is asked for a token', member::regrole, roleid::regrole) FROM pg_auth_members
      WHERE member = CURRENT_USER::regrole AND roleid IN ('backend'::regrole, 'backend_readonly'::regrole, 'backend_migrator'::regrole)
    UNION ALL
    SELECT format('%s may more than a role of the application: %s', rolname, attribute)
      FROM pg_roles, LATERAL (VALUES ('SUPERUSER', rolsuper), ('CREATEROLE', rolcreaterole), ('CREATEDB', rolcreatedb), ('BYPASSRLS', rolbypassrls), ('REPLICATION', rolreplication)) a(attribute, has)
      WHERE rolname IN ('backend', 'backend_readonly', 'backend_migrator', 'backend_owner') AND has
    UNION ALL
    SELECT 'backend_owner may sign in' FROM pg_roles WHERE rolname = 'backend_owner' AND rolcanlogin
  ) AS found(fault);
  IF faults IS NOT NULL THEN
    RAISE EXCEPTION 'the roles of the database are not as they should be, and nothing was changed: %', faults;
  END IF;
  -- A migration can reset this of itself, and set it again.
  IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'backend_migrator' AND NOT 'role=backend_owner' = ANY (coalesce(rolconfig, '{}'))) THEN
    RAISE WARNING 'backend_migrator does not act as backend_owner and may change nothing until it says ALTER ROLE backend_migrator SET role = backend_owner';
  END IF;
END $$;
COMMIT;
