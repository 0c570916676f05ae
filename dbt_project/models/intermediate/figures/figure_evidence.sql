{{ config(materialized='table') }}

{% set areas = ['membership', 'gender', 'advocacy', 'knowledge', 'learning', 'organisation', 'finance'] -%}

with

final as (

    {% for area in areas -%}
    select
        figure_id,
        part,
        unit_key,
        amount,
        source_file,
        source_line,
        member_id,
        event_id,
        item_key,
        unit_label,
        dated_on
    from {{ ref('evidence_' ~ area) }}
    {%- if not loop.last %}

    union all

    {% endif %}
    {%- endfor %}

)

select * from final
