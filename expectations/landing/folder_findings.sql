-- One row: the findings that forbid a release, and what they say.
with

findings as (

    select
        severity,
        source_file,
        message
    from landing.findings

),

final as (

    select
        count(*) filter (where severity = 'refuse') as refusals,
        count(*) filter (where severity not in ('note', 'refuse')) as findings_of_unknown_weight,
        coalesce(
            string_agg(source_file || ': ' || message, '; ' order by source_file) filter (where severity <> 'note'),
            ''
        ) as messages
    from findings

)

select * from final
