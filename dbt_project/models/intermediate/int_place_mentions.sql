{{ config(materialized='table') }}

{#- Where people type places: staging model, landing column of the text, whether a country goes with it. -#}
{% set typed_places = [
    ('stg_zoom_attendees', 'place', true),
    ('stg_eventbrite_attendees', 'place', true),
    ('stg_form_responses', 'place', true),
    ('stg_cases', 'city', true),
    ('stg_city_makers', 'city', true),
    ('stg_initiatives', 'city', true),
    ('stg_drawings', 'city', true),
    ('stg_egi_cities', 'city', true),
    ('stg_gender_engagement', 'member', false),
    ('stg_governance', 'member', false),
    ('stg_indicators', 'member', false),
    ('stg_ledger', 'counterparty', false),
    ('stg_meetings', 'member', false),
    ('stg_pilots', 'member', false),
    ('stg_wmd_activities', 'member', false),
] -%}

with

typed as (

    {% for model, column, has_country in typed_places %}
    select
        source_file,
        source_line,
        {{ column }}_text as place_text,
        {{ column }}_key as place_key,
        {{ 'country_text' if has_country else "''" }} as country_text,
        {{ "coalesce(country_key, '')" if has_country else "''" }} as country_key,
        {{ 'country_code' if has_country else "cast(null as string)" }} as country_code
    from {{ ref(model) }}
    {{ 'union all' if not loop.last }}
    {% endfor %}

),

-- A row that names a place twice, in one list or in two columns, is one row.
listed as (

    select
        source_file,
        source_line,
        place_text,
        place_key
    from {{ ref('stg_news_members') }}

    union

    select
        source_file,
        source_line,
        place_text,
        place_key
    from {{ ref('stg_publications_mentions') }}

    union

    select
        source_file,
        source_line,
        member_text as place_text,
        member_key as place_key
    from {{ ref('stg_publications') }}

),

mentions as (

    select * from typed

    union all

    select
        source_file,
        source_line,
        place_text,
        place_key,
        '' as country_text,
        '' as country_key,
        cast(null as string) as country_code
    from listed

),

-- Registrations are many and their texts few, so texts are counted before anything else happens to them.
final as (

    select
        source_file,
        min(source_line) as source_line,
        place_text,
        country_text,
        place_key,
        country_key,
        country_code,
        count(*) as mentions
    from mentions
    where place_key is not null
    group by
        source_file,
        place_text,
        country_text,
        place_key,
        country_key,
        country_code

)

select * from final
