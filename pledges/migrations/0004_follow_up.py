import uuid

import django.db.models.deletion
import django.db.models.expressions
from django.conf import settings
from django.db import migrations, models

import core.clock


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0002_walls"),
        ("pledges", "0003_rules"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Answer",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "said",
                    models.CharField(
                        choices=[
                            ("on-track", "On track"),
                            ("help", "I need help"),
                            ("later", "Later"),
                            ("cannot", "I can't now"),
                            ("spoke", "We spoke"),
                        ],
                        max_length=8,
                    ),
                ),
                ("until", models.DateField(null=True)),
                ("words", models.CharField(blank=True, default="", max_length=300)),
                ("made_at", models.DateTimeField(db_default=core.clock.FrNow())),
            ],
            options={
                "db_table": "answer",
            },
        ),
        migrations.CreateModel(
            name="Ask",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("number", models.CharField(max_length=6, unique=True)),
                ("quantity", models.SmallIntegerField()),
                (
                    "needed_for",
                    models.CharField(choices=[("start", "A start"), ("interview", "An interview")], max_length=9),
                ),
                ("hand_over_at", models.CharField(max_length=120)),
                ("needed_by", models.DateField()),
                (
                    "state",
                    models.CharField(
                        choices=[("asked", "Asked"), ("handed_over", "Handed over"), ("cancelled", "No longer needed")],
                        default="asked",
                        max_length=11,
                    ),
                ),
                ("handed_over_on", models.DateField(null=True)),
                ("told_month", models.DateField(null=True)),
                ("made_at", models.DateTimeField(db_default=core.clock.FrNow())),
            ],
            options={
                "db_table": "ask",
            },
        ),
        migrations.CreateModel(
            name="CadenceStep",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.SlugField(max_length=20)),
                ("day", models.SmallIntegerField()),
                (
                    "counted_from",
                    models.CharField(
                        choices=[
                            ("pledge", "The day of the pledge"),
                            ("promise", "The first day of the promised month"),
                        ],
                        default="pledge",
                        max_length=8,
                    ),
                ),
                (
                    "who",
                    models.CharField(
                        choices=[("giver", "The giver"), ("owner", "The owner"), ("system", "First Rung")], max_length=8
                    ),
                ),
                ("what", models.CharField(max_length=200)),
                ("valid_from", models.DateField()),
                ("valid_to", models.DateField(null=True)),
                ("source", models.CharField(max_length=200)),
            ],
            options={
                "db_table": "cadence_step",
            },
        ),
        migrations.CreateModel(
            name="CallTask",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                (
                    "why",
                    models.CharField(
                        choices=[
                            ("no-answer", "They have not answered yet"),
                            ("first-word", "Nobody has spoken to them yet"),
                            ("senior", "Ask somebody more senior there"),
                            ("help", "They asked for help"),
                            ("write", "They asked us to write it"),
                            ("ring-me", "They asked to be rung"),
                            ("later", "They asked to be rung again now"),
                            ("promise", "The promised month is near"),
                            ("silence", "They agreed that the simple version may be published"),
                            ("no-reminders", "They asked for no reminders"),
                            ("offer-again", "It closed and nobody has started"),
                        ],
                        max_length=12,
                    ),
                ),
                ("due_on", models.DateField()),
                (
                    "state",
                    models.CharField(
                        choices=[("open", "To do"), ("done", "Done"), ("dropped", "No longer needed")],
                        default="open",
                        max_length=7,
                    ),
                ),
                (
                    "outcome",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("spoke", "We spoke: it is on track"),
                            ("help", "We spoke: they need help"),
                            ("later", "We spoke: later"),
                            ("cannot", "They can't now"),
                            ("not-reached", "I did not reach them"),
                        ],
                        default="",
                        max_length=11,
                    ),
                ),
                ("note", models.CharField(blank=True, default="", max_length=300)),
                ("done_at", models.DateTimeField(null=True)),
                ("made_at", models.DateTimeField(db_default=core.clock.FrNow())),
            ],
            options={
                "db_table": "call_task",
            },
        ),
        migrations.CreateModel(
            name="EmployerSite",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("name", models.CharField(blank=True, default="", max_length=80)),
                ("postcode", models.CharField(max_length=8)),
                ("town", models.CharField(blank=True, default="", max_length=60)),
                ("approved_on", models.DateField(null=True)),
                ("made_at", models.DateTimeField(db_default=core.clock.FrNow())),
            ],
            options={
                "db_table": "employer_site",
            },
        ),
        migrations.CreateModel(
            name="EventScore",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("day", models.SmallIntegerField()),
                ("counted_on", models.DateField()),
                ("pledged", models.IntegerField()),
                ("open", models.IntegerField()),
                ("waiting_council", models.IntegerField()),
                ("waiting_business", models.IntegerField()),
                ("waiting_training", models.IntegerField()),
                ("kept", models.IntegerField()),
                ("ended", models.IntegerField()),
            ],
            options={
                "db_table": "event_score",
            },
        ),
        migrations.CreateModel(
            name="FollowUp",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("step", models.CharField(max_length=20)),
                ("counted_from", models.DateField()),
                ("due_on", models.DateField()),
                ("done_on", models.DateField()),
            ],
            options={
                "db_table": "follow_up",
            },
        ),
        migrations.CreateModel(
            name="Invitation",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("business", models.CharField(max_length=120)),
                ("name_key", models.CharField(max_length=120)),
                ("email", models.EmailField(blank=True, default="", max_length=254)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("invited", "Invited"),
                            ("coming", "Coming"),
                            ("not_coming", "Not coming"),
                            ("came", "Came"),
                        ],
                        default="invited",
                        max_length=10,
                    ),
                ),
                ("made_at", models.DateTimeField(db_default=core.clock.FrNow())),
            ],
            options={
                "db_table": "invitation",
            },
        ),
        migrations.CreateModel(
            name="Nudge",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("sent_on", models.DateField()),
                ("made_at", models.DateTimeField(db_default=core.clock.FrNow())),
            ],
            options={
                "db_table": "nudge",
            },
        ),
        migrations.CreateModel(
            name="RiskyPhrase",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.SlugField(max_length=30, unique=True)),
                ("pattern", models.CharField(max_length=200)),
                ("why", models.CharField(max_length=200)),
                ("valid_from", models.DateField()),
                ("valid_to", models.DateField(null=True)),
                ("source", models.CharField(max_length=200)),
            ],
            options={
                "db_table": "risky_phrase",
            },
        ),
        migrations.RemoveConstraint(
            model_name="employer",
            name="employer_state_known",
        ),
        migrations.AddField(
            model_name="employer",
            name="charity_number",
            field=models.CharField(blank=True, default="", max_length=10),
        ),
        migrations.AddField(
            model_name="employer",
            name="company_number",
            field=models.CharField(blank=True, default="", max_length=8),
        ),
        migrations.AddField(
            model_name="employer",
            name="merged_into",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.RESTRICT,
                related_name="merged",
                to="pledges.employer",
            ),
        ),
        migrations.AddField(
            model_name="employercontact",
            name="approved_by",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.RESTRICT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="employercontact",
            name="approved_on",
            field=models.DateField(null=True),
        ),
        # Rows that are there get an id each: a default of Django's would give all of them the same.
        migrations.SeparateDatabaseAndState(
            database_operations=[
                migrations.RunSQL(
                    "ALTER TABLE employer_contact ADD COLUMN public_id uuid NOT NULL DEFAULT gen_random_uuid() UNIQUE",
                    "ALTER TABLE employer_contact DROP COLUMN public_id",
                ),
                migrations.RunSQL(
                    "ALTER TABLE employer_contact ALTER COLUMN public_id DROP DEFAULT", migrations.RunSQL.noop
                ),
            ],
            state_operations=[
                migrations.AddField(
                    model_name="employercontact",
                    name="public_id",
                    field=models.UUIDField(default=uuid.uuid4, editable=False, unique=True),
                ),
            ],
        ),
        migrations.AddField(
            model_name="employercontact",
            name="reminders",
            field=models.BooleanField(default=True),
        ),
        migrations.AddField(
            model_name="event",
            name="speakers",
            field=models.CharField(blank=True, default="", max_length=200),
        ),
        migrations.AddField(
            model_name="event",
            name="sponsor",
            field=models.CharField(blank=True, default="", max_length=100),
        ),
        migrations.AddField(
            model_name="event",
            name="text_to",
            field=models.CharField(blank=True, default="", max_length=20),
        ),
        migrations.AddField(
            model_name="pledge",
            name="available_until",
            field=models.DateField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="pledge",
            name="colleague",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.RESTRICT, related_name="+", to="pledges.employercontact"
            ),
        ),
        migrations.AddField(
            model_name="pledge",
            name="followed_from",
            field=models.DateField(null=True),
        ),
        migrations.AddField(
            model_name="pledge",
            name="held_back",
            field=models.CharField(
                blank=True,
                choices=[
                    ("", "Not held back"),
                    ("many_at_event", "Very many pledges for one event"),
                    ("many_from_one", "Very many pledges from one person"),
                ],
                default="",
                max_length=13,
            ),
        ),
        migrations.AddField(
            model_name="pledge",
            name="phrases",
            field=models.JSONField(default=list),
        ),
        migrations.AddField(
            model_name="pledge",
            name="phrases_seen_by",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.RESTRICT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="pledge",
            name="places_held",
            field=models.SmallIntegerField(default=0),
        ),
        migrations.AddField(
            model_name="pledge",
            name="places_live",
            field=models.SmallIntegerField(default=0),
        ),
        migrations.AddField(
            model_name="pledge",
            name="places_started",
            field=models.SmallIntegerField(default=0),
        ),
        migrations.AddField(
            model_name="pledge",
            name="show_business",
            field=models.BooleanField(default=False),
        ),
        migrations.AddField(
            model_name="toclearup",
            name="partnership",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.RESTRICT, related_name="+", to="accounts.partnership"
            ),
        ),
        migrations.AlterField(
            model_name="employer",
            name="state",
            field=models.CharField(
                choices=[
                    ("unchecked", "Not checked yet"),
                    ("called_back", "Called back"),
                    ("checked", "Checked"),
                    ("stopped", "Stopped"),
                    ("merged", "Joined to another"),
                ],
                default="unchecked",
                max_length=12,
            ),
        ),
        migrations.AlterField(
            model_name="pledge",
            name="source",
            field=models.CharField(
                choices=[
                    ("form", "Pledge form"),
                    ("sheet", "Sheet"),
                    ("desk", "Typed in by an officer"),
                    ("phone", "Told by phone"),
                    ("contract", "Part of a contract"),
                    ("forward", "Forwarded by an officer"),
                ],
                max_length=8,
            ),
        ),
        migrations.AlterField(
            model_name="toclearup",
            name="source",
            field=models.CharField(
                choices=[
                    ("form", "Pledge form"),
                    ("sheet", "Sheet"),
                    ("desk", "Typed in by an officer"),
                    ("phone", "Told by phone"),
                    ("contract", "Part of a contract"),
                    ("forward", "Forwarded by an officer"),
                ],
                max_length=8,
            ),
        ),
        migrations.AddIndex(
            model_name="employer",
            index=models.Index(
                condition=models.Q(("company_number", ""), _negated=True),
                fields=["company_number"],
                name="employer_company",
            ),
        ),
        migrations.AddIndex(
            model_name="pledge",
            index=models.Index(fields=["contact", "made_at"], name="pledge_contact_made"),
        ),
        migrations.AddConstraint(
            model_name="employer",
            constraint=models.CheckConstraint(
                condition=models.Q(("state__in", ["unchecked", "called_back", "checked", "stopped", "merged"])),
                name="employer_state_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="employer",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("merged_into__isnull", False), ("state", "merged")),
                    models.Q(models.Q(("state", "merged"), _negated=True), ("merged_into__isnull", True)),
                    _connector="OR",
                ),
                name="employer_merged_into_one",
            ),
        ),
        migrations.AddConstraint(
            model_name="employer",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("company_number", ""), ("company_number__regex", "^([A-Z]{2}[0-9]{6}|[0-9]{8})$"), _connector="OR"
                ),
                name="employer_company_number",
                violation_error_message="A company number has 8 figures, or 2 letters and 6 figures, like 01234567.",
            ),
        ),
        migrations.AddConstraint(
            model_name="employer",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("charity_number", ""), ("charity_number__regex", "^[0-9]{6,7}(-[0-9]{1,2})?$"), _connector="OR"
                ),
                name="employer_charity_number",
                violation_error_message="A charity number has 6 or 7 figures, like 1234567.",
            ),
        ),
        migrations.AddConstraint(
            model_name="employercontact",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("approved_by__isnull", True), ("approved_on__isnull", True)),
                    models.Q(("approved_by__isnull", False), ("approved_on__isnull", False)),
                    _connector="OR",
                ),
                name="employer_contact_approved_by_somebody",
            ),
        ),
        migrations.AddConstraint(
            model_name="pledge",
            constraint=models.CheckConstraint(
                condition=models.Q(("places_held__gte", 0), ("places_live__gte", 0), ("places_started__gte", 0)),
                name="pledge_ledger_not_negative",
                violation_error_message="There are not so many places to give back.",
            ),
        ),
        migrations.AddConstraint(
            model_name="pledge",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "places__gte",
                        django.db.models.expressions.CombinedExpression(
                            django.db.models.expressions.CombinedExpression(
                                models.F("places_live"), "+", models.F("places_held")
                            ),
                            "+",
                            models.F("places_started"),
                        ),
                    )
                ),
                name="pledge_ledger_within_the_promise",
                violation_error_message="More is open or taken than was promised. Change the opportunities first.",
            ),
        ),
        migrations.AddField(
            model_name="answer",
            name="pledge",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.RESTRICT, related_name="answers", to="pledges.pledge"
            ),
        ),
        migrations.AddField(
            model_name="answer",
            name="typed_by",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.RESTRICT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="ask",
            name="asked_by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.RESTRICT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="ask",
            name="council",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.RESTRICT, related_name="+", to="accounts.council"
            ),
        ),
        migrations.AddField(
            model_name="ask",
            name="pledge",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.RESTRICT, related_name="asks", to="pledges.pledge"
            ),
        ),
        migrations.AddConstraint(
            model_name="cadencestep",
            constraint=models.UniqueConstraint(fields=("code", "valid_from"), name="cadence_step_once"),
        ),
        migrations.AddField(
            model_name="calltask",
            name="done_by",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.RESTRICT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="calltask",
            name="owner",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.RESTRICT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="calltask",
            name="pledge",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.RESTRICT, related_name="calls", to="pledges.pledge"
            ),
        ),
        migrations.AddField(
            model_name="employersite",
            name="approved_by",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.RESTRICT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="employersite",
            name="employer",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.RESTRICT, related_name="sites", to="pledges.employer"
            ),
        ),
        migrations.AddField(
            model_name="eventscore",
            name="event",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.RESTRICT, related_name="scores", to="pledges.event"
            ),
        ),
        migrations.AddField(
            model_name="followup",
            name="call",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.RESTRICT, related_name="steps", to="pledges.calltask"
            ),
        ),
        migrations.AddField(
            model_name="followup",
            name="pledge",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.RESTRICT, related_name="follow_ups", to="pledges.pledge"
            ),
        ),
        migrations.AddField(
            model_name="invitation",
            name="event",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.RESTRICT, related_name="invitations", to="pledges.event"
            ),
        ),
        migrations.AddField(
            model_name="nudge",
            name="contact",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.RESTRICT, related_name="nudges", to="pledges.employercontact"
            ),
        ),
        migrations.AddField(
            model_name="nudge",
            name="employer",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.RESTRICT, related_name="nudges", to="pledges.employer"
            ),
        ),
        migrations.AddField(
            model_name="followup",
            name="nudge",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.RESTRICT, related_name="steps", to="pledges.nudge"
            ),
        ),
        migrations.AddIndex(
            model_name="answer",
            index=models.Index(fields=["pledge", "id"], name="answer_pledge"),
        ),
        migrations.AddConstraint(
            model_name="answer",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("said", "later"), _negated=True), ("until__isnull", False), _connector="OR"
                ),
                name="answer_later_says_when",
                violation_error_message="Choose a month.",
            ),
        ),
        migrations.AddConstraint(
            model_name="answer",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("said", "spoke"), _negated=True), ("typed_by__isnull", False), _connector="OR"
                ),
                name="answer_spoke_to_somebody",
            ),
        ),
        migrations.AddIndex(
            model_name="ask",
            index=models.Index(fields=["pledge", "id"], name="ask_pledge"),
        ),
        migrations.AddConstraint(
            model_name="ask",
            constraint=models.CheckConstraint(
                condition=models.Q(("quantity__gte", 1)),
                name="ask_of_at_least_one",
                violation_error_message="Enter how many, from 1.",
            ),
        ),
        migrations.AddConstraint(
            model_name="ask",
            constraint=models.CheckConstraint(
                condition=models.Q(("number__regex", "^[BCDFGHJKMNPQRTVWXY]{6}$")), name="ask_number_readable"
            ),
        ),
        migrations.AddConstraint(
            model_name="ask",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("handed_over_on__isnull", False), ("state", "handed_over")),
                    models.Q(models.Q(("state", "handed_over"), _negated=True), ("handed_over_on__isnull", True)),
                    _connector="OR",
                ),
                name="ask_handed_over_on_a_day",
            ),
        ),
        migrations.AddConstraint(
            model_name="ask",
            constraint=models.CheckConstraint(
                condition=models.Q(("state__in", ["asked", "handed_over", "cancelled"])), name="ask_state_known"
            ),
        ),
        migrations.AddIndex(
            model_name="calltask",
            index=models.Index(condition=models.Q(("state", "open")), fields=["due_on"], name="call_task_due"),
        ),
        migrations.AddConstraint(
            model_name="calltask",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state", "open")), fields=("pledge", "why"), name="call_task_open_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="calltask",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state", "done"), _negated=True),
                    models.Q(
                        models.Q(("outcome", ""), _negated=True), ("done_at__isnull", False), ("done_by__isnull", False)
                    ),
                    _connector="OR",
                ),
                name="call_task_done_by_somebody",
                violation_error_message="Say how the call went.",
            ),
        ),
        migrations.AddIndex(
            model_name="employersite",
            index=models.Index(fields=["postcode"], name="employer_site_postcode"),
        ),
        migrations.AddConstraint(
            model_name="employersite",
            constraint=models.UniqueConstraint(
                fields=("employer", "postcode"),
                name="employer_site_once",
                violation_error_message="This site is on the record already.",
            ),
        ),
        migrations.AddConstraint(
            model_name="employersite",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("approved_by__isnull", True), ("approved_on__isnull", True)),
                    models.Q(("approved_by__isnull", False), ("approved_on__isnull", False)),
                    _connector="OR",
                ),
                name="employer_site_approved_by_somebody",
            ),
        ),
        migrations.AddConstraint(
            model_name="eventscore",
            constraint=models.UniqueConstraint(fields=("event", "day"), name="event_score_once"),
        ),
        migrations.AddConstraint(
            model_name="eventscore",
            constraint=models.CheckConstraint(
                condition=models.Q(("day__in", [30, 90, 365])), name="event_score_day_known"
            ),
        ),
        migrations.AddConstraint(
            model_name="eventscore",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "pledged",
                        django.db.models.expressions.CombinedExpression(
                            django.db.models.expressions.CombinedExpression(
                                django.db.models.expressions.CombinedExpression(
                                    django.db.models.expressions.CombinedExpression(
                                        django.db.models.expressions.CombinedExpression(
                                            models.F("open"), "+", models.F("waiting_council")
                                        ),
                                        "+",
                                        models.F("waiting_business"),
                                    ),
                                    "+",
                                    models.F("waiting_training"),
                                ),
                                "+",
                                models.F("kept"),
                            ),
                            "+",
                            models.F("ended"),
                        ),
                    )
                ),
                name="event_score_adds_up",
            ),
        ),
        migrations.AddConstraint(
            model_name="invitation",
            constraint=models.UniqueConstraint(
                fields=("event", "name_key"),
                name="invitation_once",
                violation_error_message="This business is on the list already.",
            ),
        ),
        migrations.AddConstraint(
            model_name="invitation",
            constraint=models.CheckConstraint(
                condition=models.Q(("state__in", ["invited", "coming", "not_coming", "came"])),
                name="invitation_state_known",
            ),
        ),
        migrations.AddIndex(
            model_name="nudge",
            index=models.Index(fields=["employer", "sent_on"], name="nudge_employer"),
        ),
        migrations.AddConstraint(
            model_name="followup",
            constraint=models.UniqueConstraint(fields=("pledge", "step", "counted_from"), name="follow_up_once"),
        ),
        migrations.AddConstraint(
            model_name="followup",
            constraint=models.CheckConstraint(
                condition=models.Q(("done_on__gte", models.F("due_on"))), name="follow_up_not_early"
            ),
        ),
    ]
