with

events as (

    select * from {{ ref('int_events') }}

),

participants as (

    select * from {{ ref('int_participants') }}

),

speakers as (

    select * from {{ ref('stg_speakers') }}

),

people as (

    select * from {{ ref('int_experts') }}

),

policy_statements as (

    select * from {{ ref('int_policy_statements') }}

),

campaigns as (

    select * from {{ ref('int_campaigns') }}

),

all_wmd_activities as (

    select * from {{ ref('int_wmd_activities') }}

),

all_drawings as (

    select * from {{ ref('int_drawings') }}

),

social as (

    select * from {{ ref('stg_social') }}

),

all_videos as (

    select * from {{ ref('int_videos') }}

),

-- People come as one row an event: at millions of registrations no figure walks through them one by one.
people_of_events as (

    select
        event_id,
        count(*) as attendances,
        sum(case when gender = 'woman' then 1 else 0 end) as women,
        sum(case when gender in ('woman', 'man') then 1 else 0 end) as women_and_men,
        min(source_file) as source_file
    from participants
    group by event_id

),

event_people as (

    select
        people_of_events.*,
        events.start_date as held_on
    from people_of_events
    left join events
        on people_of_events.event_id = events.event_id

),

experts as (

    select
        speakers.event_id,
        speakers.person_key,
        people.gender,
        speakers.source_file,
        speakers.source_line
    from speakers
    inner join people
        on speakers.person_key = people.person_key

),

congress_leaders as (

    select
        experts.event_id,
        experts.person_key,
        experts.source_file,
        experts.source_line
    from experts
    inner join events
        on experts.event_id = events.event_id
    where events.is_congress

),

statements_of_year as (

    select *
    from policy_statements
    where is_of_year

),

campaigns_of_year as (

    select *
    from campaigns
    where is_of_year

),

wmd_activities as (

    select *
    from all_wmd_activities
    where is_of_year

),

drawings as (

    select *
    from all_drawings
    where is_of_year

),

last_readings as (

    select *
    from social
    where {{ in_year('read_on') }}
    qualify
        row_number() over (
            partition by lower(network)
            order by read_on desc, source_line desc
        ) = 1

),

videos as (

    select *
    from all_videos
    where is_of_year

),

final as (

    select
        {{ evidence(
            'participants', unit='event_id', date='held_on', amount='attendances', event='event_id', line='null'
        ) }}
    from event_people

    union all

    select
        {{ evidence(
            'participants_women_share', unit='event_id', date='held_on', amount='women', event='event_id', line='null'
        ) }}
    from event_people

    union all

    select
        {{ evidence(
            'participants_women_share',
            part='denominator', unit='event_id', date='held_on', amount='women_and_men', event='event_id', line='null'
        ) }}
    from event_people

    union all

    select {{ evidence('experts', unit='person_key', item=people(), event='event_id') }}
    from experts

    union all

    select {{ evidence('experts_women_share', unit='person_key', item=people(), event='event_id') }}
    from experts
    where gender = 'woman'

    union all

    select {{ evidence('experts_women_share', part='denominator', unit='person_key', item=people(), event='event_id') }}
    from experts
    where gender in ('woman', 'man')

    union all

    select {{ evidence('policy_statements', unit=each_row(), label='title', date='issued_on') }}
    from statements_of_year

    union all

    select {{ evidence('policy_statements_gender', unit=each_row(), label='title', date='issued_on') }}
    from statements_of_year
    where has_gender_perspective

    union all

    select {{ evidence('global_events', unit='event_id', label='title', date='start_date', event='event_id') }}
    from events
    where
        organiser_role = 'participated'
        and scope = 'global'

    union all

    select {{ evidence('campaigns', unit=each_row(), label='title', date='starts_on') }}
    from campaigns_of_year

    union all

    select {{ evidence('campaigns_gender', unit=each_row(), label='title', date='starts_on') }}
    from campaigns_of_year
    where has_gender_approach

    union all

    select
        {{ evidence(
            'wmd_activities',
            unit="concat(activity, '|', cast(held_on as " ~ dbt.type_string() ~ "))", label='activity', date='held_on'
        ) }}
    from wmd_activities

    union all

    select {{ evidence('wmd_organisations', unit='organiser', label='organiser') }}
    from wmd_activities

    union all

    select {{ evidence('drawings', unit='drawing_id', label='city_text', date='received_on', member='member_id') }}
    from drawings

    union all

    select {{ evidence('drawing_cities', unit='place_id', label='city_text', member='member_id') }}
    from drawings
    where place_id is not null

    union all

    select
        {{ evidence(
            'congress_sessions', unit='event_id', label='title', date='start_date', amount='sessions', event='event_id'
        ) }}
    from events
    where
        is_congress
        and sessions is not null

    union all

    select {{ evidence('congress_leaders', unit='person_key', item=people(), event='event_id') }}
    from congress_leaders

    union all

    select
        {{ evidence(
            'social_followers', unit='lower(network)', label='network', date='read_on', amount='followers'
        ) }}
    from last_readings

    union all

    select {{ evidence('videos', unit=each_row(), label='title', date='published_on') }}
    from videos

    union all

    select {{ evidence('videos_revitalisation', unit=each_row(), label='title', date='published_on') }}
    from videos
    where lower(project) = 'revitalisation through the urban project'

)

select * from final
