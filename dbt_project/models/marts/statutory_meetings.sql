with

events as (

    select * from {{ ref('events') }}

),

final as (

    select
        -- ids
        event_id,

        -- text
        title,
        kind,
        format,
        city,
        country_code,

        -- numerics
        members_attended,

        -- dates
        start_date,
        end_date
    from events
    where is_statutory

)

select * from final
