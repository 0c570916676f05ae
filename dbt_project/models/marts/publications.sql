with

publications as (

    select * from {{ ref('int_publications') }}

),

mentions as (

    select * from {{ ref('int_publication_mentions') }}

),

mentioned as (

    select
        source_file,
        source_line,
        count(*) as members_mentioned
    from mentions
    group by source_file, source_line

),

final as (

    select
        publications.title,
        publications.origin,
        publications.member_id,
        publications.published_on,
        publications.is_of_year,
        publications.has_gender_perspective,
        coalesce(mentioned.members_mentioned, 0) as members_mentioned,
        publications.source_file,
        publications.source_line
    from publications
    left join mentioned
        on
            publications.source_file = mentioned.source_file
            and publications.source_line = mentioned.source_line

)

select * from final
