{% set annexes = annex_columns() -%}

with

{% for annex in annexes %}
{{ annex }} as (

    select * from {{ ref(annex) }}

),
{% endfor %}
year_before as (

    select * from {{ ref('int_annex_cells_prior_year') }}

),

cells as (

    {% for annex, columns in annexes.items() %}
    {%- set outer_last = loop.last %}
    {%- for column in columns %}
    select
        '{{ annex }}' as annex,
        member_id,
        member,
        '{{ column }}' as column_name,
        cast({{ loop.index }} as bigint) as position,
        cast({{ column }} as {{ dbt.type_string() }}) as value
    from {{ annex }}
    {%- if not (loop.last and outer_last) %}

    union all
    {% endif %}
    {%- endfor %}
    {%- endfor %}

),

final as (

    select
        -- ids
        cells.annex,
        cells.member_id,
        year_before.release as release_before,

        -- text
        cells.member,
        cells.column_name,
        cells.value,
        year_before.value as value_before,

        -- numerics
        cells.position
    from cells
    left join year_before
        on
            cells.annex = year_before.annex
            and cells.member_id = year_before.member_id
            and cells.column_name = year_before.column_name

)

select * from final
