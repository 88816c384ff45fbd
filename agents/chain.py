"""The chain of the audit trail: each row's link holds the digest of the link before, so that
nothing changes unseen.

A row's *fingerprint* says what the row says (:mod:`thaithuy_bhxh.fingerprints`); its *link* gives
it a place in one order and a digest over the link before, the row's key and the fingerprint.
Whoever changes, takes out, puts in or reorders rows would have to write every later link anew, and
the head of the chain is noted elsewhere.

The database itself links, in the transaction of the row. SQLite has one writer at a time, so its
trigger links each row as it comes. On PostgreSQL the order of the chain is that of the commits: a
statement's rows are queued and linked when everything else of the commit has been done, under a
lock that is held until the commit is over. Nothing waits for anything after that lock, so it can be
part of no deadlock. Why in two rounds: see decision 0014.
"""

from __future__ import annotations

from hashlib import sha256
from typing import Any

from django.db import transaction

QUEUE = "agents_auditqueue"
"""What PostgreSQL keeps beside the models: rows of a commit that wait for their links."""
_LOCK = "20261129, 1"
"""Key of the advisory lock that a commit holds while it links."""

_SQLITE = """
CREATE TRIGGER agents_auditentry_linked AFTER INSERT ON agents_auditentry FOR EACH ROW BEGIN
  INSERT INTO agents_auditlink (position, entry_id, digest)
  SELECT coalesce(max(position), 0) + 1, NEW.id, portal_linked(
    coalesce((SELECT digest FROM agents_auditlink ORDER BY position DESC LIMIT 1), ''),
    NEW.id, NEW.fingerprint)
  FROM agents_auditlink;
END
""".strip()

_POSTGRESQL = f"""
CREATE UNLOGGED TABLE IF NOT EXISTS {QUEUE} (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, first bigint NOT NULL, last bigint NOT NULL,
  settled boolean NOT NULL DEFAULT false
);

CREATE OR REPLACE FUNCTION portal_audit_queue() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = %(schema)s, pg_temp AS $$
BEGIN
  INSERT INTO {QUEUE} (first, last) SELECT min(id), max(id) FROM fresh HAVING count(*) > 0;
  RETURN NULL;
END $$;

CREATE OR REPLACE FUNCTION portal_audit_settle() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = %(schema)s, pg_temp AS $$
BEGIN
  UPDATE {QUEUE} SET settled = true WHERE id = NEW.id;
  RETURN NULL;
END $$;

CREATE OR REPLACE FUNCTION portal_audit_link() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = %(schema)s, pg_temp AS $$
DECLARE
  place bigint;
  head text;
  one record;
BEGIN
  PERFORM pg_advisory_xact_lock({_LOCK});
  SELECT position, digest INTO place, head FROM agents_auditlink ORDER BY position DESC LIMIT 1;
  place := coalesce(place, 0);
  head := coalesce(head, '');
  FOR one IN
    SELECT entry.id, entry.fingerprint FROM agents_auditentry entry
    LEFT JOIN agents_auditlink link ON link.entry_id = entry.id
    WHERE entry.id BETWEEN NEW.first AND NEW.last AND link.entry_id IS NULL ORDER BY entry.id
  LOOP
    place := place + 1;
    head := encode(
      sha256(convert_to(head || '|' || one.id || '|' || one.fingerprint, 'UTF8')), 'hex');
    INSERT INTO agents_auditlink (position, entry_id, digest) VALUES (place, one.id, head);
  END LOOP;
  DELETE FROM {QUEUE} WHERE id = NEW.id;
  RETURN NULL;
END $$;

DROP TRIGGER IF EXISTS agents_auditentry_queued ON agents_auditentry;
CREATE TRIGGER agents_auditentry_queued AFTER INSERT ON agents_auditentry
REFERENCING NEW TABLE AS fresh
FOR EACH STATEMENT EXECUTE FUNCTION portal_audit_queue();

DROP TRIGGER IF EXISTS {QUEUE}_settled ON {QUEUE};
CREATE CONSTRAINT TRIGGER {QUEUE}_settled AFTER INSERT ON {QUEUE} DEFERRABLE INITIALLY DEFERRED
FOR EACH ROW EXECUTE FUNCTION portal_audit_settle();

DROP TRIGGER IF EXISTS {QUEUE}_linked ON {QUEUE};
CREATE CONSTRAINT TRIGGER {QUEUE}_linked AFTER UPDATE ON {QUEUE} DEFERRABLE INITIALLY DEFERRED
FOR EACH ROW EXECUTE FUNCTION portal_audit_link();
""".strip()


def install(connection: Any) -> None:
    """Have the database link every audit row from now on; harmless when it does already."""
    if "agents_auditlink" not in connection.introspection.table_names() or is_installed(connection):
        return
    with transaction.atomic(using=connection.alias), connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("DROP TRIGGER IF EXISTS agents_auditentry_linked")
            cursor.execute(_SQLITE)
            return
        cursor.execute("SELECT quote_ident(current_schema())")
        (schema,) = cursor.fetchone()
        script = _POSTGRESQL.replace("%(schema)s", schema)
        cursor.execute(
            f"{script}; COMMENT ON TRIGGER agents_auditentry_queued ON agents_auditentry IS "
            f"'{_mark()}'"
        )


def remove(connection: Any) -> None:
    """Stop linking: for a restored copy, which brings its links, and for emptying."""
    if "agents_auditlink" not in connection.introspection.table_names():
        return
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("DROP TRIGGER IF EXISTS agents_auditentry_linked")
        else:
            cursor.execute("DROP TRIGGER IF EXISTS agents_auditentry_queued ON agents_auditentry")


def is_installed(connection: Any) -> bool:
    """Whether the triggers stand as they are written here."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("SELECT sql FROM sqlite_master WHERE name = 'agents_auditentry_linked'")
            return cursor.fetchone() == (_SQLITE,)
        cursor.execute(
            "SELECT array_agg(obj_description(oid, 'pg_trigger')) FROM pg_trigger"
            " WHERE tgname = ANY(%s) AND tgrelid IN (to_regclass('agents_auditentry'), "
            "to_regclass(%s))"
            " AND tgenabled <> 'D'",
            [["agents_auditentry_queued", f"{QUEUE}_settled", f"{QUEUE}_linked"], QUEUE],
        )
        (marks,) = cursor.fetchone()
        return len(marks or ()) == 3 and _mark() in marks


def _mark() -> str:
    return sha256(_POSTGRESQL.encode()).hexdigest()[:16]
