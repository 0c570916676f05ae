-- One row a member of 31 December, and one a member that an annex table has all the same.
with

members as (

    select
        member_id,
        name,
        is_new
    from members
    where is_member

),

activity as (

    select
        member_id,
        count(*) as rows,
        bool_or(is_new) as is_new,
        min(report_order) as report_order
    from annex_activity
    group by member_id

),

engagement as (

    select
        member_id,
        count(*) as rows,
        bool_or(is_new) as is_new,
        min(report_order) as report_order
    from annex_engagement
    group by member_id

),

final as (

    select
        coalesce(members.member_id, activity.member_id, engagement.member_id) as member_id,
        coalesce(members.name, '') as member,
        case when members.member_id is not null then 1 else 0 end as rows_expected,
        coalesce(activity.rows, 0) as rows_in_activity,
        coalesce(engagement.rows, 0) as rows_in_engagement,
        -- A member that one of them lacks is another question's.
        coalesce(members.is_new, activity.is_new, engagement.is_new) as is_new,
        coalesce(activity.is_new, members.is_new, engagement.is_new) as is_new_in_activity,
        coalesce(engagement.is_new, members.is_new, activity.is_new) as is_new_in_engagement,
        coalesce(activity.report_order, engagement.report_order) as order_in_activity,
        coalesce(engagement.report_order, activity.report_order) as order_in_engagement
    from members
    full outer join activity
        on members.member_id = activity.member_id
    full outer join engagement
        on coalesce(members.member_id, activity.member_id) = engagement.member_id

)

select * from final
order by member_id
