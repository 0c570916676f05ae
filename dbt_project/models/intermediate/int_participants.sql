with

attendances as (

    select * from {{ ref('int_event_attendance') }}

),

events as (

    select * from {{ ref('int_events') }}

),

final as (

    select
        attendances.event_id,
        attendances.person_key,
        attendances.gender,
        attendances.source_file,
        attendances.source_line
    from attendances
    inner join events
        on attendances.event_id = events.event_id
    where
        events.is_metropolis_event
        and attendances.has_attended

)

select * from final
