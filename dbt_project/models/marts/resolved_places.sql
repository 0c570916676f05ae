with

mentions as (

    select * from {{ ref('int_place_mentions') }}

),

resolution as (

    select * from {{ ref('int_place_resolution') }}

),

members as (

    select * from {{ ref('int_members') }}

),

final as (

    select
        mentions.source_file,
        mentions.place_text as text,
        mentions.country_text as country,
        members.name as member,
        members.member_id,
        mentions.mentions as rows
    from mentions
    inner join resolution
        on
            mentions.place_key = resolution.place_key
            and mentions.country_key = resolution.country_key
    inner join members on resolution.member_id = members.member_id

)

select * from final
