"""The definition of a match (definition.py) once more, as one SQL statement: the best that a database does by itself.

Nothing runs on it. Tests hold it, the engine and the definition against each other to the last digit, and the bench
measures the engine beside it.
"""

from matching import weights as w

TODAY = "%(today)s::date"
LOCAL = "(NOT o.remote)"
# weight -> when it holds, with `square` and `reach` in square metres. A list, as the definition's.
HOLDS = {
    w.INTEREST: "i.categories & o.categories <> 0",
    w.OCCUPATION: "coalesce(o.occupation = ANY (i.occupations), false)",
    w.FIRST_KIND: "coalesce(i.first_kind = o.kind_bit, false)",
    w.VERY_NEAR: f"{LOCAL} AND square * 16 <= reach",
    w.NEAR: f"{LOCAL} AND square * 16 > reach AND square * 4 <= reach",
    w.REMOTE: "o.remote",
    w.RINGFENCED: "o.ringfenced",
    w.LIVING_WAGE: "o.pays_living_wage",
    w.LOCAL: "o.audience <> 'england'",
    w.READY: f"coalesce(o.starts_on - i.earliest_start <= {w.READY_DAYS}, false)",
    w.OPEN: "i.open_to_anything",
}
SCORE = " + ".join(f"CASE WHEN {holds} THEN {weight.points} ELSE 0 END" for weight, holds in HOLDS.items())
REASONS = " | ".join(f"CASE WHEN {holds} THEN {weight.flag} ELSE 0 END" for weight, holds in HOLDS.items())
NEAR = f"CASE WHEN o.remote THEN 0 ELSE {w.NEAR_POINTS} - {w.NEAR_POINTS} * square / reach END"
RULES = f"""
    o.live AND o.free AND (o.closes_on IS NULL OR o.closes_on >= {TODAY})
AND (o.audience = 'england'
     OR o.audience <> 'living' AND EXISTS (
         SELECT FROM partnership_councils p
         WHERE p.partnership_id = o.partnership_id AND p.council_id = i.responsible_id)
     OR o.audience <> 'responsible' AND EXISTS (
         SELECT FROM partnership_councils p JOIN council c ON p.council_id IN (c.id, c.county_id)
         WHERE p.partnership_id = o.partnership_id AND c.id = i.living_id))
AND i.born_on <= (coalesce(o.starts_on, {TODAY}) - make_interval(years => o.min_age))::date
AND (NOT i.volunteering_only OR %(freely_given)s & (1 << o.kind_bit) <> 0)
AND (i.kinds = 0 OR i.kinds & (1 << o.kind_bit) <> 0)
AND (i.open_to_anything OR i.categories = 0 OR i.categories & o.categories <> 0)
AND o.needs & ~i.has = 0
AND (i.hours = 0 OR o.hours = 0 OR i.hours & o.hours <> 0)
AND (i.earliest_start IS NULL OR o.starts_on IS NULL OR o.starts_on >= i.earliest_start)
AND (CASE WHEN o.remote THEN i.remote_ok ELSE coalesce(square <= reach, false) END)
AND NOT EXISTS (
    SELECT FROM match_action a WHERE a.person_id = i.person_id AND a.opportunity_id = o.opportunity_id
        AND a.state = 'not_now' AND a.version >= o.version)
"""
# {people}: the table or a copy of it; {near}: a condition that an index answers, or true; {chosen}: which of the pairs.
PAIRS = f"""
SELECT i.person_id, o.opportunity_id, ({SCORE} + {NEAR})::int AS score, ({REASONS})::int AS reasons,
       CASE WHEN o.remote THEN -1 ELSE floor(sqrt(square::float8))::int / 100 END AS distance_hm
FROM opportunity_search o JOIN {{people}} i ON {{near}}
CROSS JOIN LATERAL (
    SELECT coalesce((i.easting - o.easting)::bigint * (i.easting - o.easting)
                    + (i.northing - o.northing)::bigint * (i.northing - o.northing),
                    CASE WHEN o.remote THEN 0 END) AS square,
           i.radius_m::bigint * i.radius_m AS reach) apart
WHERE {{chosen}} AND {RULES}
"""


def pairs(chosen: str = "true", *, people: str = "interests", near: str = "true") -> str:
    """The statement for chosen pairs. Parameters: today, freely_given (a mask), and those of `chosen`."""
    return PAIRS.format(people=people, near=near, chosen=chosen)
