-- One row a file: place texts that people typed in it, how many were resolved and how many not, and how many of
-- the distinct texts stand in both lists.
with

mentioned as (

    select
        source_file,
        sum(mentions) as mentions
    from int_place_mentions
    group by source_file

),

resolved as (

    select
        source_file,
        sum(rows) as mentions
    from resolved_places
    group by source_file

),

unresolved as (

    select
        source_file,
        sum(rows) as mentions
    from unresolved_places
    group by source_file

),

in_both as (

    select
        resolved_places.source_file,
        count(*) as texts
    from resolved_places
    inner join unresolved_places
        on
            resolved_places.source_file = unresolved_places.source_file
            and resolved_places.text = unresolved_places.text
            and coalesce(resolved_places.country, '') = coalesce(unresolved_places.country, '')
    group by resolved_places.source_file

),

files as (

    select source_file
    from landing.source_files

    union

    select source_file
    from mentioned

),

final as (

    select
        files.source_file,
        coalesce(mentioned.mentions, 0) as mentions,
        coalesce(resolved.mentions, 0) + coalesce(unresolved.mentions, 0) as mentions_listed,
        coalesce(in_both.texts, 0) as texts_in_both_lists
    from files
    left join mentioned
        on files.source_file = mentioned.source_file
    left join resolved
        on files.source_file = resolved.source_file
    left join unresolved
        on files.source_file = unresolved.source_file
    left join in_both
        on files.source_file = in_both.source_file

)

select * from final
order by source_file
