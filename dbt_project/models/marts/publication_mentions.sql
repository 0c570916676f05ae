with

publications as (

    select * from {{ ref('int_publications') }}

),

mentions as (

    select * from {{ ref('int_publication_mentions') }}

),

members as (

    select * from {{ ref('int_members') }}

),

final as (

    select
        -- ids
        mentions.member_id,

        -- text
        publications.title,
        members.name as member,

        -- booleans
        publications.has_gender_perspective,

        -- dates
        publications.published_on,

        -- origin
        publications.source_file,
        publications.source_line
    from publications
    inner join mentions
        on
            publications.source_file = mentions.source_file
            and publications.source_line = mentions.source_line
    inner join members
        on mentions.member_id = members.member_id

)

select * from final
