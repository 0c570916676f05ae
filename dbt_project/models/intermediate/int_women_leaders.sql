with

leaders as (

    select * from {{ ref('stg_leaders') }}

),

members as (

    select * from {{ ref('int_members') }}

),

final as (

    select
        leaders.member_id,
        leaders.source_file,
        leaders.source_line
    from leaders
    inner join members
        on leaders.member_id = members.member_id
    where
        members.is_member
        and leaders.gender = 'woman'
        and {{ active_at_year_end('leaders.from_date', 'leaders.to_date') }}

)

select * from final
