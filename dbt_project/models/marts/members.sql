with

members as (

    select * from {{ ref('int_members') }}

),

final as (

    select
        member_id,
        name,
        country_code,
        region,
        joined_on,
        left_on,
        is_board_member,
        is_member,
        is_new
    from members

)

select * from final
