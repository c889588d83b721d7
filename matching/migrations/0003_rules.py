"""What PostgreSQL keeps of interests itself: the columns copied from the young person, and the doorbell columns.

The copies are made here because two writers meet: somebody corrects where a young person lives while somebody else
saves what they would like. In Python one of the two would win and the other be lost.
"""

from django.db import migrations

# An INSERT locks the person (FOR SHARE) and so waits for a correction under way. An UPDATE needs no lock: the
# correction's own trigger waits for it, or it waits for that trigger and then reads what was corrected.
DERIVE = (
    """
    CREATE FUNCTION interests_derive() RETURNS trigger LANGUAGE plpgsql AS $$
    DECLARE p young_person;
    BEGIN
        IF TG_OP = 'INSERT' THEN
            SELECT * INTO STRICT p FROM young_person WHERE id = NEW.person_id FOR SHARE;
        ELSE
            SELECT * INTO STRICT p FROM young_person WHERE id = NEW.person_id;
        END IF;
        NEW.born_on := (p.birth_month + INTERVAL '1 month - 1 day')::date;
        NEW.responsible_id := p.responsible_authority_id;
        NEW.living_id := p.living_authority_id;
        NEW.volunteering_only := p.right_to_work = 'volunteering';
        NEW.easting := NULL;
        NEW.northing := NULL;
        SELECT s.easting, s.northing INTO NEW.easting, NEW.northing FROM postcode_sector s
        WHERE s.code IN (p.living_sector, split_part(p.living_sector, ' ', 1)) ORDER BY length(s.code) DESC LIMIT 1;
        RETURN NEW;
    END $$
    """,
    "CREATE TRIGGER interests_derive BEFORE INSERT OR UPDATE ON interests"
    " FOR EACH ROW EXECUTE FUNCTION interests_derive()",
)
TOUCH = (
    """
    CREATE FUNCTION interests_touch() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF TG_TABLE_NAME = 'young_person' THEN
            UPDATE interests SET person_id = person_id WHERE person_id = NEW.id;
        ELSIF TG_OP = 'DELETE' THEN
            UPDATE interests SET person_id = person_id WHERE person_id = OLD.person_id;
        ELSE
            UPDATE interests SET person_id = person_id WHERE person_id = NEW.person_id;
        END IF;
        RETURN NULL;
    END $$
    """,
    """
    CREATE TRIGGER young_person_interests AFTER UPDATE ON young_person FOR EACH ROW
    WHEN ((OLD.living_sector, OLD.living_authority_id, OLD.responsible_authority_id, OLD.birth_month, OLD.right_to_work)
          IS DISTINCT FROM
          (NEW.living_sector, NEW.living_authority_id, NEW.responsible_authority_id, NEW.birth_month,
           NEW.right_to_work))
    EXECUTE FUNCTION interests_touch()
    """,
    # A match put aside leaves the list; a new adviser is to be told of what their predecessor never heard of.
    "CREATE TRIGGER match_action_interests AFTER INSERT OR UPDATE OR DELETE ON match_action"
    " FOR EACH ROW EXECUTE FUNCTION interests_touch()",
    "CREATE TRIGGER adviser_link_interests AFTER INSERT ON adviser_link"
    " FOR EACH ROW EXECUTE FUNCTION interests_touch()",
)
# The matcher brings the planner's statistics up to date after a large write (ANALYZE; a privilege since PostgreSQL 17,
# before it only housekeeping does so).
STATISTICS = (
    """
    DO $$ BEGIN
        IF current_setting('server_version_num')::int >= 170000 THEN
            GRANT MAINTAIN ON match, match_told, interests, opportunity, opportunity_search, young_person, adviser_link
            TO fr_worker;
        END IF;
    END $$
    """,
)
STATE = ("INSERT INTO match_state (id, watermark, runs, repaired_rows) VALUES (1, 0, 0, 0)",)


class Migration(migrations.Migration):
    dependencies = [("core", "0002_tables"), ("accounts", "0002_walls"), ("matching", "0002_walls")]
    operations = [
        migrations.RunSQL(list(group), migrations.RunSQL.noop) for group in (DERIVE, TOUCH, STATISTICS, STATE)
    ]
