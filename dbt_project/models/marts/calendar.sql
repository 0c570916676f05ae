with

events as (

    select * from {{ ref('int_events') }}

),

final as (

    select
        substr(cast(start_date as {{ dbt.type_string() }}), 1, 7) as month,
        event_id,
        title,
        start_date,
        end_date,
        kind,
        format,
        organiser_role,
        has_gender_perspective as gender_perspective,
        is_metropolis_event
    from events

)

select * from final
