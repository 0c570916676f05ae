with

mentions as (

    select * from {{ ref('int_place_mentions') }}

),

resolution as (

    select * from {{ ref('int_place_resolution') }}

),

-- A member's name in another country is another city, as far as readers of the list are concerned.
final as (

    select
        mentions.source_file,
        mentions.place_text as text,
        mentions.country_text as country,
        mentions.mentions as rows,
        case
            when resolution.reason = 'ambiguous' then 'ambiguous'
            else 'not_a_member'
        end as reason,
        mentions.place_key,
        mentions.country_code
    from mentions
    inner join resolution
        on
            mentions.place_key = resolution.place_key
            and mentions.country_key = resolution.country_key
    where resolution.member_id is null

)

select * from final
