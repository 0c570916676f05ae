with

all_members as (

    select * from {{ ref('int_members') }}

),

engagements as (

    select * from {{ ref('int_member_engagements') }}

),

attendances as (

    select * from {{ ref('int_member_attendance') }}

),

events as (

    select * from {{ ref('int_events') }}

),

all_fee_entries as (

    select * from {{ ref('int_fee_entries') }}

),

fee_status as (

    select * from {{ ref('int_fee_status') }}

),

members as (

    select *
    from all_members
    where is_member

),

congress_attendances as (

    select
        attendances.event_id,
        attendances.member_id,
        attendances.source_file,
        attendances.source_line
    from attendances
    inner join members
        on attendances.member_id = members.member_id
    inner join events
        on attendances.event_id = events.event_id
    where events.is_congress

),

-- All entries that decide the fee of a member that has paid it.
fee_entries as (

    select
        all_fee_entries.member_id,
        all_fee_entries.source_file,
        all_fee_entries.source_line
    from all_fee_entries
    inner join members
        on all_fee_entries.member_id = members.member_id
    inner join fee_status
        on all_fee_entries.member_id = fee_status.member_id
    where fee_status.is_fee_paid

),

-- A meeting with two members is two bilateral meetings.
bilateral_meetings as (

    select
        engagements.event_id,
        engagements.member_id,
        events.title,
        events.start_date,
        engagements.source_file,
        engagements.source_line
    from engagements
    inner join events
        on engagements.event_id = events.event_id
    where engagements.engagement = 'bilateral_meeting'

),

final as (

    select {{ evidence('members_total', unit='member_id', date='joined_on', member='member_id') }}
    from members

    union all

    select {{ evidence('members_new', unit='member_id', date='joined_on', member='member_id') }}
    from members
    where is_new

    union all

    select {{ evidence('members_activated', unit='member_id', member='member_id', event='event_id') }}
    from engagements

    union all

    select {{ evidence('members_activated_share', unit='member_id', member='member_id', event='event_id') }}
    from engagements

    union all

    select {{ evidence('members_activated_share', part='denominator', unit='member_id', member='member_id') }}
    from members

    union all

    select {{ evidence('members_fee_paid', unit='member_id', member='member_id') }}
    from fee_entries

    union all

    select {{ evidence('members_at_board', unit='member_id', member='member_id', event='event_id') }}
    from engagements
    where engagement = 'board_meeting'

    union all

    select {{ evidence('members_at_congress', unit='member_id', member='member_id', event='event_id') }}
    from congress_attendances

    union all

    select
        {{ evidence(
            'bilateral_meetings',
            unit="concat(event_id, '|', member_id)", label='title', date='start_date',
            member='member_id', event='event_id'
        ) }}
    from bilateral_meetings

    union all

    select {{ evidence('members_wmd_organisers', unit='member_id', member='member_id') }}
    from engagements
    where engagement = 'wmd_activity'

)

select * from final
