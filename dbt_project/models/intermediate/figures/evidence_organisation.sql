with

events as (

    select * from {{ ref('int_events') }}

),

all_agreements as (

    select * from {{ ref('int_agreements') }}

),

all_partners as (

    select * from {{ ref('int_partners') }}

),

all_staff as (

    select * from {{ ref('int_staff') }}

),

agreements as (

    select *
    from all_agreements
    where is_of_year

),

partners as (

    select *
    from all_partners
    where is_active

),

staff as (

    select *
    from all_staff
    where
        contract = 'professional'
        and is_in_post

),

final as (

    select {{ evidence('board_meetings', unit='event_id', label='title', date='start_date', event='event_id') }}
    from events
    where kind = 'board_meeting'

    union all

    select
        {{ evidence(
            'vice_presidencies_meetings', unit='event_id', label='title', date='start_date', event='event_id'
        ) }}
    from events
    where kind = 'vice_presidencies_meeting'

    union all

    select
        {{ evidence(
            'co_presidencies_meetings', unit='event_id', label='title', date='start_date', event='event_id'
        ) }}
    from events
    where kind = 'co_presidencies_meeting'

    union all

    select {{ evidence('planning_meetings', unit='event_id', label='title', date='start_date', event='event_id') }}
    from events
    where kind = 'planning_meeting'

    union all

    select {{ evidence('agreements_alliances', unit=each_row(), label='counterparty', date='signed_on') }}
    from agreements
    where counterparty_type = 'alliance'

    union all

    select {{ evidence('agreements_members', unit=each_row(), label='counterparty', date='signed_on') }}
    from agreements
    where counterparty_type = 'member'

    union all

    select {{ evidence('partners_strategic', unit=each_row(), label='partner', date='active_from') }}
    from partners
    where category = 'strategic'

    union all

    select {{ evidence('partners_knowledge', unit=each_row(), label='partner', date='active_from') }}
    from partners
    where category = 'knowledge'

    union all

    select {{ evidence('partners_granting', unit=each_row(), label='partner', date='active_from') }}
    from partners
    where category = 'granting'

    union all

    select {{ evidence('staff_women_share', unit=each_row(), item=people()) }}
    from staff
    where gender = 'woman'

    union all

    select {{ evidence('staff_women_share', part='denominator', unit=each_row(), item=people()) }}
    from staff
    where gender in ('woman', 'man')

)

select * from final
