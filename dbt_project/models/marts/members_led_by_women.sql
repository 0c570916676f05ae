with

leaders as (

    select * from {{ ref('int_women_leaders') }}

),

countries as (

    select * from {{ ref('countries') }}

),

members as (

    select * from {{ ref('int_members') }}

),

-- A member counts once, however many leaders it has.
final as (

    select distinct
        members.member_id,
        members.name as member,
        members.country_code,
        countries.country,
        members.region
    from leaders
    inner join members
        on leaders.member_id = members.member_id
    left join countries
        on members.country_code = countries.country_code

)

select * from final
