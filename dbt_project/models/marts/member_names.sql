with

names as (

    select * from {{ ref('int_member_names') }}

),

members as (

    select * from {{ ref('int_members') }}

),

final as (

    select
        -- ids
        names.member_id,

        -- text
        members.name as member,
        names.name_key,
        members.country_code
    from names
    inner join members on names.member_id = members.member_id

)

select * from final
