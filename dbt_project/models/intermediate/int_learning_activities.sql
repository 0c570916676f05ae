with

events as (

    select * from {{ ref('int_events') }}

),

attendance as (

    select * from {{ ref('int_member_attendance') }}

),

members as (

    select * from {{ ref('int_members') }}

),

attended as (

    select
        attendance.event_id,
        count(distinct attendance.member_id) as members
    from attendance
    inner join members on attendance.member_id = members.member_id
    where members.is_member
    group by attendance.event_id

),

final as (

    select
        events.event_id,
        attended.members,
        events.source_file,
        events.source_line
    from events
    inner join attended on events.event_id = attended.event_id
    where events.is_learning

)

select * from final
