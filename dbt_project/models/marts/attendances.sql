{#- A view: with millions of rows a second copy in the same database would cost time and say nothing new. -#}
{{ config(materialized='view') }}

with

attendance as (

    select * from {{ ref('int_event_attendance') }}

),

events as (

    select * from {{ ref('int_events') }}

),

final as (

    select
        attendance.event_id,
        attendance.person_key,
        attendance.gender,
        attendance.has_attended,
        events.start_date,
        attendance.source_file,
        attendance.source_line
    from attendance
    inner join events on attendance.event_id = events.event_id

)

select * from final
