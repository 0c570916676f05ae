{{ config(materialized='table') }}

with

mentions as (

    select * from {{ ref('int_place_mentions') }}

),

printed_activity as (

    select * from {{ ref('stg_published_annex_activity') }}

),

printed_engagement as (

    select * from {{ ref('stg_published_annex_engagement') }}

),

members as (

    select * from {{ ref('int_members') }}

),

names as (

    select * from {{ ref('int_member_names') }}

),

pairs as (

    select
        place_key,
        country_key
    from mentions

    union

    select
        member_key as place_key,
        '' as country_key
    from printed_activity
    where member_key is not null

    union

    select
        member_key as place_key,
        '' as country_key
    from printed_engagement
    where member_key is not null

),

owners as (

    select
        name_key,
        count(distinct member_id) as members,
        min(member_id) as member_id
    from names
    group by name_key

),

-- A name must be one member's alone before the country is looked at.
judged as (

    select
        pairs.place_key,
        pairs.country_key,
        owners.member_id,
        case
            when owners.name_key is null then 'not_a_member'
            when owners.members > 1 then 'ambiguous'
            when pairs.country_key in ('', members.country_code) then 'resolved'
            else 'country_disagrees'
        end as reason
    from pairs
    left join owners on pairs.place_key = owners.name_key
    left join members on owners.member_id = members.member_id

),

final as (

    select
        place_key,
        country_key,
        case when reason = 'resolved' then member_id end as member_id,
        reason
    from judged

)

select * from final
