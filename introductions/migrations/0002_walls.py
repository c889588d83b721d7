"""The second wall: a business reads an introduction from the yes until it is taken back, and nothing else."""

from django.db import migrations

from core.policies import of_a_person, wall

PERMITTED = """
employer_id = (SELECT app_employer()) AND permitted_at IS NOT NULL AND withdrawn_at IS NULL AND state <> 'frozen'
"""
COUNCILS = "(SELECT app_councils())::bigint[]"
LEADS = f"responsible_id = ANY ({COUNCILS}) OR work_council_id = ANY ({COUNCILS})"
START = "EXISTS (SELECT FROM introduction i WHERE i.id = start.introduction_id)"
CHECK_IN = """
EXISTS (SELECT FROM start s WHERE s.id = check_in.start_id
        AND (check_in.side = 'employer' OR EXISTS (SELECT FROM young_person p WHERE p.id = s.person_id)))
"""
OWN = "person_id = (SELECT app_person()) AND said_by = 'young_person'"  # what others said is not theirs to read
NOTE = f"EXISTS (SELECT FROM concern c WHERE c.id = concern_note.concern_id AND ({LEADS}))"

WORDS_STAY = """
CREATE FUNCTION permission_words_stay() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'What somebody said yes or no to is never changed. Ask again.'
        USING ERRCODE = 'check_violation', CONSTRAINT = 'permission_words_stay';
END $$
"""
TRIGGER = """
CREATE TRIGGER permission_words_stay BEFORE UPDATE ON permission FOR EACH ROW
WHEN (NEW.words <> OLD.words OR (OLD.answer <> '' AND NEW.answer <> OLD.answer)
      OR NEW.introduction_id <> OLD.introduction_id OR NEW.person_id <> OLD.person_id)
EXECUTE FUNCTION permission_words_stay()
"""


class Migration(migrations.Migration):
    dependencies = [("accounts", "0005_walls_of_care"), ("introductions", "0001_initial")]
    operations = [
        wall("introduction", web=f"{of_a_person('introduction')} OR ({PERMITTED})"),
        wall("permission"),
        wall("start", web=START),
        wall("check_in", web=CHECK_IN),
        wall("readiness"),
        wall("concern", web=LEADS, own=OWN),
        wall("concern_note", web=NOTE),
        migrations.RunSQL(
            "REVOKE UPDATE, DELETE ON concern_note FROM fr_web", "GRANT UPDATE, DELETE ON concern_note TO fr_web"
        ),
        migrations.RunSQL([WORDS_STAY, TRIGGER], ["DROP TRIGGER permission_words_stay ON permission",
                                                  "DROP FUNCTION permission_words_stay()"]),
    ]  # fmt: skip
