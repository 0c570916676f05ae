with

events as (

    select * from {{ ref('int_events') }}

),

countries as (

    select * from {{ ref('countries') }}

),

attendance as (

    select * from {{ ref('int_event_attendance') }}

),

member_attendance as (

    select * from {{ ref('int_member_attendance') }}

),

people as (

    select
        event_id,
        count(*) as people_registered,
        count(*) filter (where has_attended) as people_attended
    from attendance
    group by event_id

),

represented as (

    select
        event_id,
        count(distinct member_id) as members_attended
    from member_attendance
    group by event_id

),

final as (

    select
        -- ids
        events.event_id,

        -- text
        events.title,
        events.kind,
        events.format,
        events.organiser_role,
        events.scope,
        events.action_line,
        events.platform,
        events.city,
        events.country_code,
        countries.country,

        -- numerics
        events.sessions,
        coalesce(people.people_registered, 0) as people_registered,
        coalesce(people.people_attended, 0) as people_attended,
        coalesce(represented.members_attended, 0) as members_attended,

        -- booleans
        events.has_gender_perspective,
        events.is_metropolis_event,
        events.is_learning,
        events.is_statutory,

        -- dates
        events.start_date,
        events.end_date
    from events
    left join countries on events.country_code = countries.country_code
    left join people on events.event_id = people.event_id
    left join represented on events.event_id = represented.event_id

)

select * from final
