with

staff as (

    select * from {{ ref('int_staff') }}

),

-- A number behind a role tells its holders apart, and is left out.
posts as (

    select
        contract,
        regexp_replace({{ trimmed("role") }}, '[ ]*[0-9]+$', '') as role,
        gender
    from staff
    where is_in_post

),

sizes as (

    select
        contract,
        role,
        count(*) as staff
    from posts
    group by
        contract,
        role

),

-- Of a role that one or two people hold, the gender would be that of somebody.
shown as (

    select
        posts.contract,
        posts.role,
        case when sizes.staff < 3 then 'not_shown' else posts.gender end as gender
    from posts
    inner join sizes
        on
            posts.contract = sizes.contract
            and posts.role = sizes.role

),

final as (

    select
        contract,
        role,
        gender,
        count(*) as staff
    from shown
    group by
        contract,
        role,
        gender

)

select * from final
