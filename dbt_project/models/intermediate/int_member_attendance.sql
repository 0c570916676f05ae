{{ config(materialized='table') }}

with

representations as (

    select * from {{ ref('int_event_representations') }}

),

meetings as (

    select * from {{ ref('stg_meetings') }}

),

resolution as (

    select * from {{ ref('int_place_resolution') }}

),

by_registrations as (

    select
        event_id,
        member_id,
        count(*) as people,
        min(registration_row) as registration_row
    from representations
    where has_attended
    group by event_id, member_id

),

by_meetings as (

    select
        meetings.event_id,
        resolution.member_id,
        min(meetings.source_file) as source_file,
        min(meetings.source_line) as source_line
    from meetings
    inner join resolution
        on
            meetings.member_key = resolution.place_key
            and resolution.country_key = ''
    where resolution.member_id is not null
    group by meetings.event_id, resolution.member_id

),

final as (

    select
        event_id,
        member_id,
        'registrations' as evidence,
        people,
        {{ registration_file('event_id', 'registration_row') }} as source_file,
        {{ registration_line('registration_row') }} as source_line
    from by_registrations

    union all

    -- The register says that a member came, not with how many people.
    select
        event_id,
        member_id,
        'meetings' as evidence,
        1 as people,
        source_file,
        source_line
    from by_meetings

)

select * from final
