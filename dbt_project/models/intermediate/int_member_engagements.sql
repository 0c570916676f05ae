{{ config(materialized='table') }}

with

members as (

    select * from {{ ref('int_members') }}

),

events as (

    select * from {{ ref('int_events') }}

),

attendance as (

    select * from {{ ref('int_member_attendance') }}

),

learning_activities as (

    select * from {{ ref('int_learning_activities') }}

),

pilots as (

    select * from {{ ref('int_pilot_members') }}

),

practices as (

    select * from {{ ref('int_practices') }}

),

initiatives as (

    select * from {{ ref('int_initiatives') }}

),

wmd_activities as (

    select * from {{ ref('int_wmd_activities') }}

),

at_events as (

    select
        attendance.member_id,
        attendance.event_id,
        attendance.evidence,
        attendance.source_file,
        attendance.source_line,
        events.is_metropolis_event,
        events.is_board_meeting,
        events.is_bilateral_meeting
    from attendance
    inner join events on attendance.event_id = events.event_id

),

engagements as (

    select
        member_id,
        'metropolis_event' as engagement,
        event_id,
        source_file,
        source_line
    from at_events
    where is_metropolis_event

    union all

    select
        attendance.member_id,
        'learning_activity' as engagement,
        attendance.event_id,
        attendance.source_file,
        attendance.source_line
    from attendance
    inner join learning_activities on attendance.event_id = learning_activities.event_id

    union all

    -- Board and bilateral meetings are known by the register of meetings alone.
    select
        member_id,
        'board_meeting' as engagement,
        event_id,
        source_file,
        source_line
    from at_events
    where is_board_meeting and evidence = 'meetings'

    union all

    select
        member_id,
        'bilateral_meeting' as engagement,
        event_id,
        source_file,
        source_line
    from at_events
    where is_bilateral_meeting and evidence = 'meetings'

    union all

    select
        member_id,
        'pilot' as engagement,
        null as event_id,
        source_file,
        source_line
    from pilots

    union all

    select
        member_id,
        'use_case' as engagement,
        null as event_id,
        source_file,
        source_line
    from practices
    where is_of_year

    union all

    select
        member_id,
        'c4gh_initiative' as engagement,
        null as event_id,
        source_file,
        source_line
    from initiatives
    where is_of_year

    union all

    select
        member_id,
        'wmd_activity' as engagement,
        null as event_id,
        source_file,
        source_line
    from wmd_activities
    where is_of_year

),

final as (

    select
        engagements.member_id,
        engagements.engagement,
        engagements.event_id,
        engagements.source_file,
        engagements.source_line
    from engagements
    inner join members on engagements.member_id = members.member_id
    where members.is_member

)

select * from final
