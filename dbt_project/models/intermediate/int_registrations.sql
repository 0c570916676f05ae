with

zoom as (

    select
        source_file,
        source_line,
        event_id,
        'zoom' as platform,
        person_key,
        -- Who came without registering has none, and counts.
        coalesce(approval_status, 'approved') in ('approved', 'pending') as is_registration,
        attended = 'yes' as has_attended,
        gender,
        place_key,
        coalesce(country_key, '') as country_key
    from {{ ref('stg_zoom_attendees') }}

),

eventbrite as (

    select
        source_file,
        source_line,
        event_id,
        'eventbrite' as platform,
        person_key,
        attendee_status in ('checked in', 'attending') as is_registration,
        attendee_status = 'checked in' as has_attended,
        gender,
        place_key,
        coalesce(country_key, '') as country_key
    from {{ ref('stg_eventbrite_attendees') }}

),

-- Beside a teams file the form lands without an answer of its own on attendance.
form as (

    select
        source_file,
        source_line,
        event_id,
        'form' as platform,
        person_key,
        true as is_registration,
        has_attended,
        gender,
        place_key,
        coalesce(country_key, '') as country_key
    from {{ ref('stg_form_responses') }}

),

final as (

    select * from zoom
    union all
    select * from eventbrite
    union all
    select * from form

)

select * from final
