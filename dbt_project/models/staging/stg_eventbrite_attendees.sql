with

source as (

    select * from {{ source('landing', 'eventbrite_attendees') }}

),

renamed as (

    select
        -- ids
        event_id,
        order_number,
        person_key,
        attendee_number,

        -- text
        ticket_type,
        attendee_status,
        gender,
        country_text,
        country_code,
        country_key,
        place_text,
        place_key,

        -- numerics
        quantity,

        -- dates
        registered_at,

        -- origin
        source_file,
        source_line
    from source

)

select * from renamed
