{#- What is shared is what the figures count: evidence of the figure, model of what it counts, key of that. -#}
{% set shared_by_figure = {
    'use_practices': ('practices', 'int_practices', 'case_id'),
    'c4gh_initiatives': ('initiatives', 'int_initiatives', 'initiative_id'),
} -%}

with

members as (

    select * from {{ ref('int_members') }}

),

engaged as (

    select * from {{ ref('annex_engagement') }}

),

evidence as (

    select * from {{ ref('figure_evidence') }}

),

country_regions as (

    select * from {{ ref('int_country_regions') }}

),

members_by_region as (

    select
        members.region,
        count(*) as members,
        count(*) filter (where engaged.activated) as engaged
    from members
    inner join engaged on members.member_id = engaged.member_id
    group by members.region

),

-- A practice or initiative is of its member's region, or else of its country's; of none where neither is known.
shared as (

    {% for figure_id, (column, model, key) in shared_by_figure.items() -%}
    select
        '{{ column }}' as kind,
        coalesce(members.region, country_regions.region, '') as region
    from {{ ref(model) }} as counted
    left join members on counted.member_id = members.member_id
    left join country_regions on counted.country_code = country_regions.country_code
    where
        counted.{{ key }} in (
            select evidence.unit_key
            from evidence
            where evidence.figure_id = '{{ figure_id }}'
        )
    {%- if not loop.last %}

    union all

    {% endif %}
    {%- endfor %}

),

shared_by_region as (

    select
        region,
        count(*) filter (where kind = 'practices') as practices,
        count(*) filter (where kind = 'initiatives') as initiatives
    from shared
    group by region

),

final as (

    select
        -- text
        coalesce(members_by_region.region, shared_by_region.region) as region,

        -- numerics
        coalesce(members_by_region.members, 0) as members,
        coalesce(members_by_region.engaged, 0) as engaged,
        coalesce(shared_by_region.practices, 0) as practices,
        coalesce(shared_by_region.initiatives, 0) as initiatives
    from members_by_region
    full outer join shared_by_region on members_by_region.region = shared_by_region.region

)

select * from final
