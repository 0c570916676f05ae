{{ config(materialized='table') }}

{#- Where people type places: staging model, landing column of the text, whether a country goes with it. -#}
{% set typed_places = [
    ('stg_zoom_attendees', 'place', true),
    ('stg_eventbrite_attendees', 'place', true),
    ('stg_form_responses', 'place', true),
    ('stg_case_versions', 'city', true),
    ('stg_city_maker_versions', 'city', true),
    ('stg_initiative_versions', 'city', true),
    ('stg_drawings', 'city', true),
    ('stg_egi_cities', 'city', true),
    ('stg_gender_engagement', 'member', false),
    ('stg_governance', 'member', false),
    ('stg_indicators', 'member', false),
    ('stg_ledger', 'counterparty', false),
    ('stg_meetings', 'member', false),
    ('stg_pilots', 'member', false),
    ('stg_publications', 'member', false),
    ('stg_wmd_activities', 'member', false),
] -%}
{#- Lists of places land one row an element. -#}
{% set listed_places = [
    ('stg_news_members', 'members'),
    ('stg_publications_mentions', 'mentions'),
] -%}

with

typed as (

    {% for model, column, has_country in typed_places %}
    select
        source_file,
        source_line,
        '{{ column }}' as field,
        {{ column }}_text as place_text,
        {{ column }}_key as place_key,
        {{ 'country_text' if has_country else "''" }} as country_text,
        {{ "coalesce(country_key, '')" if has_country else "''" }} as country_key,
        {{ 'country_code' if has_country else "cast(null as string)" }} as country_code
    from {{ ref(model) }}
    where {{ column }}_key is not null
    union all
    {% endfor %}

    -- A text that comes twice in one list is there once.
    {% for model, column in listed_places %}
    select distinct
        source_file,
        source_line,
        '{{ column }}' as field,
        place_text,
        place_key,
        '' as country_text,
        '' as country_key,
        cast(null as string) as country_code
    from {{ ref(model) }}
    where place_key is not null
    {{ 'union all' if not loop.last }}
    {% endfor %}

),

-- Registrations are many and their texts few, so texts are counted before anything else happens to them.
final as (

    select
        source_file,
        min(source_line) as source_line,
        field,
        place_text,
        country_text,
        place_key,
        country_key,
        country_code,
        count(*) as mentions
    from typed
    group by
        source_file,
        field,
        place_text,
        country_text,
        place_key,
        country_key,
        country_code

)

select * from final
