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

-- Registrations are many and places few, so each source is counted before anything else happens to it.
final as (

    {% for model, column, has_country in typed_places %}
    select
        source_file,
        min(source_line) as source_line,
        '{{ column }}' as field,
        {{ column }}_text as place_text,
        {{ 'country_text' if has_country else "''" }} as country_text,
        {{ column }}_key as place_key,
        {{ "coalesce(country_key, '')" if has_country else "''" }} as country_key,
        {{ 'country_code' if has_country else 'cast(null as ' ~ dbt.type_string() ~ ')' }} as country_code,
        count(*) as mentions
    from {{ ref(model) }}
    where {{ column }}_key is not null
    group by
        source_file,
        {{ column }}_text,
        {{ column }}_key
        {%- if has_country %},
        country_text,
        country_key,
        country_code
        {%- endif %}

    union all
    {% endfor %}
    {%- for model, column in listed_places %}
    select
        source_file,
        min(source_line) as source_line,
        '{{ column }}' as field,
        place_text,
        '' as country_text,
        place_key,
        '' as country_key,
        cast(null as {{ dbt.type_string() }}) as country_code,
        -- A text that comes twice in one list is there once.
        count(distinct source_line) as mentions
    from {{ ref(model) }}
    where place_key is not null
    group by
        source_file,
        place_text,
        place_key
    {%- if not loop.last %}

    union all
    {% endif %}
    {%- endfor %}

)

select * from final
