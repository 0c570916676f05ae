with

members as (

    select * from {{ ref('int_members') }}

),

further_names as (

    select * from {{ ref('stg_member_names') }}

),

-- Names of former members and of those that join later are names as well.
final as (

    select
        member_id,
        name_key
    from members

    union

    select
        member_id,
        name_key
    from further_names

)

select * from final
