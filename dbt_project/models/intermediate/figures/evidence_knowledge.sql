with

members as (

    select * from {{ ref('int_members') }}

),

spaces as (

    select * from {{ ref('int_benchmarked_spaces') }}

),

benchmarked as (

    select * from {{ ref('int_benchmarked_members') }}

),

pilots as (

    select * from {{ ref('int_pilots') }}

),

engagements as (

    select * from {{ ref('int_member_engagements') }}

),

egi_cities as (

    select * from {{ ref('int_egi_cities') }}

),

observatories as (

    select * from {{ ref('int_observatories') }}

),

all_publications as (

    select * from {{ ref('int_publications') }}

),

all_practices as (

    select * from {{ ref('int_practices') }}

),

city_makers as (

    select * from {{ ref('int_latest_city_makers') }}

),

all_initiatives as (

    select * from {{ ref('int_initiatives') }}

),

benchmarked_members as (

    select
        benchmarked.member_id,
        benchmarked.source_file,
        benchmarked.source_line
    from benchmarked
    inner join members
        on benchmarked.member_id = members.member_id
    where members.is_member

),

publications as (

    select *
    from all_publications
    where
        origin = 'metropolis'
        and is_of_year

),

practices as (

    select *
    from all_practices
    where
        is_published
        and published_on <= {{ year_end() }}

),

initiatives as (

    select *
    from all_initiatives
    where
        is_published
        and uploaded_on <= {{ year_end() }}

),

final as (

    select {{ evidence('spaces_benchmarked', unit='space', label='space') }}
    from spaces

    union all

    select {{ evidence('members_benchmarked', unit='member_id', member='member_id') }}
    from benchmarked_members

    union all

    select {{ evidence('pilot_projects', unit='pilot', label='pilot') }}
    from pilots

    union all

    select {{ evidence('members_in_pilots', unit='member_id', member='member_id') }}
    from engagements
    where engagement = 'pilot'

    union all

    select {{ evidence('egi_cities', unit='place_id', label='city_text', member='member_id') }}
    from egi_cities
    where place_id is not null

    union all

    select {{ evidence('observatories', unit=each_row(), label='name', date='active_from') }}
    from observatories
    where is_active

    union all

    select {{ evidence('publications', unit=each_row(), label='title', date='published_on') }}
    from publications

    union all

    select {{ evidence('publications_gender', unit=each_row(), label='title', date='published_on') }}
    from publications
    where has_gender_perspective

    union all

    select {{ evidence('use_practices', unit='case_id', label='title', date='published_on', member='member_id') }}
    from practices

    union all

    select {{ evidence('city_makers', unit='user_id', item=people()) }}
    from city_makers
    where
        status = 'active'
        and registered_on <= {{ year_end() }}

    union all

    select
        {{ evidence(
            'c4gh_initiatives', unit='initiative_id', label='title', date='uploaded_on', member='member_id'
        ) }}
    from initiatives

    union all

    select {{ evidence('c4gh_cities', unit='place_id', label='city_text', member='member_id') }}
    from initiatives
    where place_id is not null

)

select * from final
