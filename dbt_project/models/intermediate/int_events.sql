with

programme as (

    select * from {{ ref('stg_programme') }}

),

kinds as (

    select
        *,
        kind in (
            'board_meeting', 'vice_presidencies_meeting', 'co_presidencies_meeting', 'planning_meeting'
        ) as is_statutory,
        kind = 'bilateral_meeting' as is_bilateral_meeting
    from programme

),

-- Every row of the programme is of the year, whatever its dates.
final as (

    select
        -- ids
        event_id,

        -- text
        title,
        kind,
        format,
        organiser_role,
        scope,
        action_line,
        platform,
        city,
        country_text,
        country_code,
        country_key,

        -- numerics
        sessions,

        -- booleans
        has_gender_perspective,
        is_statutory,
        is_bilateral_meeting,
        kind = 'board_meeting' as is_board_meeting,
        kind = 'congress' as is_congress,
        is_learning,
        organiser_role in ('led', 'co_led')
        and not is_statutory
        and not is_bilateral_meeting as is_metropolis_event,

        -- dates
        start_date,
        end_date,

        -- origin
        source_file,
        source_line
    from kinds

)

select * from final
