with

all_products as (

    select * from {{ ref('int_learning_products') }}

),

events as (

    select * from {{ ref('int_events') }}

),

engagements as (

    select * from {{ ref('int_member_engagements') }}

),

products as (

    select *
    from all_products
    where is_of_year

),

-- The learning activities that members attended, a row for each attendance of a member.
attendances as (

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
    where engagements.engagement = 'learning_activity'

),

final as (

    select {{ evidence('learning_products', unit=each_row(), label='title', date='uploaded_on') }}
    from products

    union all

    select {{ evidence('learning_courses', unit=each_row(), label='title', date='uploaded_on') }}
    from products
    where kind = 'course'

    union all

    select {{ evidence('learning_webinars', unit=each_row(), label='title', date='uploaded_on') }}
    from products
    where kind = 'webinar'

    union all

    select
        {{ evidence(
            'learning_activities', unit='event_id', label='title', date='start_date', member='member_id', event='event_id'
        ) }}
    from attendances

    union all

    select {{ evidence('members_in_learning', unit='member_id', member='member_id', event='event_id') }}
    from attendances

)

select * from final
