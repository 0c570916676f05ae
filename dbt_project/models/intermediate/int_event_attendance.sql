{{ config(materialized='table') }}

with

registrations as (

    select * from {{ ref('int_registrations') }}

),

participants as (

    select * from {{ ref('stg_teams_participants') }}

),

-- A teams report has attendance only: no gender, and of all roles the attendees alone.
answers as (

    select
        event_id,
        person_key,
        has_attended,
        gender,
        {{ registration_row('platform', 'source_line') }} as registration_row
    from registrations
    where is_registration

    union all

    select
        event_id,
        person_key,
        true as has_attended,
        'undisclosed' as gender,
        {{ registration_row("'teams'", 'source_line') }} as registration_row
    from participants
    where role = 'attendee'

),

persons as (

    select
        event_id,
        person_key,
        bool_or(has_attended) as has_attended,
        bool_or(gender = 'woman') as says_woman,
        bool_or(gender = 'man') as says_man,
        bool_or(gender = 'non_binary') as says_non_binary,
        min(registration_row) as registration_row
    from answers
    group by event_id, person_key

),

final as (

    select
        event_id,
        person_key,
        has_attended,
        -- Two different answers cancel each other out.
        case
            when says_woman and not says_man and not says_non_binary then 'woman'
            when says_man and not says_woman and not says_non_binary then 'man'
            when says_non_binary and not says_woman and not says_man then 'non_binary'
            else 'undisclosed'
        end as gender,
        {{ registration_file('event_id', 'registration_row') }} as source_file,
        {{ registration_line('registration_row') }} as source_line
    from persons

)

select * from final
