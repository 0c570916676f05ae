with

members as (

    select * from {{ ref('int_members') }}

),

engagements as (

    select * from {{ ref('int_member_engagements') }}

),

fees as (

    select * from {{ ref('int_fee_status') }}

),

attendance as (

    select * from {{ ref('int_member_attendance') }}

),

events as (

    select * from {{ ref('int_events') }}

),

pilot_members as (

    select * from {{ ref('int_pilot_members') }}

),

benchmarked_members as (

    select * from {{ ref('int_benchmarked_members') }}

),

engaged as (

    select
        member_id,
        count(distinct event_id) filter (where engagement = 'board_meeting') as board_meetings,
        count(distinct event_id) filter (where engagement = 'bilateral_meeting') as bilateral_meetings,
        count(distinct event_id) filter (where engagement = 'learning_activity') as learning_activities,
        count(*) filter (where engagement = 'wmd_activity') as wmd_activities
    from engagements
    group by member_id

),

at_congress as (

    select distinct attendance.member_id
    from attendance
    inner join events on attendance.event_id = events.event_id
    where events.is_congress

),

pilots as (

    select
        member_id,
        bool_or(role = 'L') as leads,
        bool_or(role = 'P') as partners
    from pilot_members
    group by member_id

),

benchmarked as (

    select distinct member_id
    from benchmarked_members

),

final as (

    select
        cast(row_number() over (order by members.name_key, members.member_id) as bigint) as report_order,
        members.member_id,
        members.name as member,
        members.is_new,
        engaged.member_id is not null as activated,
        coalesce(fees.is_fee_paid, false) as fee_paid,
        coalesce(engaged.board_meetings, 0) > 0 as board,
        at_congress.member_id is not null as annual_meeting,
        coalesce(engaged.bilateral_meetings, 0) as bilateral,
        case
            when pilots.leads and pilots.partners then 'L&P'
            when pilots.leads then 'L'
            when pilots.partners then 'P'
            else ''
        end as pilot,
        benchmarked.member_id is not null as indicators,
        coalesce(engaged.learning_activities, 0) as capacity_building,
        coalesce(engaged.wmd_activities, 0) > 0 as wmd_organiser
    from members
    left join engaged on members.member_id = engaged.member_id
    left join fees on members.member_id = fees.member_id
    left join at_congress on members.member_id = at_congress.member_id
    left join pilots on members.member_id = pilots.member_id
    left join benchmarked on members.member_id = benchmarked.member_id
    where members.is_member

)

select * from final
