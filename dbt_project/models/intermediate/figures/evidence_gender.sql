with

all_members as (

    select * from {{ ref('int_members') }}

),

events as (

    select * from {{ ref('int_events') }}

),

places as (

    select * from {{ ref('int_place_resolution') }}

),

women_leaders as (

    select * from {{ ref('int_women_leaders') }}

),

engagement_rows as (

    select * from {{ ref('stg_gender_engagement') }}

),

seats as (

    select * from {{ ref('int_seats') }}

),

gender_actions as (

    select * from {{ ref('stg_gender_actions') }}

),

projects as (

    select * from {{ ref('stg_projects') }}

),

all_activities as (

    select * from {{ ref('stg_activities') }}

),

agreements as (

    select * from {{ ref('int_agreements') }}

),

partners as (

    select * from {{ ref('int_partners') }}

),

members as (

    select *
    from all_members
    where is_member

),

engaged_members as (

    select
        members.member_id,
        engagement_rows.source_file,
        engagement_rows.source_line
    from engagement_rows
    inner join places
        on
            engagement_rows.member_key = places.place_key
            and places.country_key = ''
    inner join members
        on places.member_id = members.member_id

),

actions_of_year as (

    select *
    from gender_actions
    where {{ in_year('done_on') }}

),

activities as (

    select *
    from all_activities
    where {{ in_year('held_on') }}

),

final as (

    select {{ evidence('members_governed_by_women_share', unit='member_id', member='member_id') }}
    from women_leaders

    union all

    select {{ evidence('members_governed_by_women_share', part='denominator', unit='member_id', member='member_id') }}
    from members

    union all

    select {{ evidence('members_gender_engaged_share', unit='member_id', member='member_id') }}
    from engaged_members

    union all

    select {{ evidence('members_gender_engaged_share', part='denominator', unit='member_id', member='member_id') }}
    from members

    union all

    select {{ evidence('metropolis_events', unit='event_id', label='title', date='start_date', event='event_id') }}
    from events
    where is_metropolis_event

    union all

    select
        {{ evidence(
            'metropolis_events_gender', unit='event_id', label='title', date='start_date', event='event_id'
        ) }}
    from events
    where
        is_metropolis_event
        and has_gender_perspective

    union all

    select {{ evidence('governance_women_share', unit=each_row(), label=seat_name(), date='from_date') }}
    from seats
    where
        body <> 'regional_secretariat'
        and gender = 'woman'

    union all

    select
        {{ evidence(
            'governance_women_share', part='denominator', unit=each_row(), label=seat_name(), date='from_date'
        ) }}
    from seats
    where
        body <> 'regional_secretariat'
        and gender <> 'undisclosed'

    union all

    select {{ evidence('regional_secretaries_women', unit=each_row(), label=seat_name(), date='from_date') }}
    from seats
    where
        body = 'regional_secretariat'
        and gender = 'woman'

    union all

    select {{ evidence('gender_research', unit=each_row(), label='action', date='done_on') }}
    from actions_of_year
    where kind = 'research'

    union all

    select {{ evidence('ec_projects_gender', unit=each_row(), label='action', date='done_on') }}
    from actions_of_year
    where kind = 'ec_project'

    union all

    select {{ evidence('gender_learning_programmes', unit=each_row(), label='action', date='done_on') }}
    from actions_of_year
    where kind = 'learning_programme'

    union all

    select {{ evidence('projects_gender_coordination', unit='project_code', label='name') }}
    from projects
    where has_gender_coordination

    union all

    select {{ evidence('activities_gender_share', unit=each_row(), label='title', date='held_on') }}
    from activities
    where has_gender_approach

    union all

    select {{ evidence('activities_gender_share', part='denominator', unit=each_row(), label='title', date='held_on') }}
    from activities

    union all

    select {{ evidence('gender_trainings', unit=each_row(), label='action', date='done_on') }}
    from actions_of_year
    where kind = 'training'

    union all

    -- Tools are a stock: those of all years up to this one.
    select {{ evidence('gender_tools', unit=each_row(), label='action', date='done_on') }}
    from gender_actions
    where
        kind = 'tool'
        and done_on <= {{ year_end() }}

    union all

    select {{ evidence('agreements_gender_clause', unit=each_row(), label='counterparty', date='signed_on') }}
    from agreements
    where
        has_gender_clause
        and is_in_force

    union all

    select {{ evidence('gender_alliances', unit=each_row(), label='partner', date='active_from') }}
    from partners
    where
        is_gender_alliance
        and is_active

)

select * from final
