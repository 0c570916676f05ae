with

listed as (

    select * from {{ ref('country_regions') }}

),

members as (

    select * from {{ ref('int_members') }}

),

-- A country that the register puts in one region is in that one, wherever the seed has it.
by_register as (

    select
        country_code,
        min(region) as region
    from members
    where country_code is not null
    group by country_code
    having count(distinct region) = 1

),

final as (

    select
        coalesce(by_register.country_code, listed.country_code) as country_code,
        coalesce(by_register.region, listed.region) as region
    from listed
    full outer join by_register on listed.country_code = by_register.country_code

)

select * from final
