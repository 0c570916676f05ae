with

events as (

    select * from {{ ref('events') }}

),

countries as (

    select * from {{ ref('countries') }}

),

final as (

    select
        -- ids
        events.event_id,

        -- text
        events.title,
        events.kind,
        events.format,
        events.city,
        events.country_code,
        countries.country,

        -- numerics
        events.members_attended,

        -- dates
        events.start_date,
        events.end_date
    from events
    left join countries on events.country_code = countries.country_code
    where events.is_statutory

)

select * from final
