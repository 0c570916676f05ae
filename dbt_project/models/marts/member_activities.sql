with

members as (

    select * from {{ ref('int_members') }}

),

engagements as (

    select * from {{ ref('int_member_engagements') }}

),

attendance as (

    select * from {{ ref('int_member_attendance') }}

),

events as (

    select * from {{ ref('int_events') }}

),

fee_entries as (

    select * from {{ ref('int_fee_entries') }}

),

pilot_members as (

    select * from {{ ref('int_pilot_members') }}

),

benchmarked_members as (

    select * from {{ ref('int_benchmarked_members') }}

),

news_mentions as (

    select * from {{ ref('int_news_mentions') }}

),

publications as (

    select * from {{ ref('int_publications') }}

),

publication_mentions as (

    select * from {{ ref('int_publication_mentions') }}

),

practices as (

    select * from {{ ref('int_practices') }}

),

initiatives as (

    select * from {{ ref('int_initiatives') }}

),

wmd_activities as (

    select * from {{ ref('int_wmd_activities') }}

),

-- Every event is in the first list; what an annex column counts is in a list of that column too.
events_by_topic as (

    select
        member_id,
        'events' as topic,
        event_id,
        source_file,
        source_line
    from attendance

    union all

    select
        attendance.member_id,
        'annual_meeting' as topic,
        attendance.event_id,
        attendance.source_file,
        attendance.source_line
    from attendance
    inner join events on attendance.event_id = events.event_id
    where events.is_congress

    union all

    select
        member_id,
        case engagement
            when 'board_meeting' then 'board'
            when 'bilateral_meeting' then 'bilateral'
            when 'learning_activity' then 'capacity_building'
        end as topic,
        event_id,
        source_file,
        source_line
    from engagements
    where engagement in ('board_meeting', 'bilateral_meeting', 'learning_activity')

),

mentioned as (

    select
        publication_mentions.member_id,
        publications.title,
        publications.published_on,
        publications.source_file,
        publications.source_line
    from publication_mentions
    inner join publications
        on
            publication_mentions.source_file = publications.source_file
            and publication_mentions.source_line = publications.source_line

),

activities as (

    select
        events_by_topic.member_id,
        events_by_topic.topic,
        events_by_topic.event_id as activity_key,
        events_by_topic.event_id,
        events.title as label,
        events.kind as detail,
        cast(null as {{ dbt.type_string() }}) as url,
        events.start_date as dated_on,
        cast(null as decimal(18, 2)) as amount_eur,
        events_by_topic.source_file,
        events_by_topic.source_line
    from events_by_topic
    inner join events on events_by_topic.event_id = events.event_id

    union all

    select
        member_id,
        'fee_paid' as topic,
        cast(entry_no as {{ dbt.type_string() }}) as activity_key,
        null as event_id,
        cast(entry_no as {{ dbt.type_string() }}) as label,
        type as detail,
        null as url,
        posting_date as dated_on,
        amount_eur,
        source_file,
        source_line
    from fee_entries

    union all

    select
        member_id,
        'pilot' as topic,
        pilot || '/' || role as activity_key,
        null as event_id,
        pilot as label,
        role as detail,
        null as url,
        null as dated_on,
        null as amount_eur,
        source_file,
        source_line
    from pilot_members

    union all

    select
        member_id,
        'indicators' as topic,
        space as activity_key,
        null as event_id,
        space as label,
        null as detail,
        null as url,
        null as dated_on,
        null as amount_eur,
        source_file,
        source_line
    from benchmarked_members

    union all

    select
        member_id,
        'news' as topic,
        url as activity_key,
        null as event_id,
        title as label,
        null as detail,
        url,
        published_on as dated_on,
        null as amount_eur,
        source_file,
        source_line
    from news_mentions

    union all

    select
        member_id,
        'publications' as topic,
        {{ each_row() }} as activity_key,
        null as event_id,
        title as label,
        null as detail,
        null as url,
        published_on as dated_on,
        null as amount_eur,
        source_file,
        source_line
    from publications
    where is_of_year and member_id is not null

    union all

    select
        member_id,
        'mentions' as topic,
        {{ each_row() }} as activity_key,
        null as event_id,
        title as label,
        null as detail,
        null as url,
        published_on as dated_on,
        null as amount_eur,
        source_file,
        source_line
    from mentioned

    union all

    select
        member_id,
        'use_cases' as topic,
        case_id as activity_key,
        null as event_id,
        title as label,
        null as detail,
        null as url,
        published_on as dated_on,
        null as amount_eur,
        source_file,
        source_line
    from practices
    where is_of_year and member_id is not null

    union all

    select
        member_id,
        'c4gh_initiatives' as topic,
        initiative_id as activity_key,
        null as event_id,
        title as label,
        null as detail,
        null as url,
        uploaded_on as dated_on,
        null as amount_eur,
        source_file,
        source_line
    from initiatives
    where is_of_year and member_id is not null

    union all

    select
        member_id,
        'wmd_organiser' as topic,
        {{ each_row() }} as activity_key,
        null as event_id,
        activity as label,
        organiser as detail,
        null as url,
        held_on as dated_on,
        null as amount_eur,
        source_file,
        source_line
    from wmd_activities
    where is_of_year and member_id is not null

),

-- Several rows may say that a member was at an event, of which the first is shown.
first_rows as (

    select *
    from activities
    qualify
        row_number() over (
            partition by member_id, topic, activity_key
            order by source_file, source_line
        ) = 1

),

engaging_events as (

    select distinct
        member_id,
        event_id
    from engagements
    where event_id is not null

),

engaging_rows as (

    select distinct
        member_id,
        source_file,
        source_line
    from engagements
    where event_id is null

),

final as (

    select
        -- ids
        first_rows.member_id,
        first_rows.topic,
        first_rows.activity_key,
        first_rows.event_id,

        -- text
        members.name as member,
        first_rows.label,
        first_rows.detail,
        first_rows.url,

        -- numerics
        first_rows.amount_eur,

        -- booleans
        engaging_events.member_id is not null or engaging_rows.member_id is not null as is_engagement,

        -- dates
        first_rows.dated_on,

        -- origin
        first_rows.source_file,
        first_rows.source_line
    from first_rows
    inner join members on first_rows.member_id = members.member_id
    left join engaging_events
        on
            first_rows.member_id = engaging_events.member_id
            and first_rows.event_id = engaging_events.event_id
    left join engaging_rows
        on
            first_rows.member_id = engaging_rows.member_id
            and first_rows.source_file = engaging_rows.source_file
            and first_rows.source_line = engaging_rows.source_line
    where members.is_member

)

select * from final
