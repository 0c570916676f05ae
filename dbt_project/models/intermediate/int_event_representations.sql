with

registrations as (

    select * from {{ ref('int_registrations') }}

),

resolution as (

    select * from {{ ref('int_place_resolution') }}

),

attendance as (

    select * from {{ ref('int_event_attendance') }}

),

-- A person represents every member that any of the rows names.
named as (

    select
        registrations.event_id,
        registrations.person_key,
        resolution.member_id,
        min({{ registration_row('registrations.platform', 'registrations.source_line') }}) as registration_row
    from registrations
    inner join resolution
        on
            registrations.place_key = resolution.place_key
            and registrations.country_key = resolution.country_key
    where
        registrations.is_registration
        and resolution.member_id is not null
    group by
        registrations.event_id,
        registrations.person_key,
        resolution.member_id

),

final as (

    select
        named.event_id,
        named.person_key,
        named.member_id,
        attendance.has_attended,
        {{ registration_file('named.event_id', 'named.registration_row') }} as source_file,
        {{ registration_line('named.registration_row') }} as source_line,
        named.registration_row
    from named
    inner join attendance
        on
            named.event_id = attendance.event_id
            and named.person_key = attendance.person_key

)

select * from final
